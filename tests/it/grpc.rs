//! A real server and a real client: everything a user sees of the services.

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
mod operations;
mod pace;
mod reads;
pub(crate) mod sample;
mod scenario;
mod scorecard;
mod shares;
mod shutdown;
mod talks;
mod transitions;
