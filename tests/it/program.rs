//! The binary itself, as a user runs it: commands, exit codes, and the output that the README shows.

mod command_line;
mod configuration;
mod explain;
mod exporting;
mod exposure;
mod importing;
mod questions;
mod readme;
mod running;
mod talks;
mod watching;
