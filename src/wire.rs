//! How the domain is spelled on the wire, both ways: total towards the wire, fallible from it.
//!
//! Here: [`submission_from_proto`] (what a client sent, every violation named by its field), [`event_from_proto`] (what
//! a ledger holds), and their ways back; [`assessment_to_proto`], [`explanation_to_proto`] and the other answers;
//! [`canonical`], the bytes by which two submissions are the same; [`transcribe`], events in a form that is read fast. Every payload, word and field is matched by name, so
//! that the compiler notices a new one.
//! Not here: whether what is well formed may be recorded (`domain`), what a client is told (`rpc`).

mod ask;
mod assessment;
mod at;
mod comparison;
mod deadline;
mod event;
mod explanation;
mod exposure;
mod list;
mod meeting;
mod pace;
mod payload;
mod rounding;
mod scalar;
mod scenario;
mod scorecard;
mod share;
mod spell;
mod stored;
mod submission;
mod terms;
mod to_proto;
mod transcript;
mod transition;
mod value;
mod violation;
mod word;

pub use ask::ask_to_proto;
pub use assessment::{AssessedIn, assessment_to_proto};
pub use comparison::{ComparedIn, comparison_to_proto};
pub use deadline::deadline_to_proto;
pub use event::{event_from_proto, event_name, event_to_proto};
pub use explanation::explanation_to_proto;
pub use exposure::{item_exposure_to_proto, item_from_proto, rate_component_to_proto, standings_to_proto};
pub use meeting::{leader_year_to_proto, meeting_to_proto};
pub use pace::pace_to_proto;
pub use rounding::four_places;
pub use scenario::effect_to_proto;
pub use scorecard::scorecard_to_proto;
pub use share::shares_to_proto;
pub use spell::{instant_from_proto, instant_to_proto};
pub use stored::StoredReader;
pub use submission::{canonical, submission_from_proto, submission_to_proto};
pub use to_proto::ToProto;
pub use transcript::{NotATranscript, transcribe};
pub use transition::news_to_proto;
pub use violation::{Reason, Violation, WireError};
pub use word::Word;
