//! Meetings and asks: who met, who is to meet, what is wanted, and how it was answered.

use askama::Template;
use axum::response::Response;

use super::badge::Badge;
use super::commitment::{Source, source, spaced};
use super::fault::Fault;
use super::frame::Frame;
use super::party::{begun, capital, name, words};
use super::respond::html;
use super::visit::{Visit, id};
use super::when::{When, distance};
use crate::domain::Docket;
use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::{views, wire};

#[derive(Template)]
#[template(path = "talks.html")]
struct TalksPage {
    frame: Frame,
    years: Vec<Year>,
    planned: Vec<Meeting>,
    held: Vec<Meeting>,
    open: Vec<Ask>,
    answered: Vec<Ask>,
}

/// Meetings of leaders in one year.
struct Year {
    year: u32,
    held: usize,
    planned: usize,
    unreported: usize,
}

struct Meeting {
    key: String,
    title: String,
    days: String,
    level: String,
    parties: String,
    place: String,
    state: String,
    moves: Vec<String>,
    outcome: String,
    href: String,
    sources: Vec<Source>,
}

struct Ask {
    key: String,
    title: String,
    by: String,
    of: String,
    tabled: Option<When>,
    far: String,
    trade: Vec<String>,
    answer: Option<(String, Option<When>)>,
    commitment: Option<(String, Badge)>,
    href: String,
    sources: Vec<Source>,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let at = visit.at;
    let docket = visit.ledger.docket();
    let meetings = views::meetings(&docket, at.as_of, at.known);
    let years = views::leader_years(meetings.iter());
    let ledger = visit.ledger.name();
    let shown: Vec<v1::Meeting> = meetings.iter().map(|it| wire::meeting_to_proto(it, ledger)).collect();
    let is_ahead = |it: &&v1::Meeting| matches!(it.state(), v1::MeetingState::Planned | v1::MeetingState::Moved);
    let asks = asks(visit, &docket);
    let (answered, open): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| ask.answer.is_some());
    let page = TalksPage {
        planned: shown.iter().filter(is_ahead).map(|it| meeting(visit, it)).collect(),
        held: shown.iter().rev().filter(|it| !is_ahead(it)).map(|it| meeting(visit, it)).collect(),
        years: years.iter().map(|it| year(&wire::leader_year_to_proto(it, ledger))).collect(),
        open,
        answered,
        frame: Frame::of(visit, &docket, "Meetings and asks", None),
    };
    drop(docket);
    Ok(html(page.render()?))
}

fn year(it: &v1::LeaderYear) -> Year {
    Year { year: it.year, held: it.held.len(), planned: it.planned.len(), unreported: it.unreported.len() }
}

fn meeting(visit: &Visit, it: &v1::Meeting) -> Meeting {
    let moves = it.moves.iter().map(|moved| {
        let window = |window: &Option<v1::Window>| window.as_ref().map_or_else(|| "open days".to_owned(), days);
        let reason = if moved.reason.is_empty() { String::new() } else { format!(": {}", moved.reason) };
        format!("moved from {} to {}{reason}", window(&moved.from), window(&moved.to))
    });
    let parties: Vec<&str> = it.parties.iter().map(|party| name(party)).collect();
    Meeting {
        key: id(&it.name).to_owned(),
        title: it.title.clone(),
        days: it.window.as_ref().map_or_else(String::new, days),
        level: spaced(word(it.level().as_str_name(), "MEETING_LEVEL_")),
        parties: capital(&parties.join(", ")),
        place: it.place.clone(),
        state: spaced(word(it.state().as_str_name(), "MEETING_STATE_")),
        moves: moves.collect(),
        outcome: it.outcome.clone(),
        href: visit.link(&format!("/events/{}", it.position)),
        sources: it.sources.iter().map(source).collect(),
    }
}

fn days(window: &v1::Window) -> String {
    if window.start == window.through {
        window.start.clone()
    } else {
        format!("{} to {}", window.start, window.through)
    }
}

fn asks(visit: &Visit, docket: &Docket) -> Vec<Ask> {
    let made = visit.made(docket);
    let asks = views::asks(docket, visit.at.as_of, visit.at.known);
    asks.iter().rev().map(|ask| one(visit, ask.tabled.tabled_at.at, &wire::ask_to_proto(ask, 0, &made))).collect()
}

fn one(visit: &Visit, tabled_at: crate::domain::Instant, it: &v1::Ask) -> Ask {
    let tabled = it.tabled.clone().unwrap_or_default();
    let wanted =
        (!tabled.in_exchange_for.is_empty()).then(|| format!("offered for “{}”", words(id(&tabled.in_exchange_for))));
    let offered = it.offered_for_it.iter().map(|other| format!("for it was offered “{}”", words(id(other))));
    let answer = it.answered.as_ref().map(|answered| {
        let by = if answered.by.is_empty() { String::new() } else { format!(" by {}", name(&answered.by)) };
        let at = answered.answered_at.as_ref().and_then(|dated| When::stamped(dated.at));
        (format!("{}{by}", spaced(word(answered.answer().as_str_name(), "ASK_ANSWER_"))), at)
    });
    Ask {
        key: id(&it.name).to_owned(),
        title: tabled.title.clone(),
        by: begun(&tabled.by),
        of: name(&tabled.of).to_owned(),
        tabled: Some(When::at(tabled_at)),
        far: distance(tabled_at, visit.at.as_of),
        trade: wanted.into_iter().chain(offered).collect(),
        answer,
        commitment: it.commitment.as_ref().map(|it| (visit.link_to(&it.commitment), Badge::spelled(it.status()))),
        href: visit.link(&format!("/events/{}", it.position)),
        sources: it.sources.iter().map(source).collect(),
    }
}
