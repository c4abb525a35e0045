//! The binary itself, as a user runs it: commands, exit codes, and the output that the README shows.

mod benching;
mod command_line;
mod configuration;
mod destinations;
mod explain;
mod exporting;
mod exposure;
mod importing;
mod questions;
mod readme;
mod rejects;
pub(crate) mod running;
mod selectors;
mod talks;
mod verifying;
mod watching;
mod width;
