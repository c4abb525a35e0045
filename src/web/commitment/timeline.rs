//! The timeline: every change of a status with its cause, and how the answer was told at the time.

use crate::domain::{Docket, Instant, Position, Slug};
use crate::exchange::deadline_text;
use crate::views::{self, Judgement};
use crate::web::badge::{self, Badge};
use crate::web::trail::{self, Stretch};
use crate::web::visit::Visit;
use crate::web::when::When;
use crate::wire;

/// The timeline of a commitment.
pub(in crate::web) struct Timeline {
    pub(in crate::web) from: When,
    pub(in crate::web) until: When,
    pub(in crate::web) now_x: i64,
    /// As known at the position of the page.
    pub(in crate::web) stretches: Vec<Stretch>,
    pub(in crate::web) said: String,
    pub(in crate::web) turns: Vec<Turn>,
    /// As it was told at each time, with what was known then.
    pub(in crate::web) told: Vec<Told>,
}

/// One change, by time and with all that is known.
pub(in crate::web) struct Turn {
    pub(in crate::web) at: When,
    pub(in crate::web) href: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) lifecycle: &'static str,
    pub(in crate::web) row: String,
    pub(in crate::web) causes: Vec<String>,
    pub(in crate::web) is_ahead: bool,
}

/// One change of what the ledger told, by the event that brought it.
pub(in crate::web) struct Told {
    pub(in crate::web) at: When,
    pub(in crate::web) href: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) lifecycle: &'static str,
    pub(in crate::web) position: u64,
    pub(in crate::web) gist: String,
}

/// How far beyond the ends of what changes the drawing reaches.
const MARGIN_DAYS: i64 = 30;
/// How far ahead of the moment of the page the timeline looks, and how far back.
const REACH_DAYS: i64 = 4000;

/// The timeline of a commitment, from its first change to its last.
pub(super) fn timeline(visit: &Visit, docket: &Docket, id: &Slug) -> Timeline {
    let at = visit.at;
    let day = 86_400;
    let reach = |days: i64| at.as_of.plus_seconds(days * day);
    let whole = trail::trail(docket, id, reach(-REACH_DAYS), reach(REACH_DAYS), at.known);
    let first = whole.turns.first().map_or(at.as_of, |turn| turn.at).min(at.as_of);
    let last = whole.turns.last().map_or(at.as_of, |turn| turn.at).max(at.as_of);
    let drawn = whole.within(first.plus_seconds(-MARGIN_DAYS * day), last.plus_seconds(MARGIN_DAYS * day));
    let turns = drawn.turns.iter().map(|turn| Turn {
        at: When::at(turn.at),
        href: format!("{}{}", visit.path, visit.address.at(Some(&turn.at.to_string()), Some(&at.known.to_string()))),
        badge: Badge::of(turn.after.status),
        lifecycle: badge::lifecycle(turn.after.lifecycle),
        row: turn.row.map_or_else(String::new, |row| row.0.to_owned()),
        causes: counted(turn.deadlines.iter().map(|deadline| cause(visit, deadline))),
        is_ahead: turn.at > at.as_of,
    });
    Timeline {
        from: When::at(drawn.from),
        until: When::at(drawn.until),
        now_x: drawn.x(at.as_of),
        said: drawn.said(),
        stretches: drawn.stretches(),
        turns: turns.collect(),
        told: told(visit, docket, id),
    }
}

/// Each cause once, with how often it is one.
fn counted(causes: impl Iterator<Item = String>) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for cause in causes {
        match counts.iter_mut().find(|(said, _)| *said == cause) {
            Some((_, count)) => *count += 1,
            None => counts.push((cause, 1)),
        }
    }
    let said = |(cause, count)| if count == 1 { cause } else { format!("{cause} ({count} records)") };
    counts.into_iter().map(said).collect()
}

fn cause(visit: &Visit, deadline: &views::Deadline) -> String {
    let shown = wire::deadline_to_proto(deadline, visit.ledger.name());
    let of = if shown.reading.is_empty() {
        String::new()
    } else {
        format!(" ({})", crate::web::lead::reading_name(&shown.reading))
    };
    format!("{}{of}: {}", crate::web::calendar::clock(&shown), deadline_text::consequence(&shown, false))
}

/// What the ledger told when each event that bears on the commitment was recorded, where that differs from before.
fn told(visit: &Visit, docket: &Docket, id: &Slug) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut before: Option<Judgement> = None;
    let events = docket.dossier(id).map(|dossier| dossier.known(visit.at.known)).unwrap_or_default();
    for event in events {
        let (recorded, position): (Instant, Position) = (event.recorded_at, event.position);
        let judgement = views::assess(docket, id, recorded, position).judgement;
        if before == Some(judgement) {
            continue;
        }
        before = Some(judgement);
        let query = visit.address.at(Some(&recorded.to_string()), Some(&position.to_string()));
        told.push(Told {
            at: When::at(recorded),
            href: format!("{}{query}", visit.path),
            badge: Badge::of(judgement.status),
            lifecycle: badge::lifecycle(judgement.lifecycle),
            position: position.get(),
            gist: views::gist(&event.submission.payload),
        });
    }
    // What was said before the commitment was recorded is no answer about it.
    told.retain(|it| it.lifecycle != "NOT_RECORDED");
    told
}
