//! Names within a commitment: tranches, periods, readings.

use super::known::Known;
use crate::domain::event::ReadingRecorded;
use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::register::{Charter, Seat};
use crate::domain::{Collection, Kind, Slug, Subject};

/// The name of the base text among the readings (specification, section 9).
const BASE_READING: &str = "base";

/// A reading has a name of its own, and the text that says so is a text of the commitment's instrument.
pub(super) fn check_reading(known: &Known<'_>, subject: &Subject, recorded: &ReadingRecorded) -> Result<(), Refusal> {
    if recorded.reading.as_str() == BASE_READING {
        let message = "base names the base text itself; choose another name for the reading";
        return Err(Refusal::new(Reason::ReservedReading, "reading_recorded.reading", message));
    }
    let (Some(text), Some(undertaken)) = (&recorded.text, known.undertaken(subject)) else { return Ok(()) };
    let instrument = Subject::Member(Collection::Instruments, undertaken.instrument.clone());
    if known.holder(&instrument, &Seat::Text(text.clone())).is_some() {
        return Ok(());
    }
    let message =
        format!("{instrument} has no text {text}; record TextPublished for it first, or earlier in the batch");
    Err(Refusal::new(Reason::UnknownText, "reading_recorded.text", message).with(Fact::Subject(instrument)))
}

/// Only a reading that is recorded, or the base text, can be adopted.
pub(super) fn check_adoption(known: &Known<'_>, subject: &Subject, reading: &Slug) -> Result<(), Refusal> {
    let is_known = known.charter(subject).is_some_and(|charter| charter.has_reading(reading));
    if is_known || reading.as_str() == BASE_READING {
        return Ok(());
    }
    let message = format!("{subject} has no reading {reading}; record the reading first, or adopt {BASE_READING}");
    Err(Refusal::new(Reason::ReadingUnknown, "reading_adopted.reading", message))
}

/// The commitment is a purchase pledge and has this tranche.
pub(super) fn check_tranche(known: &Known<'_>, commitment: &Subject, tranche: &Slug) -> Result<(), Refusal> {
    let kinds = &[Kind::PurchasePledge];
    check_name(known, commitment, tranche, kinds, Reason::UnknownTranche, "tranche")
}

/// The subject is a commitment that is judged by periods, and has this one.
pub(super) fn check_period(known: &Known<'_>, subject: &Subject, period: &Slug, field: &str) -> Result<(), Refusal> {
    let kinds = &[Kind::PeriodicCeiling, Kind::LicensingFlow];
    check_name(known, subject, period, kinds, Reason::UnknownPeriod, "period").map_err(|refusal| refusal.under(field))
}

fn check_name(
    known: &Known<'_>,
    subject: &Subject,
    name: &Slug,
    kinds: &[Kind],
    reason: Reason,
    what: &str,
) -> Result<(), Refusal> {
    let charter = known.charter(subject).filter(|charter| kinds.contains(&charter.undertaken().terms.kind()));
    if charter.is_some_and(|charter| charter.has_name(name)) {
        return Ok(());
    }
    let names: Vec<String> = charter.into_iter().flat_map(Charter::names).map(Slug::to_string).collect();
    let right = match names.is_empty() {
        true => format!("it has no {what}s by name"),
        false => format!("its {what}s are {}", names.join(", ")),
    };
    let message = format!("{subject} has no {what} {name}; {right}");
    Err(Refusal::new(reason, "", message).with(Fact::Choices(names)))
}
