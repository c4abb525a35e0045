//! Opening a ledger: its docket is rebuilt from its log, which alone holds facts.

use std::sync::Arc;

use super::LedgerError;
use super::history::{decode, to_domain};
use crate::domain::{Docket, Position, Slug};
use crate::store::{Log, ReadLimits};

/// How much one step of a rebuild reads.
const STEP: ReadLimits = ReadLimits { entries: 4096, bytes: 4 << 20 };

/// Folds what the log holds beyond the docket's head. Damaged positions end it: what comes after them cannot be
/// judged without them, and the log takes no appends then.
pub(super) fn catch_up(docket: &mut Docket, log: &Arc<dyn Log>, ledger: &Slug) -> Result<(), LedgerError> {
    let first_damaged = log.damage().iter().map(|damage| damage.first).min();
    loop {
        let after = docket.head();
        let next_is_damaged = first_damaged.is_some_and(|damaged| damaged <= after.next());
        if after >= log.head() || next_is_damaged {
            return Ok(());
        }
        let page = log.read(after, STEP)?;
        if page.entries.is_empty() {
            return Ok(());
        }
        for (position, bytes) in page.entries {
            fold_stored(docket, position, &bytes, ledger)?;
        }
    }
}

fn fold_stored(docket: &mut Docket, position: Position, bytes: &[u8], ledger: &Slug) -> Result<(), LedgerError> {
    let event = to_domain(&decode(position, bytes)?, ledger)?;
    docket.fold(Arc::new(event));
    Ok(())
}
