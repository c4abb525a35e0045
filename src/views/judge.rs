//! Judge: one reading of the terms at one instant, by the decision table of its kind.

use super::Judgement;
use super::case::Case;
use super::outcome::{Outcome, Wake, raise};
use super::purchase::Tallies;
use super::terms_in_force::InForce;
use super::{act, licensing, maintenance, periodic, purchase};
use crate::domain::{Flag, Instant, Slug, Terms};

/// What the base text, or one reading of it, says at one instant.
pub(super) fn judge(case: &Case<'_>, reading: Option<&Slug>, as_of: Instant) -> Outcome {
    let mut in_force = InForce::at(case, reading, as_of);
    let Some(reworded) = in_force.reworded.take() else { return by_table(case, in_force, as_of) };
    let case = case.under(&reworded);
    let mut outcome = by_table(&case, in_force, as_of);
    outcome.wake.at_each(case.next_instants(as_of));
    outcome
}

/// As [`judge`] for the base text, lifecycle and status alone and when to ask again; see [`purchase::glance`].
pub(super) fn glance<'i>(case: &'i Case<'_>, as_of: Instant, tallies: &mut Tallies<'i>) -> (Judgement, Wake) {
    let in_force = InForce::at(case, None, as_of);
    match in_force.terms.as_ref() {
        Terms::PurchasePledge(terms) if in_force.reworded.is_none() => purchase::glance(case, terms, as_of, tallies),
        _ => {
            let outcome = judge(case, None, as_of);
            (outcome.judgement, outcome.wake)
        }
    }
}

fn by_table(case: &Case<'_>, in_force: InForce<'_>, as_of: Instant) -> Outcome {
    let mut outcome = match in_force.terms.as_ref() {
        Terms::MeasureSuspension(terms) => maintenance::judge(case, &in_force, terms, None, as_of),
        Terms::RateCeiling(terms) => maintenance::judge(case, &in_force, &terms.maintenance, Some(terms.limit), as_of),
        Terms::PurchasePledge(terms) => purchase::judge(case, terms, as_of),
        Terms::OneOffAct(terms) => act::judge(case, terms, as_of),
        Terms::PeriodicCeiling(terms) => periodic::judge(case, terms, as_of),
        Terms::LicensingFlow(terms) => licensing::judge(case, terms, as_of),
    };
    outcome.flags.extend(in_force.flags);
    outcome.because.extend(in_force.because);
    case.relief.mark(as_of, &mut outcome.flags);
    let alleged = case.records.allegations.iter().any(|record| record.body.effective_at.at <= as_of);
    raise(&mut outcome.flags, Flag::AllegedBreach, alleged);
    raise(&mut outcome.flags, Flag::Void, case.voided(as_of).is_some());
    outcome
}
