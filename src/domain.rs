//! The words of a trade deal and the rules of what may be recorded. Pure: no IO, no clock, no async.
//!
//! Here: values whose types cannot hold nonsense ([`Instant`], [`Day`], [`Decimal`], [`Party`], [`Product`], [`Zone`] …),
//! the closed vocabulary of events ([`Payload`]), the six kinds of [`Terms`].
//! Not here: how a status is decided (`views`), how any of it is spelled on the wire (`wire`).

pub mod event;
pub mod fraction;
pub mod terms;

mod day;
mod decide;
mod decimal;
mod docket;
mod dossier;
mod extract;
mod hypothesis;
mod instant;
mod live;
mod map;
mod moment;
mod name;
mod party;
mod pool;
mod position;
mod product;
mod refusal;
mod register;
mod source;
mod status;
mod unit;
mod value_error;
mod word;
mod zone;

pub use day::{Day, Window};
pub use decide::{Author, BATCH_EVENTS_MAX, Decision, Draft, Preconditions, Proposal, RecordClock, Stamp, decide};
pub use decimal::Decimal;
pub use docket::{Docket, Fate};
pub use dossier::Dossier;
pub use event::{Event, EventId, EventKind, Family, Payload, Submission};
pub use extract::Extract;
pub use hypothesis::Hypothesis;
pub use instant::Instant;
pub use live::live;
pub use moment::{Moment, MomentForm, Rounding};
pub use name::{Collection, Slug, Subject};
pub use party::Party;
pub use pool::Pool;
pub use position::Position;
pub use product::{Nomenclature, Product};
pub use refusal::{Class, Fact, Reason, Refusal};
pub use source::{Confidence, Dated, Precision, RecordBasis, Source, SourceClass, Sources, Text};
pub use status::{Evidence, Flag, Lifecycle, Standing, Status};
pub use terms::{Basis, Kind, Terms, TermsPatch};
pub use unit::Unit;
pub use value_error::ValueError;
pub(crate) use word::words;
pub use zone::{Role, Zone};
