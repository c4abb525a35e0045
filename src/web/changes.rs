//! What changed between two moments, and why: because something became known, or because time passed.

use askama::Template;
use axum::response::Response;

use super::badge::Badge;
use super::clocks::{self, At};
use super::commitment::spaced;
use super::fault::Fault;
use super::frame::Frame;
use super::party::{begun, name, of_party};
use super::respond::html;
use super::visit::{Visit, id};
use super::when::When;
use super::{board, calendar};
use crate::domain::{Collection, Docket, Position, Slug};
use crate::exchange::deadline_text;
use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::views::{self, ChangeKind, Coordinate};
use crate::wire::{self, ComparedIn};

/// How far back the earlier moment lies where none is named.
const DAYS_BACK: i64 = 30;
/// The fields of the earlier moment.
const THEN: [&str; 2] = ["then_as_of", "then_known_at"];

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    frame: Frame,
    then: When,
    then_known: u64,
    then_as_of_field: String,
    then_known_field: String,
    clocks: Vec<(&'static str, String)>,
    changes: Vec<Change>,
    unchanged: usize,
    /// How many are not compared here.
    left_out: usize,
}

/// How many commitments one page compares.
const COMPARED_MAX: usize = 400;

struct Change {
    key: String,
    name: String,
    href: String,
    title: String,
    owes: String,
    became: &'static str,
    before: Badge,
    before_lifecycle: &'static str,
    after: Badge,
    after_lifecycle: &'static str,
    fields: Vec<String>,
    learned: Vec<Learned>,
    happened: Vec<Happened>,
}

/// An event that became known in between.
struct Learned {
    position: u64,
    href: String,
    gist: String,
    recorded: Option<When>,
    is_relied_on: bool,
}

/// An instant in between at which the answer changed by itself.
struct Happened {
    at: When,
    before: Badge,
    after: Badge,
    causes: Vec<String>,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let now = visit.at;
    let then = then(visit)?;
    if now.as_of < then.as_of {
        let wrong = format!("{} is after the later moment, {}; swap the two", then.as_of, now.as_of);
        return Err(Fault::field(THEN[0], wrong));
    }
    if now.known < then.known {
        let wrong = format!("position {} is after that of the later moment, {}; swap the two", then.known, now.known);
        return Err(Fault::field(THEN[1], wrong));
    }
    let docket = visit.ledger.docket();
    let count = docket.members(Collection::Commitments).count();
    let ids: Vec<&Slug> = docket.members(Collection::Commitments).take(COMPARED_MAX).collect();
    let mut unchanged = 0;
    let mut changes = Vec::new();
    for id in ids {
        match change(visit, &docket, id, then) {
            Some(change) => changes.push(change),
            None => unchanged += 1,
        }
    }
    let field = |field: &str| visit.address.get(field).unwrap_or_default().to_owned();
    let page = ChangesPage {
        frame: Frame::of(visit, &docket, "Changes", None),
        then: When::at(then.as_of),
        then_known: then.known.get(),
        then_as_of_field: field(THEN[0]),
        then_known_field: field(THEN[1]),
        clocks: ["as_of", "known_at"]
            .into_iter()
            .map(|name| (name, field(name)))
            .filter(|(_, it)| !it.is_empty())
            .collect(),
        changes,
        unchanged,
        left_out: count.saturating_sub(COMPARED_MAX),
    };
    drop(docket);
    Ok(html(page.render()?))
}

/// The earlier moment: as named, or a month before with what was known then.
fn then(visit: &Visit) -> Result<At, Fault> {
    let mut then = clocks::coordinate(&visit.ledger, &visit.address, THEN, visit.now)?;
    if visit.address.get(THEN[0]).is_none() {
        then.as_of = visit.at.as_of.plus_seconds(-DAYS_BACK * 86_400);
    }
    if visit.address.get(THEN[1]).is_none() {
        then.known = visit.ledger.docket().known_at(then.as_of).min(visit.at.known);
    }
    Ok(then)
}

fn change(visit: &Visit, docket: &Docket, id: &Slug, then: At) -> Option<Change> {
    let at = |at: At| Coordinate { as_of: at.as_of, known: at.known };
    let comparison = views::compare(docket, id, at(then), at(visit.at));
    if comparison.change == ChangeKind::Unchanged {
        return None;
    }
    let undertaken =
        board::undertaken(docket, id, visit.at.known).or_else(|| board::undertaken(docket, id, then.known))?;
    let made = |known| visit.made_at(docket, known);
    let made = ComparedIn { then: made(then.known), now: made(visit.at.known), undertaken };
    Some(spelled(visit, docket, &wire::comparison_to_proto(&comparison, &made)))
}

fn spelled(visit: &Visit, docket: &Docket, it: &v1::AssessmentChange) -> Change {
    let (then, now) = (it.then.clone().unwrap_or_default(), it.now.clone().unwrap_or_default());
    let became_known = it.became_known.clone().unwrap_or_default();
    let happened = it.happened.clone().unwrap_or_default();
    let fields = it.fields().map(|field| spaced(word(field.as_str_name(), "ASSESSMENT_FIELD_")));
    Change {
        key: id(&it.commitment).to_owned(),
        name: format!("{}: {}", begun(&it.obligor), of_party(id(&it.commitment), &it.obligor)),
        href: visit.link_to(&it.commitment),
        title: it.title.clone(),
        owes: format!("to {}", name(&it.obligee)),
        became: match it.change() {
            v1::ChangeKind::Appeared => "is new",
            v1::ChangeKind::Ended => "ended",
            v1::ChangeKind::Gone => "is gone: its record was taken back",
            _ => "changed",
        },
        before: Badge::spelled(then.status()),
        before_lifecycle: word(then.lifecycle().as_str_name(), "LIFECYCLE_"),
        after: Badge::spelled(now.status()),
        after_lifecycle: word(now.lifecycle().as_str_name(), "LIFECYCLE_"),
        fields: fields.collect(),
        learned: became_known.events.iter().map(|event| learned(visit, docket, event)).collect(),
        happened: happened.transitions.iter().map(transition).collect(),
    }
}

fn learned(visit: &Visit, docket: &Docket, event: &v1::LearnedEvent) -> Learned {
    let subject = crate::domain::Subject::parse(&event.subject, visit.ledger.name()).ok();
    let about = subject.map(|subject| docket.about(&subject)).unwrap_or_default();
    let recorded = about.iter().find(|it| it.position == Position::new(event.position));
    let gist = recorded.map_or_else(String::new, |it| views::gist(&it.submission.payload));
    let kind = spaced(word(event.kind().as_str_name(), "EVENT_KIND_"));
    Learned {
        position: event.position,
        href: visit.link(&format!("/events/{}", event.position)),
        gist: format!("{kind}: {gist}"),
        recorded: When::stamped(event.recorded_at),
        is_relied_on: event.relied_on,
    }
}

fn transition(it: &v1::JudgementChange) -> Happened {
    let (before, after) = (it.before.unwrap_or_default(), it.after.unwrap_or_default());
    let cause = |deadline: &v1::Deadline| {
        format!("{}: {}", calendar::clock(deadline), deadline_text::consequence(deadline, false))
    };
    let mut causes: Vec<String> = it.deadlines.iter().map(cause).collect();
    causes.dedup();
    Happened {
        at: When::stamped(it.at).unwrap_or_else(|| When::at(crate::domain::Instant::MIN)),
        before: Badge::spelled(before.status()),
        after: Badge::spelled(after.status()),
        causes,
    }
}
