//! A real server and a real client: everything a user sees of the services.

mod append_stream;
mod appends;
mod bad_input;
mod changes;
mod clocks;
mod compare;
mod damage;
mod deadlines;
mod explanations;
mod exposure;
mod faults;
mod guard;
mod lists;
mod measures;
pub(crate) mod operations;
mod pace;
mod proofs;
mod reads;
pub(crate) mod sample;
mod scenario;
mod scorecard;
mod shares;
mod shutdown;
mod talks;
mod transitions;

pub(crate) use appends::{head, reason};
