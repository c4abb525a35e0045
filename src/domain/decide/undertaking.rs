//! Undertakings: who promises what to whom.

use super::known::Known;
use crate::domain::event::CommitmentUndertaken;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::terms::{Dependence, Terms, TermsPatch};
use crate::domain::{Collection, Party, Subject};

/// Two sides, stated by one of them or both, in an instrument and about measures that are recorded, in terms that hold
/// together.
pub(super) fn check(known: &Known<'_>, subject: &Subject, undertaken: &CommitmentUndertaken) -> Result<(), Refusal> {
    check_sides(undertaken).map_err(|refusal| refusal.under("commitment_undertaken"))?;
    known.require_member(Collection::Instruments, &undertaken.instrument, "commitment_undertaken.instrument")?;
    for (index, measure) in undertaken.measures.iter().enumerate() {
        known
            .require_member(Collection::Measures, measure, "")
            .map_err(|refusal| refusal.under(&format!("commitment_undertaken.measures[{index}]")))?;
    }
    undertaken.terms.check(&undertaken.zone).map_err(|refusal| refusal.under("commitment_undertaken.terms"))?;
    check_dependence(subject, undertaken)
}

fn check_sides(undertaken: &CommitmentUndertaken) -> Result<(), Refusal> {
    let (obligor, obligee) = (undertaken.obligor, undertaken.obligee);
    if obligor == obligee {
        let message = format!("{obligor} would owe {obligee}; a promise has two sides");
        return Err(Refusal::new(Reason::ObligorIsObligee, "obligee", message));
    }
    if undertaken.stated_by.is_empty() {
        let message = format!("nobody states it; name {obligor}, {obligee} or JOINT");
        return Err(Refusal::new(Reason::TermsIncomplete, "stated_by", message));
    }
    if undertaken.admissible.is_empty() {
        let message = "no class of source is admissible, so nothing could show whether it is kept; name at least one";
        return Err(Refusal::new(Reason::TermsIncomplete, "admissible", message));
    }
    let outsider =
        undertaken.stated_by.iter().enumerate().find(|(_, by)| ![obligor, obligee, Party::JOINT].contains(by));
    match outsider {
        Some((index, by)) => {
            let message = format!("{by} is no side of it; it is stated by {obligor}, {obligee} or JOINT");
            Err(Refusal::new(Reason::StatedByOutsider, format!("stated_by[{index}]"), message))
        }
        None => Ok(()),
    }
}

/// The counterpart need not be recorded yet: two commitments that depend on each other must be recordable, one after
/// the other, and until then the counterpart's status is NOT_RECORDED.
fn check_dependence(subject: &Subject, undertaken: &CommitmentUndertaken) -> Result<(), Refusal> {
    let (maintenance, path) = match &undertaken.terms {
        Terms::MeasureSuspension(terms) => (terms, "commitment_undertaken.terms.measure_suspension"),
        Terms::RateCeiling(terms) => (&terms.maintenance, "commitment_undertaken.terms.rate_ceiling.maintenance"),
        _ => return Ok(()),
    };
    check_not_itself(subject, maintenance.depends_on.as_ref()).map_err(|refusal| refusal.under(path))
}

/// What an amendment or a reading makes a commitment depend on is another one, as well.
pub(super) fn check_patch(subject: &Subject, set: &TermsPatch, path: &str) -> Result<(), Refusal> {
    check_not_itself(subject, set.depends_on.as_ref()).map_err(|refusal| refusal.under(path))
}

fn check_not_itself(subject: &Subject, depends_on: Option<&Dependence>) -> Result<(), Refusal> {
    match depends_on {
        Some(dependence) if Subject::commitment(dependence.commitment.clone()) == *subject => {
            let message = format!("{subject} cannot depend on itself; name the counterpart's commitment");
            Err(Refusal::new(Reason::RefersToItself, "depends_on.commitment", message))
        }
        _ => Ok(()),
    }
}

/// Only the sides of a commitment, or both in one voice, can stand by it or disown it.
pub(super) fn check_party(known: &Known<'_>, subject: &Subject, by: Party, field: &str) -> Result<(), Refusal> {
    let Some(undertaken) = known.undertaken(subject) else { return Ok(()) };
    let (obligor, obligee) = (undertaken.obligor, undertaken.obligee);
    let sides = [obligor, obligee, Party::JOINT];
    // Where everybody owes, or it is owed to everybody, every state is a side.
    if sides.contains(&by) || sides.contains(&Party::ALL) {
        return Ok(());
    }
    let message = format!("{by} is no side of {subject}; only {obligor}, {obligee} or JOINT can say so");
    Err(Refusal::new(Reason::PartyNotOfCommitment, field, message))
}
