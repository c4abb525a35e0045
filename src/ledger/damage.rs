//! What of a ledger cannot be read, and what follows from it.

use super::{Ledger, LedgerError, Shared};
use crate::store::Damage;

/// How many spans of positions a message names.
const SPANS_NAMED_MAX: usize = 4;

impl Ledger {
    /// The positions that cannot be read, or what does not match the last checkpoint, if anything, as the error of an
    /// append: nothing is recorded behind a hole, nor on top of another record.
    pub fn damage(&self) -> Option<LedgerError> {
        self.shared.damage()
    }

    /// How many positions cannot be read.
    pub fn damaged_positions(&self) -> u64 {
        self.shared.log.damage().iter().map(|damage| damage.last.get() - damage.first.get() + 1).sum()
    }

    /// As [`Ledger::damage`], where it keeps the docket from the end of the log: what the docket does not know may be
    /// recorded all the same.
    pub fn hidden(&self) -> Option<LedgerError> {
        self.damage().filter(|_| self.head() < self.shared.log.head())
    }
}

impl Shared {
    pub(super) fn damage(&self) -> Option<LedgerError> {
        let damage = self.log.damage();
        let damaged = (!damage.is_empty()).then(|| LedgerError::Damaged { positions: positions(&damage) });
        damaged.or_else(|| self.proofs.mismatch())
    }
}

/// The positions in words, such as `positions 5 to 9, 12`.
fn positions(damage: &[Damage]) -> String {
    let span = |damage: &Damage| match (damage.first, damage.last) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first} to {last}"),
    };
    let named: Vec<String> = damage.iter().take(SPANS_NAMED_MAX).map(span).collect();
    let more = match damage.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} further spans"),
    };
    let is_one = matches!(damage, [one] if one.first == one.last);
    format!("{} {}{more}", if is_one { "position" } else { "positions" }, named.join(", "))
}
