//! Standing: who has stood by the commitment itself (specification, section 1).

use super::case::Case;
use crate::domain::{Instant, Party, Standing};

/// Who has stood by the commitment by then. What a party said last counts: one that denied the commitment and confirmed
/// it later no longer disowns it.
pub(super) fn standing(case: &Case<'_>, as_of: Instant) -> Standing {
    let base = case.undertaking.body;
    let parties = [base.obligor, base.obligee];
    if parties.iter().any(|party| has_disowned(case, *party, as_of)) {
        return Standing::Disowned;
    }
    let [stated_by_obligor, stated_by_obligee] =
        parties.map(|party| base.stated_by.contains(&party) || base.stated_by.contains(&Party::JOINT));
    let [confirmed_by_obligor, confirmed_by_obligee] = parties.map(|party| has_confirmed(case, party, as_of));
    match (stated_by_obligor, stated_by_obligee) {
        (true, true) => Standing::Agreed,
        (true, false) if confirmed_by_obligee => Standing::Confirmed,
        (false, true) if confirmed_by_obligor => Standing::Confirmed,
        (true, false) => Standing::ClaimedByObligor,
        (false, _) => Standing::ClaimedByObligee,
    }
}

fn has_disowned(case: &Case<'_>, party: Party, as_of: Instant) -> bool {
    let denials = case.records.denials.iter().filter(|r| r.body.by == party && r.body.effective_at.at <= as_of);
    let denied = denials.map(|r| (r.body.effective_at.at, r.position())).max();
    denied.is_some() && denied > confirmed(case, party, as_of)
}

fn has_confirmed(case: &Case<'_>, party: Party, as_of: Instant) -> bool {
    confirmed(case, party, as_of).is_some()
}

fn confirmed(case: &Case<'_>, party: Party, as_of: Instant) -> Option<(Instant, crate::domain::Position)> {
    let by_party = case.records.confirmations.iter().filter(|r| r.body.by == party || r.body.by == Party::JOINT);
    by_party.map(|r| (r.body.effective_at.at, r.position())).filter(|(at, _)| *at <= as_of).max()
}
