//! A real server and a real client: everything a user sees of the services.

mod appends;
mod bad_input;
mod clocks;
mod compare;
mod deadlines;
mod exposure;
mod faults;
mod lists;
mod operations;
mod reads;
mod sample;
mod shares;
mod talks;
