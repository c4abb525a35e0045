//! The calendar: what lapses, falls due, runs out or takes effect in the next twelve months, and the same as a file.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use super::badge::Badge;
use super::fault::Fault;
use super::frame::{self, Frame};
use super::party::{begun, capital, name, of_party, words};
use super::respond::html;
use super::visit::{Visit, id};
use super::when::{self, When, distance};
use crate::domain::{Collection, Docket, Party, Slug};
use crate::exchange::plain_words::word;
use crate::exchange::{deadline_text, icalendar};
use crate::proto::v1;
use crate::{views, wire};

/// How far ahead the calendar reaches.
const DAYS: i64 = 366;
/// The most entries of a page.
const ENTRIES_MAX: usize = 600;

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    frame: Frame,
    months: Vec<Month>,
    file: String,
    only_changes: bool,
    all_href: String,
    changes_href: String,
    count: usize,
    left_out: usize,
}

/// The deadlines of one month.
struct Month {
    title: String,
    dates: Vec<Date>,
}

/// What happens at one instant.
struct Date {
    at: When,
    far: String,
    entries: Vec<Entry>,
}

/// One deadline.
struct Entry {
    name: String,
    href: String,
    title: String,
    owes: String,
    clock: String,
    reading: Option<String>,
    said: String,
    local: String,
    then: String,
    measures: Vec<Returning>,
    turn: String,
    before: Badge,
    after: Option<Badge>,
    is_change: bool,
}

/// A measure that comes back then, or would.
struct Returning {
    href: String,
    title: String,
    is_void: bool,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let only_changes = visit.address.get("only") != Some("all");
    let docket = visit.ledger.docket();
    let mut deadlines = deadlines(visit, &docket)?;
    if only_changes {
        deadlines.retain(|deadline| deadline.changes_status || deadline.reading_before != deadline.reading_after);
    }
    let frame = Frame::of(visit, &docket, "Calendar", None);
    drop(docket);
    let count = deadlines.len();
    deadlines.truncate(ENTRIES_MAX);
    let page = CalendarPage {
        frame,
        left_out: count - deadlines.len(),
        months: months(visit, &deadlines),
        file: visit.link("/calendar.ics"),
        only_changes,
        all_href: visit.link_with("/calendar", &[("only", "all")]),
        changes_href: visit.link("/calendar"),
        count,
    };
    Ok(html(page.render()?))
}

/// The same as a file for calendar programs.
pub(super) fn file(visit: &Visit) -> Result<Response, Fault> {
    let docket = visit.ledger.docket();
    let deadlines = deadlines(visit, &docket)?;
    let title = frame::ledger_title(&docket).unwrap_or_else(|| visit.ledger.name().to_string());
    let known_at = docket.recorded_at(visit.at.known);
    drop(docket);
    let clocks = v1::ResolvedClocks {
        as_of: Some(wire::instant_to_proto(visit.at.as_of)),
        known_at: known_at.map(wire::instant_to_proto),
        known_position: visit.at.known.get(),
        ..v1::ResolvedClocks::default()
    };
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}.ics\"", visit.ledger.name())),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, icalendar::calendar(&title, &deadlines, &clocks)).into_response())
}

/// Every deadline of the calendar, by time and then by commitment.
fn deadlines(visit: &Visit, docket: &Docket) -> Result<Vec<v1::Deadline>, Fault> {
    let party = visit.address.get("party").map(Party::parse).transpose();
    let party = party.map_err(|error| Fault::field("party", error.to_string()))?;
    let (from, until) = (visit.at.as_of, visit.at.as_of.plus_seconds(DAYS * 86_400));
    let ids = docket.members(Collection::Commitments);
    let of = |id: &Slug| views::deadlines(docket, id, from, Some(until), visit.at.known);
    let mut found: Vec<views::Deadline> = ids.flat_map(of).collect();
    found.retain(|deadline| party.is_none_or(|party| deadline.obligor == party || deadline.obligee == party));
    found.sort_by(|a, b| (a.at, &a.commitment).cmp(&(b.at, &b.commitment)));
    Ok(found.iter().map(|deadline| wire::deadline_to_proto(deadline, visit.ledger.name())).collect())
}

fn months(visit: &Visit, deadlines: &[v1::Deadline]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for deadline in deadlines {
        let Some(instant) = when::instant(deadline.at) else { continue };
        let at = When::at(instant);
        let title = crate::domain::Zone::utc().local(instant).strftime("%B %Y").to_string();
        if months.last().is_none_or(|month| month.title != title) {
            months.push(Month { title, dates: Vec::new() });
        }
        let Some(month) = months.last_mut() else { continue };
        if month.dates.last().is_none_or(|date| date.at != at) {
            month.dates.push(Date { far: distance(instant, visit.at.as_of), at, entries: Vec::new() });
        }
        let Some(date) = month.dates.last_mut() else { continue };
        date.entries.push(entry(visit, deadline));
    }
    months
}

fn entry(visit: &Visit, deadline: &v1::Deadline) -> Entry {
    let (before, after) = (deadline.before.unwrap_or_default(), deadline.after.unwrap_or_default());
    Entry {
        name: format!("{}: {}", begun(&deadline.obligor), of_party(id(&deadline.commitment), &deadline.obligor)),
        href: visit.link_to(&deadline.commitment),
        title: deadline.title.clone(),
        owes: format!("to {}", name(&deadline.obligee)),
        clock: clock(deadline),
        reading: (!deadline.reading.is_empty()).then(|| super::lead::reading_name(&deadline.reading)),
        said: deadline_text::said(deadline),
        local: deadline_text::local(deadline),
        then: capital(&then(deadline)),
        measures: deadline.measures.iter().map(|measure| returning(visit, measure)).collect(),
        turn: deadline_text::turn(deadline),
        before: Badge::spelled(before.status()),
        after: (before.status != after.status).then(|| Badge::spelled(after.status())),
        is_change: deadline.changes_status,
    }
}

/// What happens then; the measures that come back stand in a list of their own.
fn then(deadline: &v1::Deadline) -> String {
    let void = deadline.measures.iter().filter(|measure| measure.legal_basis_void).count();
    match (deadline.consequence(), deadline.measures.len()) {
        (v1::Consequence::MeasuresComeBack, 1..) if void == 0 => {
            "the duty ends, and what it held back comes back".to_owned()
        }
        (v1::Consequence::MeasuresComeBack, 1..) => {
            "the duty ends, and what of this has a legal basis comes back".to_owned()
        }
        _ => deadline_text::consequence(deadline, true),
    }
}

fn returning(visit: &Visit, measure: &v1::ReturningMeasure) -> Returning {
    let title = if measure.title.is_empty() { id(&measure.name) } else { &measure.title };
    Returning { href: visit.link_to(&measure.name), title: title.to_owned(), is_void: measure.legal_basis_void }
}

/// The kind of clock in small letters: `lapse`, `cure end of first`.
pub(super) fn clock(deadline: &v1::Deadline) -> String {
    let kind = word(deadline.kind().as_str_name(), "DEADLINE_KIND_").to_lowercase().replace('_', " ");
    if deadline.target.is_empty() { kind } else { format!("{kind} of {}", words(&deadline.target)) }
}
