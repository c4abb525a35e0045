//! The board: every commitment by who owes it, with status, countdown, pace and evidence; above it what ends next. A large
//! ledger is shown a page at a time; what is counted is counted over all of it.

mod choice;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use self::choice::{Choice, Window, handed_on, link};
use super::badge::{self, Badge};
use super::fault::Fault;
use super::frame::Frame;
use super::lead::{self, Panel};
use super::party::{begun, capital, name, of_party, words};
use super::respond::html;
use super::trail::{self, Stretch, Trail, WIDTH};
use super::visit::Visit;
use super::when::{When, distance};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Kind, Payload, Position, Slug, Status, Subject, live};
use crate::exchange::figures::so_far;
use crate::exchange::plain_words::{grouped, percent, word};
use crate::exchange::status_mark::{Mood, mood};
use crate::proto::v1;
use crate::views::{Assessment, Held};
use crate::wire::{self, Word as _};

/// How far back and ahead a trail on the board reaches.
const TRAIL_DAYS: i64 = 366;

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    panel: Panel,
    tally: Vec<Tally>,
    groups: Vec<Group>,
    /// All groups, where a page does not show them.
    index: Vec<Group>,
    width: i64,
    by_instrument: bool,
    by_party_href: String,
    by_instrument_href: String,
    everything_href: Option<String>,
    /// How many commitments are recorded, and how many of them are asked for.
    count: String,
    chosen: String,
    window: Window,
    before: Option<String>,
    after: Option<String>,
    asked: Asked,
}

/// The form that asks for some of the commitments.
struct Asked {
    hidden: Vec<(String, String)>,
    text: String,
    parties: Vec<Offer>,
    statuses: Vec<Offer>,
}

/// One option of a list to choose from: its value, its words, and whether it is chosen.
type Offer = (String, String, bool);

/// How many commitments tell the same at a glance.
struct Tally {
    class: &'static str,
    mark: &'static str,
    count: usize,
    words: String,
    /// The board with these alone; none where it shows them alone already.
    href: Option<String>,
}

/// The commitments of one obligor, or of one instrument.
struct Group {
    id: String,
    title: String,
    /// How many there are on all pages.
    count: usize,
    href: String,
    rows: Vec<Row>,
}

/// One commitment.
struct Row {
    id: String,
    name: String,
    title: String,
    href: String,
    owed: String,
    badge: Badge,
    lifecycle: &'static str,
    readings: Vec<(String, Badge)>,
    next: Option<(When, String)>,
    so_far: String,
    /// Performed of the target in percent, at most 100.
    pace: Option<u8>,
    evidence: Evidence,
    standing: &'static str,
    stretches: Vec<Stretch>,
    now_x: i64,
    said: String,
}

/// How much independent evidence there is, as a page shows it.
pub(super) struct Evidence {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
}

/// A commitment with its answer.
struct Seen<'a> {
    id: &'a Slug,
    undertaken: &'a CommitmentUndertaken,
    told: Arc<Held>,
}

impl Seen<'_> {
    fn status(&self) -> Status {
        self.told.assessment.judgement.status
    }

    /// The id of its group.
    fn group(&self, by_instrument: bool) -> String {
        if by_instrument { self.undertaken.instrument.to_string() } else { self.undertaken.obligor.to_string() }
    }
}

/// A commitment of the page before it is spelled.
struct Line<'a> {
    undertaken: &'a CommitmentUndertaken,
    assessment: Assessment,
    trail: Trail,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let choice = Choice::read(&visit.address)?;
    let docket = visit.ledger.docket();
    let known: Vec<(&Slug, &CommitmentUndertaken)> = docket
        .members(Collection::Commitments)
        .filter_map(|id| Some((id, undertaken(&docket, id, visit.at.known)?)))
        .collect();
    let chosen = known.iter().filter(|(id, undertaken)| choice.takes(id, undertaken));
    let mut seen: Vec<Seen<'_>> = chosen
        .map(|(id, undertaken)| {
            let told = visit.ledger.recall(&docket, id, visit.at.as_of, visit.at.known);
            Seen { id, undertaken, told }
        })
        .collect();
    let tally = tally(visit, &seen);
    seen.retain(|it| choice.takes_status(it.status()));
    seen.sort_by_cached_key(|it| (it.group(choice.by_instrument), it.id.clone()));
    let window = choice.window(seen.len())?;
    let shown = &seen[window.first.saturating_sub(1)..window.last];
    let trails = trails(visit, &docket, shown);
    let lines: Vec<Line<'_>> = shown.iter().filter_map(|it| line(visit, &docket, it, &trails)).collect();
    let groups = groups(visit, &docket, &seen, &lines, choice.by_instrument);
    let turn = |page: usize| link(visit, &[("page", if page > 1 { page.to_string() } else { String::new() }.as_str())]);
    let page = BoardPage {
        panel: panel(visit, &docket, &seen),
        frame: Frame::along(visit, &docket, "Board", None, &trails),
        tally,
        index: if window.pages > 1 { index(&groups) } else { Vec::new() },
        groups: groups.into_iter().filter(|group| !group.rows.is_empty()).collect(),
        width: WIDTH,
        by_instrument: choice.by_instrument,
        by_party_href: link(visit, &[("by", "")]),
        by_instrument_href: link(visit, &[("by", "instrument")]),
        everything_href: (!choice.is_everything())
            .then(|| visit.link_with("", if choice.by_instrument { &[("by", "instrument")] } else { &[] })),
        count: grouped(&known.len().to_string()),
        chosen: grouped(&seen.len().to_string()),
        before: (window.page > 1).then(|| turn(window.page - 1)),
        after: (window.page < window.pages).then(|| turn(window.page + 1)),
        asked: asked(visit, &known),
        window,
    };
    drop(docket);
    Ok(html(page.render()?))
}

