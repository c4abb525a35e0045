//! The clock floor: the instant up to which time alone has been told to have changed something. It is durable before
//! anybody is told, and nothing is recorded below it any more, also when the wall clock steps back. So whoever comes back
//! later hears the same, in the same order, as whoever was there.

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use super::append::{Order, Raise};
use super::commit::recover_if_poisoned;
use super::cursor::Incarnation;
use super::{Ledger, LedgerError, Shared};
use crate::domain::{Instant, Slug};
use crate::store::{Cells, StoreError, Swap};

const VERSION: u8 = 1;

impl Ledger {
    /// The instant below which nothing is recorded any more, because changes up to it have been told; none where none
    /// have.
    pub fn floor(&self) -> Option<Instant> {
        *self.shared.floor.borrow()
    }

    /// Raises the floor to an instant. `Ok` promises that it is durable, and that every event recorded below it is at
    /// the head or before. The caller sees to it that the instant has come.
    pub async fn raise_floor(&self, to: Instant) -> Result<(), LedgerError> {
        if self.floor() >= Some(to) {
            return Ok(());
        }
        let (reply, outcome) = oneshot::channel();
        self.queue.send(Order::Raise(Raise { to, reply })).await.map_err(|_| LedgerError::Closed)?;
        outcome.await.map_err(|_| LedgerError::Closed)?
    }

    pub(super) fn follow_floor(&self) -> watch::Receiver<Option<Instant>> {
        self.shared.floor.subscribe()
    }
}

/// Raises the floor for all who asked. The writer does it, between two groups: so what it records next sees the floor.
pub(super) fn raise(shared: &Shared, raises: Vec<Raise>) {
    let Some(highest) = raises.iter().map(|raise| raise.to).max() else { return };
    let outcome = match *shared.floor.borrow() {
        Some(floor) if highest <= floor => Ok(()),
        _ => recover_if_poisoned(shared).and_then(|()| Ok(make_durable(shared, highest)?)),
    };
    if outcome.is_ok() {
        shared.floor.send_if_modified(|floor| {
            let rises = *floor < Some(highest);
            *floor = (*floor).max(Some(highest));
            rises
        });
    }
    for raise in raises {
        drop(raise.reply.send(outcome.clone()));
    }
}

fn make_durable(shared: &Shared, to: Instant) -> Result<(), StoreError> {
    let (cells, key) = (shared.catalog.cells(), key(&shared.name));
    loop {
        let held = cells.get(&key)?;
        // After a failed write the cell may stand higher than was known.
        if held.as_deref().and_then(|value| from_bytes(value, shared.incarnation)) >= Some(to) {
            return Ok(());
        }
        match cells.compare_and_set(&key, held.as_deref(), Some(&to_bytes(to, shared.incarnation)))? {
            Swap::Done => return Ok(()),
            Swap::Differs(_) => {}
        }
    }
}

/// The floor that a store holds for a ledger.
pub(super) fn kept(cells: &dyn Cells, ledger: &Slug, incarnation: Incarnation) -> Result<Option<Instant>, StoreError> {
    Ok(cells.get(&key(ledger))?.and_then(|value| from_bytes(&value, incarnation)))
}

/// The key of a ledger's floor.
pub(super) fn key(ledger: &Slug) -> Vec<u8> {
    format!("clock-floor/{ledger}").into_bytes()
}

/// Version 1 (u8), the incarnation (16 bytes), the instant (i64). Persisted: it may never change its meaning.
fn to_bytes(floor: Instant, incarnation: Incarnation) -> Vec<u8> {
    [&[VERSION], &incarnation.to_bytes()[..], &floor.unix_seconds().to_be_bytes()[..]].concat()
}

/// A kept floor, as that of another incarnation; none where it cannot be read.
pub(super) fn of_incarnation(value: &[u8], incarnation: Incarnation) -> Option<Bytes> {
    let of = Incarnation::from_bytes(*value.get(1..)?.first_chunk()?);
    from_bytes(value, of).map(|floor| to_bytes(floor, incarnation).into())
}

/// None where it is the floor of an earlier ledger of the same name.
fn from_bytes(value: &[u8], incarnation: Incarnation) -> Option<Instant> {
    let (&VERSION, rest) = value.split_first()? else { return None };
    let (of, seconds) = rest.split_first_chunk::<16>()?;
    let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
    Instant::from_unix_seconds(seconds).ok().filter(|_| *of == incarnation.to_bytes())
}
