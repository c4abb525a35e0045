//! The board: one line a commitment, grouped by who owes.

use prost_types::Timestamp;

pub(super) use crate::exchange::plain_words::{grouped, percent};

use super::figures::{by_reading, so_far};
use super::{paint, table as tables};
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire;

/// The whole board as text.
pub(super) fn render(title: &str, lines: &[v1::BoardLine], clocks: &v1::ResolvedClocks, colour: bool) -> String {
    let mut text = format!("{title}\n{}\n", heading(clocks));
    if lines.is_empty() {
        text.push_str("\nno commitment matches\n");
        return text;
    }
    let mut obligors: Vec<&str> = lines.iter().map(|line| line.obligor.as_str()).collect();
    obligors.sort_unstable();
    obligors.dedup();
    for obligor in obligors {
        text.push_str(&format!("\n{obligor} owes\n"));
        let owed = lines.iter().filter(|line| line.obligor == obligor);
        text.push_str(&table(owed, clocks.as_of, colour));
    }
    text
}

/// When, and as known when, in words.
pub(super) fn heading(clocks: &v1::ResolvedClocks) -> String {
    let known = match clocks.known_at {
        Some(at) => format!("position {} (recorded {})", clocks.known_position, time(at)),
        None => "nothing recorded yet".to_owned(),
    };
    let kind = paint::word(clocks.ledger_kind().as_str_name(), "LEDGER_KIND_");
    let heading = format!("as of {} · known: {known} · {kind} ledger", clocks.as_of.map_or_else(String::new, time));
    match clocks.incomplete_reason.as_str() {
        "" => heading,
        reason => format!("{heading}\n✖ THIS LEDGER IS DAMAGED and the answer incomplete: {reason}"),
    }
}

fn table<'a>(lines: impl Iterator<Item = &'a v1::BoardLine>, as_of: Option<Timestamp>, colour: bool) -> String {
    let mut table =
        tables::columns(["commitment", "to", "status", "lifecycle", "next change", "so far", "evidence", "standing"]);
    for line in lines {
        let assessment = line.assessment.clone().unwrap_or_default();
        let id = assessment.commitment.rsplit('/').next().unwrap_or_default().to_owned();
        table.add_row([
            id,
            line.obligee.clone(),
            paint::status(assessment.status(), colour),
            paint::word(assessment.lifecycle().as_str_name(), "LIFECYCLE_").to_owned(),
            next_change(&assessment, as_of),
            so_far(&assessment),
            paint::word(assessment.evidence().as_str_name(), "EVIDENCE_").to_owned(),
            paint::word(assessment.standing().as_str_name(), "STANDING_").to_owned(),
        ]);
        // A dispute between texts is shown with what each text says, not with the most favourable one alone.
        for (reading, figures) in by_reading(&assessment) {
            let judgement = assessment.by_reading.get(reading);
            let status = judgement.map(|it| format!("  {}", paint::word(it.status().as_str_name(), "STATUS_")));
            let lifecycle = judgement.map(|it| paint::word(it.lifecycle().as_str_name(), "LIFECYCLE_").to_owned());
            table.add_row([
                String::new(),
                String::new(),
                status.unwrap_or_default(),
                lifecycle.unwrap_or_default(),
                String::new(),
                format!("by {reading}: {figures}"),
            ]);
        }
    }
    tables::print(table)
}

/// When the answer changes by itself, and in how many days.
pub(super) fn next_change(assessment: &v1::Assessment, as_of: Option<Timestamp>) -> String {
    until_then(assessment.next_change_at, as_of)
}

/// An instant to come, and in how many days.
pub(super) fn until_then(next: Option<Timestamp>, as_of: Option<Timestamp>) -> String {
    match (next, as_of) {
        (Some(next), Some(now)) => {
            let seconds = next.seconds - now.seconds;
            let left = match seconds.div_euclid(86_400) {
                0 => format!("{} h", seconds.div_euclid(3600)),
                days => format!("{days} d"),
            };
            format!("{} (in {left})", time(next))
        }
        _ => "-".to_owned(),
    }
}

/// An instant, to the minute where its seconds are zero.
pub(super) fn time(at: Timestamp) -> String {
    match wire::instant_from_proto(&at) {
        Ok(instant) => short(instant),
        Err(_) => "-".to_owned(),
    }
}

fn short(instant: Instant) -> String {
    let text = instant.to_string();
    match text.strip_suffix(":00Z") {
        Some(to_the_minute) => format!("{to_the_minute}Z"),
        None => text,
    }
}
