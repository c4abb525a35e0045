//! The events: the raw ledger, the latest first, in pages and by filter; and one event in full.

use askama::Template;
use axum::response::Response;

use super::address;
use super::commitment::{Source, confidence, source, spaced};
use super::fault::Fault;
use super::frame::Frame;
use super::proof::{TreeHead, bundle_link, tree_head};
use super::respond::html;
use super::visit::{Visit, id};
use super::when::When;
use crate::domain::{Family, Position, Subject};
use crate::exchange::plain_words::word;
use crate::ledger::{EventFilter, Heading};
use crate::proto::{json, v1};
use crate::wire::Word as _;
use crate::{views, wire};

/// How many events a page has.
const PAGE_EVENTS: usize = 60;
/// How many steps of a read one page makes: a filter that matches little leaves off there, and its page leads on.
const STEPS_MAX: usize = 32;

#[derive(Template)]
#[template(path = "events.html")]
struct EventsPage {
    frame: Frame,
    clocks: Vec<(&'static str, String)>,
    subject: String,
    families: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    older: Option<String>,
    newest: Option<String>,
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    frame: Frame,
    line: Line,
    recorded_by: String,
    event_id: String,
    basis: String,
    supersedes: String,
    fate: Vec<String>,
    payload: String,
    before: Option<String>,
    after: Option<String>,
    tree: TreeHead,
    bundle: Option<(&'static str, String)>,
    it: Sources,
}

struct Sources {
    sources: Vec<Source>,
}

/// One event in a line.
struct Line {
    position: u64,
    href: String,
    recorded: Option<When>,
    kind: String,
    family: String,
    subject: String,
    /// The page of its subject, where it has one.
    subject_href: Option<String>,
    gist: String,
    note: String,
    confidence: String,
    publisher: String,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let filter = filter(visit)?;
    let before = match visit.address.get("before").map(|text| text.parse::<u64>().map_err(|_| text)) {
        None => visit.at.known.next(),
        Some(Ok(position)) => Position::new(position).min(visit.at.known.next()),
        Some(Err(text)) => {
            return Err(Fault::field("before", format!("{text:?} is not a position of the ledger, such as 120")));
        }
    };
    let (events, next) = page(visit, before, &filter)?;
    let docket = visit.ledger.docket();
    let frame = Frame::of(visit, &docket, "Events", None);
    drop(docket);
    let field = |field: &str| visit.address.get(field).unwrap_or_default().to_owned();
    let page = EventsPage {
        frame,
        clocks: ["as_of", "known_at"]
            .into_iter()
            .map(|name| (name, field(name)))
            .filter(|(_, it)| !it.is_empty())
            .collect(),
        subject: field("subject"),
        families: families(&field("family")),
        lines: events.iter().map(|event| line(visit, event)).collect(),
        older: next.map(|position| at_page(visit, Some(position))),
        newest: visit.address.get("before").map(|_| at_page(visit, None)),
    };
    Ok(html(page.render()?))
}

/// The events before a position that a filter wants, and where the next page begins.
fn page(visit: &Visit, before: Position, filter: &EventFilter) -> Result<(Vec<v1::Event>, Option<Position>), Fault> {
    let mut events = Vec::new();
    let mut heading = Heading::Backward(Some(before));
    for _ in 0..STEPS_MAX {
        let step = visit.ledger.events(heading, filter, PAGE_EVENTS - events.len())?;
        events.extend(step.decoded()?);
        heading = step.next;
        if step.at_end {
            return Ok((events, None));
        }
        if events.len() >= PAGE_EVENTS {
            break;
        }
    }
    let next = match heading {
        Heading::Backward(before) => before,
        Heading::Forward(_) => None,
    };
    Ok((events, next))
}

fn filter(visit: &Visit) -> Result<EventFilter, Fault> {
    let mut filter = EventFilter::default();
    if let Some(text) = visit.address.get("subject") {
        // A subject is named in full, or as its page's path below the ledger's.
        let name = if text.starts_with("ledgers/") {
            text.to_owned()
        } else {
            format!("ledgers/{}/{text}", visit.ledger.name())
        };
        let subject = Subject::parse(&name, visit.ledger.name());
        filter.subjects.push(subject.map_err(|error| Fault::field("subject", error.to_string()))?);
    }
    if let Some(text) = visit.address.get("family") {
        let spelled = format!("FAMILY_{}", text.to_uppercase());
        let family = v1::Family::from_str_name(&spelled).and_then(Family::from_proto);
        let right = || format!("{text:?} is not a family of events; it is one of {}", Family::list());
        filter.families.push(family.ok_or_else(right).map_err(|wrong| Fault::field("family", wrong))?);
    }
    Ok(filter)
}

fn families(chosen: &str) -> Vec<(String, String, bool)> {
    let all = (1..).map_while(|number| v1::Family::try_from(number).ok());
    let family = all.map(|family| word(family.as_str_name(), "FAMILY_").to_lowercase());
    family.map(|name| (name.clone(), spaced(&name), name == chosen.to_lowercase())).collect()
}

fn at_page(visit: &Visit, before: Option<Position>) -> String {
    let before = before.map(|position| position.to_string());
    let fields = ["as_of", "known_at", "subject", "family"];
    let kept = fields.into_iter().filter_map(|name| Some((name, visit.address.get(name)?)));
    format!("{}/events{}", visit.base(), address::query(kept.chain(before.as_deref().map(|it| ("before", it)))))
}

/// One event in full.
pub(super) fn one(visit: &Visit, position: &str) -> Result<Response, Fault> {
    let unknown =
        || Fault::not_found("event", format!("{position} in {} at position {}", visit.ledger.name(), visit.at.known));
    let number = position.parse().map(Position::new).map_err(|_| unknown())?;
    // What is not known at the position of the page is not on it.
    let event = visit.ledger.event_at(number)?.filter(|_| number <= visit.at.known).ok_or_else(unknown)?;
    let submission = event.submission.clone().unwrap_or_default();
    let docket = visit.ledger.docket();
    let fate = crate::domain::EventId::parse(&submission.event_id).ok().and_then(|id| docket.fate(id));
    let fate = fate.map_or_else(Vec::new, |fate| {
        let superseded = fate.superseded_by.map(|by| format!("corrected by the event {by}"));
        let retracted = fate.retracted_by.map(|by| format!("taken back by the event {by}"));
        superseded.into_iter().chain(retracted).collect()
    });
    let frame = Frame::of(visit, &docket, &format!("Event {number}"), None);
    drop(docket);
    let neighbour = |position: u64| visit.link(&format!("/events/{position}"));
    let page = EventPage {
        frame,
        line: line(visit, &event),
        recorded_by: event.recorded_by.clone(),
        event_id: submission.event_id.clone(),
        basis: match submission.recorded_basis() {
            v1::RecordBasis::Unspecified => String::new(),
            basis => format!("record time {}", spaced(word(basis.as_str_name(), "RECORD_BASIS_"))),
        },
        supersedes: submission.supersedes.clone(),
        fate,
        payload: json::to_json(&submission)
            .ok()
            .and_then(|it| serde_json::to_string_pretty(&it).ok())
            .unwrap_or_default(),
        before: (number > Position::new(1)).then(|| neighbour(number.get() - 1)),
        after: (number < visit.at.known).then(|| neighbour(number.get() + 1)),
        tree: tree_head(visit),
        bundle: Some(("This event with its proof", bundle_link(visit, number.get()))),
        it: Sources { sources: submission.sources.iter().map(source).collect() },
    };
    Ok(html(page.render()?))
}

fn line(visit: &Visit, event: &v1::Event) -> Line {
    let submission = event.submission.clone().unwrap_or_default();
    let gist = wire::event_from_proto(event, visit.ledger.name()).map(|it| views::gist(&it.submission.payload));
    let (subject, subject_href) = subject(visit, &submission.subject);
    Line {
        position: event.position,
        href: visit.link(&format!("/events/{}", event.position)),
        recorded: When::stamped(event.recorded_at),
        kind: spaced(word(event.kind().as_str_name(), "EVENT_KIND_")),
        family: spaced(word(event.family().as_str_name(), "FAMILY_")),
        subject,
        subject_href,
        gist: gist.unwrap_or_default(),
        note: submission.note.clone(),
        confidence: confidence(&submission),
        publisher: submission.sources.first().map_or_else(String::new, |source| source.publisher.clone()),
    }
}

/// A subject by its name, and its page.
fn subject(visit: &Visit, name: &str) -> (String, Option<String>) {
    let mut parts = name.split('/').skip(2);
    let collection = parts.next().unwrap_or_default();
    let has_page = ["commitments", "measures"].contains(&collection);
    match collection {
        "" => ("the ledger".to_owned(), None),
        collection => (format!("{collection}/{}", id(name)), has_page.then(|| visit.link_to(name))),
    }
}
