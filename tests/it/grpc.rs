//! A real server and a real client: everything a user sees of the services.

mod appends;
mod bad_input;
mod clocks;
mod compare;
mod deadlines;
mod faults;
mod lists;
mod operations;
mod pace;
mod reads;
mod sample;
mod scenario;
mod scorecard;