/// The trails along which the page steps: of all commitments where these are few, else of those on the page.
fn trails(visit: &Visit, docket: &Docket, shown: &[Seen<'_>]) -> Vec<(Slug, Trail)> {
    let trails = visit.trails(docket);
    if !trails.is_empty() {
        return trails;
    }
    let ids: Vec<Slug> = shown.iter().map(|it| it.id.clone()).collect();
    trail::around(docket, &ids, visit.at)
}

/// How many suspensions are looked at for what ends next; of more it is those that change first.
const SUSPENSIONS_MAX: usize = 128;

fn panel(visit: &Visit, docket: &Docket, seen: &[Seen<'_>]) -> Panel {
    let is_suspension = |it: &&Seen<'_>| it.told.assessment.kind == Some(Kind::MeasureSuspension);
    let mut suspensions: Vec<&Seen<'_>> = seen.iter().filter(is_suspension).collect();
    if suspensions.len() > SUSPENSIONS_MAX {
        suspensions.sort_by_key(|it| (it.told.assessment.next_change_at.is_none(), it.told.assessment.next_change_at));
        suspensions.truncate(SUSPENSIONS_MAX);
    }
    let assess = |it: &&Seen<'_>| visit.ledger.assess(docket, it.id, visit.at.as_of, visit.at.known);
    let assessed: Vec<Assessment> = suspensions.iter().map(assess).collect();
    lead::panel(visit, docket, suspensions.iter().map(|it| it.undertaken).zip(&assessed))
}

fn line<'a>(visit: &Visit, docket: &'a Docket, it: &Seen<'a>, trails: &[(Slug, Trail)]) -> Option<Line<'a>> {
    let at = visit.at;
    let (_, trail) = trails.iter().find(|(id, _)| id == it.id)?;
    let assessment = visit.ledger.assess(docket, it.id, at.as_of, at.known);
    let reach = TRAIL_DAYS * 86_400;
    let trail = trail.within(at.as_of.plus_seconds(-reach), at.as_of.plus_seconds(reach));
    Some(Line { undertaken: it.undertaken, assessment, trail })
}

/// How a commitment was undertaken, as known at a position.
pub(super) fn undertaken<'a>(docket: &'a Docket, id: &Slug, known: Position) -> Option<&'a CommitmentUndertaken> {
    docket.undertaking(id, known).map(|(_, undertaken)| undertaken)
}

