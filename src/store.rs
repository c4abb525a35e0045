//! Where a ledger's bytes are kept, and what an acknowledgement of them promises.
//!
//! What is here: three synchronous contracts ([`Catalog`], [`Log`], [`Cells`]) and the engines behind them,
//! [`SledCatalog`] on disk and [`MemoryCatalog`] for tests and scenarios. What is not here: events. The room sees
//! bytes, gives each entry a dense [`Position`](crate::domain::Position) and knows nothing of what an entry says.
//!
//! The promise, the same for every verb that changes something: when it returns `Ok`, the change was written,
//! flushed and fsynced, and the head was compared; until then nobody can read it and nobody is told its position.

mod block;
mod compress;
mod contract;
mod directory;
mod disk;
mod error;
mod founding;
mod heads;
mod keys;
mod marks;
mod memory;
mod notes;
mod outline;
mod pack;
mod seal;
mod secret;
mod sled;
mod transcripts;

pub use contract::{CELL_KEY_BYTES_MAX, CELL_VALUE_BYTES_MAX, ENTRY_BYTES_MAX, LEDGER_NAME_BYTES_MAX};
pub use contract::{Catalog, Cells, Damage, DamageCause, Log, Mark, Note, Page, ReadLimits, Swap};
pub use contract::{DERIVED_KEY_BYTES_MAX, NOTE_BYTES_MAX};
pub use disk::{Disk, Step, SystemDisk};
pub use error::StoreError;
pub use founding::Founding;
pub use memory::MemoryCatalog;
pub use sled::{SledCatalog, SledConfig};
