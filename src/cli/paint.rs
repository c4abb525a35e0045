//! The visual language of a status: one shape, one colour, one word, the same in tables, console and README.

use std::io::IsTerminal;

use crate::proto::v1;

/// What a status tells at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Kept,
    Running,
    Warning,
    Broken,
    Unclear,
    Released,
}

/// The mark of a status: a shape that reads without colour.
pub(super) fn mark(status: v1::Status) -> &'static str {
    match mood(status) {
        Mood::Kept => "✔",
        Mood::Running => "●",
        Mood::Warning => "▲",
        Mood::Broken => "✖",
        Mood::Unclear => "◆",
        Mood::Released => "○",
    }
}

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

/// A word of the vocabulary without the prefix that its enum gives it on the wire.
pub(super) fn word<'a>(spelled: &'a str, prefix: &str) -> &'a str {
    spelled.strip_prefix(prefix).unwrap_or(spelled)
}

/// Whether standard output takes colour: a terminal, and nobody said no.
pub(super) fn colour() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() && !dumb
}

fn mood(status: v1::Status) -> Mood {
    use v1::Status;
    match status {
        Status::Met | Status::OnTrack | Status::MetLate => Mood::Kept,
        Status::Open | Status::Pending => Mood::Running,
        Status::Behind | Status::InGrace | Status::Cured => Mood::Warning,
        Status::NotMet | Status::Breached => Mood::Broken,
        Status::Unverified | Status::Disputed => Mood::Unclear,
        Status::Unspecified | Status::NotRecorded | Status::Waived | Status::Excused | Status::Moot => Mood::Released,
    }
}
