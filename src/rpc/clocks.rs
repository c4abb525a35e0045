//! The two clocks of a question, and what they resolve to.

use std::time::Duration;

use super::status::Fault;
use crate::domain::event::LedgerKind;
use crate::domain::{Docket, Instant, Position};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::wire::{self, Word as _};

/// What the clocks of a question resolved to: with these two, an answer can be had again for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) as_of: Instant,
    pub(super) known: Position,
}

/// Resolves the clocks of a question; waits for `min_position` first.
pub(super) async fn resolve(ledger: &Ledger, clocks: Option<v1::Clocks>, now: Instant) -> Result<Resolved, Fault> {
    let clocks = clocks.unwrap_or_default();
    wait_for(ledger, clocks.min_position).await?;
    let as_of = match clocks.as_of {
        Some(stamp) => instant(stamp, "clocks.as_of")?,
        None => now,
    };
    let head = ledger.head();
    let known = match (clocks.known_at, clocks.known_position) {
        (Some(_), Some(_)) => {
            return Err(Fault::field("clocks.known_position", "is given beside known_at; give one of them"));
        }
        (None, None) => head,
        (None, Some(position)) if Position::new(position) > head => {
            if let Some(hidden) = ledger.hidden() {
                return Err(hidden.into());
            }
            return Err(Fault::field("clocks.known_position", format!("{position} is after the head, {head}")));
        }
        (None, Some(position)) => Position::new(position),
        (Some(stamp), None) => {
            let known_at = instant(stamp, "clocks.known_at")?;
            // A replayed ledger's record times are not the wall clock's: a study may lie in the future.
            if ledger.kind() == LedgerKind::Live && known_at > now {
                let reason =
                    format!("{known_at} is in the future; it is {now}, and nothing can be known later than now");
                return Err(Fault::field("clocks.known_at", reason));
            }
            ledger.docket().known_at(known_at)
        }
    };
    Ok(Resolved { as_of, known })
}

/// How long a request waits for a position; a deadline of its own may end it earlier.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Waits until the ledger has a position, [`WAIT_MAX`] at most.
pub(super) async fn wait_for(ledger: &Ledger, position: u64) -> Result<(), Fault> {
    if position == 0 {
        return Ok(());
    }
    ledger.wait_for(Position::new(position), WAIT_MAX).await.map_err(Fault::from)
}

/// A timestamp of a request, in whole seconds.
pub(super) fn instant(stamp: prost_types::Timestamp, field: &str) -> Result<Instant, Fault> {
    wire::instant_from_proto(&stamp).map_err(|error| Fault::field(field, error.to_string()))
}

/// LIVE or REPLAY, as messages hold it; unspecified where the event that says so cannot be read.
pub(super) fn kind_number(docket: &Docket) -> i32 {
    docket.kind().map_or(0, LedgerKind::number)
}

impl Resolved {
    /// The echo of an answer.
    pub(super) fn echo(self, ledger: &Ledger) -> v1::ResolvedClocks {
        let docket = ledger.docket();
        let known_at = docket.recorded_at(self.known);
        v1::ResolvedClocks {
            as_of: Some(wire::instant_to_proto(self.as_of)),
            known_at: known_at.map(wire::instant_to_proto),
            known_position: self.known.get(),
            ledger_kind: kind_number(&docket),
            incomplete_reason: ledger.damage().map_or_else(String::new, |damage| damage.to_string()),
        }
    }
}
