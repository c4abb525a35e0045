//! The mark of a status on a page: class, shape and word.

use crate::domain::{Lifecycle, Status};
use crate::exchange::plain_words::word;
use crate::exchange::status_mark::{Mood, mood};
use crate::proto::v1;
use crate::wire::Word as _;

/// A status as a page shows it: a colour by its class, a shape and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Badge {
    /// The class of its colour.
    pub(super) class: &'static str,
    /// Its shape.
    pub(super) mark: &'static str,
    /// Its word.
    pub(super) word: &'static str,
}

impl Badge {
    /// Of a status.
    pub(super) fn of(status: Status) -> Self {
        Self::spelled(status.to_proto())
    }

    /// Of a status of a message.
    pub(super) fn spelled(status: v1::Status) -> Self {
        let mood = mood(status);
        Badge { class: class(mood), mark: mood.mark(), word: word(status.as_str_name(), "STATUS_") }
    }
}

/// The class by which the stylesheet colours a mood.
pub(super) fn class(mood: Mood) -> &'static str {
    match mood {
        Mood::Kept => "kept",
        Mood::Running => "running",
        Mood::Warning => "warning",
        Mood::Broken => "broken",
        Mood::Unclear => "unclear",
        Mood::Released => "released",
    }
}

/// A lifecycle as a word.
pub(super) fn lifecycle(lifecycle: Lifecycle) -> &'static str {
    word(lifecycle.name(), "LIFECYCLE_")
}
