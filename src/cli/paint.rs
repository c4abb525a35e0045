//! The visual language of a status: one shape, one colour, one word, the same in tables, console and README.

use std::io::IsTerminal;

pub(super) use crate::exchange::plain_words::word;
use crate::exchange::status_mark::{Mood, mark, mood};
use crate::proto::v1;

/// Shape and word, coloured where people look.
pub(super) fn status(status: v1::Status, colour: bool) -> String {
    let text = format!("{} {}", mark(status), word(status.as_str_name(), "STATUS_"));
    if !colour {
        return text;
    }
    let code = match mood(status) {
        Mood::Kept => "32",
        Mood::Running => "36",
        Mood::Warning => "33",
        Mood::Broken => "31",
        Mood::Unclear => "35",
        Mood::Released => "90",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Whether standard output takes colour: a terminal, and nobody said no.
pub(super) fn colour() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() && !dumb
}
