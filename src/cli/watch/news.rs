//! Changes of statuses, as they are shown.

use super::occurrence::Occurrence;
use crate::cli::board::time;
use crate::cli::paint::word;
use crate::exchange::deadline_text;
use crate::proto::{json, v1};
use v1::status_news::News;
use v1::transition::Cause;

impl Occurrence for v1::StatusNews {
    fn text(&self) -> String {
        let (at, commitment, said) = match &self.news {
            Some(News::Transition(it)) => {
                let row = if it.row.is_empty() { String::new() } else { format!("; row {}", it.row) };
                let why = it.cause.as_ref().map_or_else(String::new, cause);
                (it.at, &it.commitment, format!("{}  ({why}{row})", turn(it.before, it.after)))
            }
            Some(News::Revision(it)) => {
                let since = it.since.map_or_else(String::new, time);
                let turn = turn(it.before, it.after);
                (it.at, &it.commitment, format!("of {since}: {turn}  ({})", events(&it.positions)))
            }
            Some(News::DeadlineApproaching(it)) => {
                let deadline = it.deadline.as_ref();
                let clock = deadline.map_or_else(String::new, deadline_text::clock);
                let when = deadline.and_then(|deadline| deadline.at).map_or_else(String::new, time);
                let name = deadline.map_or(&self.id, |deadline| &deadline.commitment);
                (it.at, name, format!("{clock} at {when}"))
            }
            None => return format!("news of a later release: {}", self.id),
        };
        let commitment = commitment.rsplit('/').next().unwrap_or_default();
        format!("{:<20}  {commitment:<30}  {said}", at.map_or_else(String::new, time))
    }

    fn json(&self) -> Result<String, json::JsonError> {
        Ok(json::to_json(self)?.to_string())
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn position(&self) -> u64 {
        match &self.news {
            Some(News::Transition(it)) => it.known_position,
            Some(News::Revision(it)) => it.known_position,
            Some(News::DeadlineApproaching(it)) => it.known_position,
            None => 0,
        }
    }

    fn kind(&self) -> &str {
        match self.news {
            Some(News::Transition(_)) => "TRANSITION",
            Some(News::Revision(_)) => "REVISION",
            Some(News::DeadlineApproaching(_)) => "DEADLINE_APPROACHING",
            None => "UNKNOWN",
        }
    }
}

/// `IN_FORCE ON_TRACK → LAPSED MET`.
fn turn(before: Option<v1::Judgement>, after: Option<v1::Judgement>) -> String {
    let said = |judgement: Option<v1::Judgement>| {
        let judgement = judgement.unwrap_or_default();
        let lifecycle = word(judgement.lifecycle().as_str_name(), "LIFECYCLE_");
        match judgement.status() {
            v1::Status::Unspecified => lifecycle.to_owned(),
            status => format!("{lifecycle} {}", word(status.as_str_name(), "STATUS_")),
        }
    };
    format!("{} → {}", said(before), said(after))
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Events(it) => events(&it.positions),
        Cause::Time(it) => {
            let clocks: Vec<String> = it.deadlines.iter().map(deadline_text::clock).collect();
            format!("time: {}", clocks.join(", "))
        }
    }
}

fn events(positions: &[u64]) -> String {
    let numbers: Vec<String> = positions.iter().map(u64::to_string).collect();
    format!("{} {}", if numbers.len() == 1 { "event" } else { "events" }, numbers.join(", "))
}
