//! Statistical tables: rows become figures by a mapping, figures become events.
//!
//! Here: the mapping file ([`Mapping`]), reading a table through it ([`Figures`]), what a ledger holds already
//! ([`Holdings`]), the difference of the two ([`Change`]), and the file of rejected lines ([`Rejects`]). Readers,
//! writers and the ledger's events come from the caller.
//!
//! Memory: a table is held as figures, never as rows: about 200 bytes each, at most [`FIGURES_MAX`] of them.

mod change;
mod fault;
mod field;
mod figure;
mod given;
mod holdings;
mod identity;
mod kind_rules;
mod line_feed;
mod mapping;
mod mapping_file;
mod names;
mod period;
mod quantity;
mod read;
mod recorded_at;
mod reject;

pub use change::{Change, Compared};
pub use figure::Number;
pub use holdings::Holdings;
pub use mapping::{Mapping, MappingError};
pub use read::{FIGURES_MAX, Figures, TableError};
pub use reject::{Reject, Rejects, is_rejects};
