//! Readings: what the texts say where they differ (specification, section 9).

use std::collections::BTreeMap;

use super::case::Case;
use super::judge::{self, judge};
use super::outcome::{Outcome, raise};
use super::purchase::Tallies;
use super::record::Record;
use super::{InEffect, Judgement, Numbers};
use crate::domain::event::ReadingAdopted;
use crate::domain::{Flag, Instant, Lifecycle, Slug, Status};

/// The reserved name of the base text.
pub(super) const BASE: &str = "base";

/// What all readings that count say together.
#[derive(Debug)]
pub(super) struct Answer {
    /// Together.
    pub(super) outcome: Outcome,
    /// One by one, where they differ.
    pub(super) by_reading: BTreeMap<String, Judgement>,
    /// The numbers one by one, where these or the answers differ.
    pub(super) numbers_by_reading: BTreeMap<String, Numbers>,
    /// The one that was adopted.
    pub(super) adopted: Option<Slug>,
}

impl Answer {
    /// One outcome, and nothing that readings differ in.
    fn undivided(outcome: Outcome) -> Self {
        Answer { outcome, by_reading: BTreeMap::new(), numbers_by_reading: BTreeMap::new(), adopted: None }
    }
}

/// The answer at one instant: the base text alone, the reading adopted, or all readings side by side.
pub(super) fn answer(case: &Case<'_>, as_of: Instant) -> Answer {
    let mut answer = match adoption(case, as_of) {
        Some(adoption) => by_adoption(case, &adoption, as_of),
        None => side_by_side(case, as_of),
    };
    answer.outcome.wake.at_each(case.next_instants(as_of));
    answer
}

/// As [`answer`], lifecycle and status alone and the next instant at which they can differ; whoever asks about later and
/// later instants hands the same tallies in.
pub(super) fn glance<'i>(
    case: &'i Case<'_>,
    as_of: Instant,
    tallies: &mut Tallies<'i>,
) -> (Judgement, Option<Instant>) {
    if !case.records.readings.is_empty() || !case.records.adoptions.is_empty() {
        let outcome = answer(case, as_of).outcome;
        return (outcome.judgement, outcome.wake.next());
    }
    let (judgement, mut wake) = judge::glance(case, as_of, tallies);
    wake.at_each(case.next_instants(as_of));
    (judgement, wake.next())
}

/// The readings that count at an instant, by name: the one that was adopted, or the base text and every other.
pub(super) fn counting<'a>(case: &Case<'a>, as_of: Instant) -> Vec<(String, Option<&'a Slug>)> {
    let named = |reading: &'a Slug| (reading.to_string(), Some(reading).filter(|reading| reading.as_str() != BASE));
    match adoption(case, as_of) {
        Some(adoption) => vec![named(&adoption.body.reading)],
        None => [(BASE.to_owned(), None)].into_iter().chain(names(case, as_of).into_iter().map(named)).collect(),
    }
}

/// The reading that was adopted by then; none where none was, or where it is the base text.
pub(super) fn adopted(case: &Case<'_>, as_of: Instant) -> Option<Slug> {
    adoption(case, as_of).map(|record| record.body.reading.clone()).filter(|reading| reading.as_str() != BASE)
}

fn by_adoption(case: &Case<'_>, adoption: &Record<'_, ReadingAdopted>, as_of: Instant) -> Answer {
    let reading = &adoption.body.reading;
    let mut outcome = judge(case, Some(reading).filter(|reading| reading.as_str() != BASE), as_of);
    raise(&mut outcome.flags, Flag::ReadingAdopted, true);
    outcome.because.insert(adoption.position());
    Answer { adopted: Some(reading.clone()), ..Answer::undivided(outcome) }
}

/// The latest adoption effective by then, of a reading that is known by then.
pub(super) fn adoption<'a>(case: &Case<'a>, as_of: Instant) -> Option<Record<'a, ReadingAdopted>> {
    let names = names(case, as_of);
    let adoptions = case.records.adoptions.iter().filter(|record| {
        let is_known = record.body.reading.as_str() == BASE || names.contains(&&record.body.reading);
        record.body.effective_at.at <= as_of && is_known
    });
    adoptions.max_by_key(|record| (record.body.effective_at.at, record.position())).copied()
}

/// The readings effective by then, each once, in ledger order.
pub(super) fn names<'a>(case: &Case<'a>, as_of: Instant) -> Vec<&'a Slug> {
    let mut names: Vec<&Slug> = Vec::new();
    for record in case.records.readings.iter().filter(|record| record.body.effective_at.at <= as_of) {
        if !names.contains(&&record.body.reading) {
            names.push(&record.body.reading);
        }
    }
    names
}

fn side_by_side(case: &Case<'_>, as_of: Instant) -> Answer {
    let base = judge(case, None, as_of);
    let names = names(case, as_of);
    if names.is_empty() {
        return Answer::undivided(base);
    }
    let readings: Vec<(&Slug, Outcome)> = names.iter().map(|name| (*name, judge(case, Some(name), as_of))).collect();
    let mut by_reading = BTreeMap::from([(BASE.to_owned(), base.judgement)]);
    by_reading.extend(readings.iter().map(|(name, outcome)| (name.to_string(), outcome.judgement)));
    let agree = by_reading.values().all(|judgement| *judgement == base.judgement);
    let in_force = by_reading.values().any(|judgement| judgement.lifecycle == Lifecycle::InForce);

    let mut numbers_by_reading = BTreeMap::new();
    if !agree || readings.iter().any(|(_, reading)| reading.numbers != base.numbers) {
        numbers_by_reading.insert(BASE.to_owned(), base.numbers.clone());
        numbers_by_reading.extend(readings.iter().map(|(name, reading)| (name.to_string(), reading.numbers.clone())));
    }

    let mut together = base;
    for (_, reading) in readings {
        together.flags.extend(reading.flags);
        together.because.extend(reading.because);
        together.wake.join(reading.wake);
        doubt_measure(&mut together.numbers, &reading.numbers, !agree);
    }
    if agree {
        return Answer { numbers_by_reading, ..Answer::undivided(together) };
    }
    together.flags.insert(Flag::TextDisagrees);
    together.row = None;
    together.judgement.status = Status::Disputed;
    if in_force {
        together.judgement.lifecycle = Lifecycle::InForce;
    }
    Answer { outcome: together, by_reading, numbers_by_reading, adopted: None }
}

/// Where readings differ, nobody can say whether the measure is in effect.
fn doubt_measure(base: &mut Numbers, reading: &Numbers, readings_differ: bool) {
    if let (
        Numbers::Maintenance { measure_in_effect: base, .. },
        Numbers::Maintenance { measure_in_effect: reading, .. },
    ) = (base, reading)
        && (readings_differ || base != reading)
    {
        *base = InEffect::Unknown;
    }
}
