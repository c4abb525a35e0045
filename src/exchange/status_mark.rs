//! The visual language of a status: one shape, one colour, one word, the same in tables, console and README.

use crate::proto::v1;

/// What a status tells at a glance; each has a shape and a colour of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// Done, or running and kept.
    Kept,
    /// Running, with nothing to judge yet.
    Running,
    /// At risk, or broken and mended.
    Warning,
    /// Broken.
    Broken,
    /// Not verified, or evidence and texts contradict each other.
    Unclear,
    /// Not owed, or not recorded.
    Released,
}

impl Mood {
    /// Every mood, in the order of a legend.
    pub const ALL: [Mood; 6] = [Mood::Kept, Mood::Running, Mood::Warning, Mood::Unclear, Mood::Broken, Mood::Released];

    /// The shape, which reads without colour.
    pub const fn mark(self) -> &'static str {
        match self {
            Mood::Kept => "✔",
            Mood::Running => "●",
            Mood::Warning => "▲",
            Mood::Broken => "✖",
            Mood::Unclear => "◆",
            Mood::Released => "○",
        }
    }
}

/// What a status tells at a glance.
pub fn mood(status: v1::Status) -> Mood {
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

/// The mark of a status: a shape that reads without colour.
pub fn mark(status: v1::Status) -> &'static str {
    mood(status).mark()
}
