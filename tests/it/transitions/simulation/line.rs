//! What is told, in one line: enough to tell any two apart.

use entente::domain::{Instant, Position, Slug};
use entente::views::transitions::{Cause, News};
use entente::views::{Deadline, Judgement, Row};

/// One thing told, and where on the diagonal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) at: Instant,
    pub(super) known: Position,
    pub(super) commitment: Slug,
    /// Whether time alone brought it.
    pub(super) by_time: bool,
    pub(super) what: String,
}

impl Told {
    /// What a subscriber heard.
    pub(super) fn heard(news: &News) -> Self {
        let (by_time, what) = match news {
            News::Transition(it) => (matches!(it.cause, Cause::Time(_)), transition(it.before, it.after, it.row)),
            News::Revision(it) => (false, revision(it.since, it.before, it.after)),
            News::Approaching(it) => (it.events.is_empty(), approaching(&it.deadline, it.lead)),
        };
        Told { at: news.at(), known: news.known(), commitment: news.commitment().clone(), by_time, what }
    }
}

pub(super) fn transition(before: Judgement, after: Judgement, row: Option<Row>) -> String {
    format!("{} to {} by {}", said(before), said(after), row.map_or("-", |row| row.0))
}

pub(super) fn revision(since: Instant, before: Judgement, after: Judgement) -> String {
    format!("{} is {} since {since}", said(before), said(after))
}

pub(super) fn approaching(deadline: &Deadline, lead: i64) -> String {
    let Deadline { kind, at, target, reading, .. } = deadline;
    format!("{kind} {target:?} {reading:?} at {at} in {lead} s")
}

fn said(judgement: Judgement) -> String {
    format!("{}/{}", judgement.lifecycle, judgement.status)
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Told { at, known, commitment, by_time, what } = self;
        let cause = if *by_time { "time" } else { "events" };
        write!(f, "{at} known {known} {commitment} ({cause}): {what}")
    }
}
