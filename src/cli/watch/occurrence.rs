//! What can be watched, as it is shown and as a command gets it.

use crate::cli::event_line;
use crate::proto::{json, v1};

/// One thing that is watched.
pub(super) trait Occurrence {
    /// As one line for people.
    fn text(&self) -> String;
    /// As one line of proto JSON.
    fn json(&self) -> Result<String, json::JsonError>;
    /// The same whenever it comes again.
    fn id(&self) -> &str;
    /// Its position, or that of what was known then.
    fn position(&self) -> u64;
    /// What kind of thing it is, such as AMOUNT_REPORTED.
    fn kind(&self) -> &str;
}

impl Occurrence for v1::Event {
    fn text(&self) -> String {
        event_line::of(self)
    }

    fn json(&self) -> Result<String, json::JsonError> {
        Ok(json::to_json(self)?.to_string())
    }

    fn id(&self) -> &str {
        self.submission.as_ref().map_or("", |submission| &submission.event_id)
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn kind(&self) -> &str {
        v1::EventKind::as_str_name(&v1::Event::kind(self)).trim_start_matches("EVENT_KIND_")
    }
}
