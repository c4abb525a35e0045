//! Fate: what became of every record that only duties in time read.

use std::collections::BTreeSet;

use super::super::RecordUse;
use super::super::explain::Uses;
use super::super::intervals::{Span, Spans};
use super::super::record::Record;
use super::Inquiry;
use super::applied::{Trace, is_by_obligor};
use crate::domain::{Kind, Position};

/// What became of each record, given those that the answer rests on.
pub(super) fn uses(inquiry: &Inquiry<'_, '_>, because: &BTreeSet<Position>) -> Uses {
    let (case, records) = (inquiry.case, &inquiry.case.records);
    let rests_on = |position: Position| because.contains(&position);
    let used_or = |position: Position, otherwise: RecordUse| {
        if rests_on(position) { RecordUse::Used } else { otherwise }
    };
    let mut uses = Uses::new();
    let mut note = |position: Position, usage: RecordUse| {
        uses.insert(position, (usage, String::new()));
    };
    let inadmissible = |class| (!case.admits(class)).then_some(RecordUse::Inadmissible);
    for record in &records.observations {
        let usage = inadmissible(record.class()).unwrap_or_else(|| observed(inquiry, record.position(), because));
        note(record.position(), usage);
    }
    for record in &records.reinstatements {
        let own = is_by_obligor(case, record);
        let usage = if own { observed(inquiry, record.position(), because) } else { RecordUse::NoAuthority };
        note(record.position(), usage);
    }
    let suspends = case.undertaking.body.terms.kind() == Kind::MeasureSuspension;
    for record in records.suspensions.iter().filter(|_| suspends) {
        let usage = inadmissible(record.class());
        note(record.position(), usage.unwrap_or_else(|| used_or(record.position(), RecordUse::EvidenceOnly)));
    }
    for record in records.implementations.iter().filter(|_| !suspends) {
        let usage = inadmissible(record.class());
        note(record.position(), usage.unwrap_or_else(|| used_or(record.position(), RecordUse::EvidenceOnly)));
    }
    for record in &records.rates {
        let usage = inadmissible(record.class());
        note(record.position(), usage.unwrap_or_else(|| used_or(record.position(), RecordUse::Overtaken)));
    }
    for record in &records.voids {
        note(record.position(), inadmissible(record.class()).unwrap_or(RecordUse::FlagOnly));
    }
    let authority = |by| (!case.is_obligee(by)).then_some(RecordUse::NoAuthority);
    for record in &records.notices {
        let usage = authority(record.body.by);
        note(record.position(), usage.unwrap_or_else(|| used_or(record.position(), RecordUse::NoBearing)));
    }
    let running = if inquiry.ending.clock_running { RecordUse::FlagOnly } else { RecordUse::NoBearing };
    for record in &records.clocks {
        note(record.position(), authority(record.body.by).unwrap_or_else(|| used_or(record.position(), running)));
    }
    for record in &records.resolutions {
        let settles = inquiry.ending.settled_by.contains(&record.position());
        note(record.position(), if settles { RecordUse::Used } else { RecordUse::NoBearing });
    }
    let rest = records.findings.iter().map(Record::position).chain(records.exercises.iter().map(Record::position));
    rest.for_each(|position| note(position, used_or(position, RecordUse::NoBearing)));
    uses
}

/// What became of an observation that counts.
fn observed(inquiry: &Inquiry<'_, '_>, position: Position, because: &BTreeSet<Position>) -> RecordUse {
    let has = |traces: &[Trace]| traces.iter().find(|trace| trace.positions.contains(&position)).map(|t| t.span);
    if let Some(span) = has(&inquiry.applied.contested) {
        return relieved(inquiry, span).unwrap_or(RecordUse::Contested);
    }
    let Some(span) = has(&inquiry.applied.certain) else { return RecordUse::EvidenceOnly };
    match relieved(inquiry, span) {
        Some(usage) => usage,
        None if is_too_short(inquiry, span) => RecordUse::DeMinimis,
        None if because.contains(&position) => RecordUse::Used,
        None => RecordUse::NoBearing,
    }
}

/// Whether what is left of an observed span was dropped as shorter than the tolerance.
fn is_too_short(inquiry: &Inquiry<'_, '_>, span: Span) -> bool {
    let (term, breaches) = (&inquiry.ending.term, &inquiry.breaches);
    let left = inquiry.reductions.reduce(&Spans::union([span]), term);
    let counts = breaches.found.iter().any(|found| left.meet(found.span));
    !counts && breaches.dropped.iter().any(|dropped| left.meet(*dropped))
}

/// Why nothing of an observed span is left as a breach; none where some of it is.
fn relieved(inquiry: &Inquiry<'_, '_>, span: Span) -> Option<RecordUse> {
    let (term, reductions) = (&inquiry.ending.term, &inquiry.reductions);
    let within = Spans::union([span]).within(term);
    if within.is_empty() {
        return Some(RecordUse::OutsideTerm);
    }
    if reductions.reduce(&within, term).is_empty() {
        let grounds = [
            (&reductions.waived, RecordUse::Waived),
            (&reductions.excused, RecordUse::Excused),
            (&reductions.suspended, RecordUse::Suspended),
            (&reductions.cleared, RecordUse::Cleared),
            (&reductions.protected, RecordUse::Protected),
        ];
        // Where only several together cover it, the first that takes some of it is named.
        let whole = grounds.iter().find(|(time, _)| within.minus(time).is_empty());
        let part = grounds.iter().find(|(time, _)| !within.within(time).is_empty());
        return whole.or(part).map(|(_, usage)| *usage);
    }
    None
}