fn tally(visit: &Visit, seen: &[Seen<'_>]) -> Vec<Tally> {
    let of = |mood_asked: Mood| {
        let mut alike: Vec<Status> =
            seen.iter().map(Seen::status).filter(|it| mood(it.to_proto()) == mood_asked).collect();
        let count = alike.len();
        alike.sort();
        alike.dedup();
        let names: Vec<&str> = alike.into_iter().map(|status| Badge::of(status).word).collect();
        let asked = names.join(",");
        let href = (visit.address.get("status") != Some(&asked)).then(|| link(visit, &[("status", asked.as_str())]));
        Tally { class: badge::class(mood_asked), mark: mood_asked.mark(), count, words: names.join(", "), href }
    };
    Mood::ALL.into_iter().map(of).filter(|tally| tally.count > 0).collect()
}

/// All groups, with the rows of those that the page shows.
fn groups(visit: &Visit, docket: &Docket, seen: &[Seen<'_>], lines: &[Line<'_>], by_instrument: bool) -> Vec<Group> {
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for line in lines {
        let of =
            if by_instrument { line.undertaken.instrument.to_string() } else { line.undertaken.obligor.to_string() };
        rows.entry(of).or_default().push(row(visit, docket, line, by_instrument));
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for it in seen {
        *counts.entry(it.group(by_instrument)).or_default() += 1;
    }
    let group = |(wanted, count): (String, usize)| Group {
        title: match by_instrument {
            true => instrument_title(docket, &wanted, visit).unwrap_or_else(|| capital(&words(&wanted))),
            false => format!("{} owes", begun(&wanted)),
        },
        count,
        href: link(visit, &[(if by_instrument { "instrument" } else { "obligor" }, wanted.as_str())]),
        rows: rows.remove(&wanted).unwrap_or_default(),
        id: wanted.to_lowercase(),
    };
    counts.into_iter().map(group).collect()
}

/// How many groups stand above a page of many.
const INDEX_MAX: usize = 40;

/// The largest groups, for a choice among them; none where there is one only.
fn index(groups: &[Group]) -> Vec<Group> {
    let mut largest: Vec<&Group> = groups.iter().collect();
    largest.sort_by_key(|group| (Reverse(group.count), group.title.clone()));
    let short = |group: &&Group| Group {
        id: group.id.clone(),
        title: group.title.clone(),
        count: group.count,
        href: group.href.clone(),
        rows: Vec::new(),
    };
    if groups.len() > 1 { largest.iter().take(INDEX_MAX).map(short).collect() } else { Vec::new() }
}

fn asked(visit: &Visit, known: &[(&Slug, &CommitmentUndertaken)]) -> Asked {
    let field = |name: &str| visit.address.get(name).unwrap_or_default().to_owned();
    let (party, status) = (field("party").to_uppercase(), field("status").to_uppercase());
    let both = known.iter().flat_map(|(_, it)| [it.obligor.to_string(), it.obligee.to_string()]);
    let codes: BTreeSet<String> = both.chain((!party.is_empty()).then(|| party.clone())).collect();
    let mut statuses: Vec<Offer> = (1..)
        .map_while(|number| v1::Status::try_from(number).ok())
        .map(|it| word(it.as_str_name(), "STATUS_").to_owned())
        .map(|it| (it.clone(), it.clone(), it == status))
        .collect();
    if status.contains(',') {
        statuses.insert(0, (status.clone(), status.replace(',', ", "), true));
    }
    Asked {
        hidden: handed_on(&visit.address),
        text: field("text"),
        parties: codes.into_iter().map(|it| (it.clone(), begun(&it), it == party)).collect(),
        statuses,
    }
}

fn instrument_title(docket: &Docket, id: &str, visit: &Visit) -> Option<String> {
    let subject = Subject::Member(Collection::Instruments, Slug::parse(id).ok()?);
    let own = live(docket.about(&subject), visit.at.known);
    own.into_iter().find_map(|event| match &event.submission.payload {
        Payload::InstrumentSigned(signed) => Some(signed.title.to_string()),
        _ => None,
    })
}

fn row(visit: &Visit, docket: &Docket, line: &Line<'_>, by_instrument: bool) -> Row {
    let assessment = &line.assessment;
    let shown = wire::assessment_to_proto(assessment, &visit.made(docket));
    let id = assessment.commitment.to_string();
    let next = assessment.next_change_at.map(|next| (When::at(next), distance(next, visit.at.as_of)));
    let readings = assessment.by_reading.iter();
    let (obligor, obligee) = (line.undertaken.obligor.to_string(), line.undertaken.obligee.to_string());
    Row {
        name: capital(&of_party(&id, &obligor)),
        id,
        title: line.undertaken.title.to_string(),
        href: visit.link_to(&shown.commitment),
        owed: if by_instrument {
            format!("{} to {}", begun(&obligor), name(&obligee))
        } else {
            format!("to {}", name(&obligee))
        },
        badge: Badge::of(assessment.judgement.status),
        lifecycle: badge::lifecycle(assessment.judgement.lifecycle),
        readings: readings.map(|(name, judgement)| (words(name), Badge::of(judgement.status))).collect(),
        next,
        so_far: so_far(&shown),
        pace: pace(&shown),
        evidence: evidence(shown.evidence()),
        standing: word(shown.standing().as_str_name(), "STANDING_"),
        said: line.trail.said(),
        stretches: line.trail.stretches(),
        now_x: line.trail.x(visit.at.as_of),
    }
}

fn pace(shown: &v1::Assessment) -> Option<u8> {
    use v1::assessment::Numbers;
    match shown.numbers.as_ref()? {
        Numbers::Purchase(numbers) => hundredths(&numbers.latest.as_ref()?.ratio),
        Numbers::Act(numbers) if numbers.target > 1 => {
            let done = u32::try_from(numbers.done).unwrap_or(0).min(numbers.target);
            u8::try_from(u64::from(done) * 100 / u64::from(numbers.target)).ok()
        }
        _ => None,
    }
}

/// A ratio such as 0.534 in percent, cut, at most 100: for drawing only.
pub(super) fn hundredths(ratio: &str) -> Option<u8> {
    let text = percent(ratio);
    let whole: u64 = text.split('.').next()?.parse().ok()?;
    u8::try_from(whole.min(100)).ok()
}

/// How evidence is shown: what is contested is as loud as what is broken.
pub(super) fn evidence(evidence: v1::Evidence) -> Evidence {
    let (class, mark) = match evidence {
        v1::Evidence::Corroborated => ("corroborated", "●●"),
        v1::Evidence::Single => ("single", "●○"),
        v1::Evidence::Contested => ("contested", "●≠●"),
        v1::Evidence::None | v1::Evidence::Unspecified => ("none", "○○"),
    };
    Evidence { class, mark, word: word(evidence.as_str_name(), "EVIDENCE_") }
}
