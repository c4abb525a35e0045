//! Meetings, asks, statements, outside events and retractions.

use super::super::{Dated, EventId, Party, Product, Slug, Subject, Text, Window, word::words};

words! {
    /// At which level a meeting is.
    MeetingLevel {
        /// Heads of state or government.
        Leader = "LEADER",
        /// Ministers.
        Ministerial = "MINISTERIAL",
        /// Officials.
        Official = "OFFICIAL",
    }
}

/// A meeting was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingScheduled {
    /// What it is, for people.
    pub title: Text,
    /// Who meets; at least two.
    pub parties: Vec<Party>,
    /// At which level.
    pub level: MeetingLevel,
    /// Where, or by what means.
    pub place: Option<Text>,
    /// Planned days.
    pub window: Window,
}

/// A planned meeting was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingMoved {
    /// New days; absent where it is only known that it will not be on the old ones.
    pub window: Option<Window>,
    /// Why.
    pub reason: Option<Text>,
}

/// A meeting took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingHeld {
    /// What it was, for people.
    pub title: Text,
    /// Who met; at least two.
    pub parties: Vec<Party>,
    /// At which level.
    pub level: MeetingLevel,
    /// Where, or by what means.
    pub place: Option<Text>,
    /// On which days.
    pub window: Window,
    /// What came of it.
    pub outcome: Option<Text>,
    /// The days are not known more closely: it took place within the window.
    pub days_unknown: bool,
}

/// A party wants something that is not agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskTabled {
    /// What, for people.
    pub title: Text,
    /// Who asks.
    pub by: Party,
    /// Of whom.
    pub of: Party,
    /// When it was first heard of.
    pub tabled_at: Dated,
    /// At which meeting, where there was one.
    pub meeting: Option<Slug>,
    /// Another ask it was offered in exchange for.
    pub in_exchange_for: Option<Slug>,
    /// The products it is about.
    pub products: Vec<Product>,
}

words! {
    /// What became of an ask.
    AskAnswer {
        /// Agreed.
        Accepted = "ACCEPTED",
        /// Refused.
        Refused = "REFUSED",
        /// No longer wanted.
        Withdrawn = "WITHDRAWN",
    }
}

/// An ask was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskAnswered {
    /// How.
    pub answer: AskAnswer,
    /// By whom.
    pub by: Party,
    /// When.
    pub answered_at: Dated,
    /// The commitment that came of it.
    pub commitment: Option<Slug>,
}

/// The parties consulted about the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationHeld {
    /// Who.
    pub parties: Vec<Party>,
    /// When.
    pub held_at: Dated,
    /// What came of it.
    pub outcome: Option<Text>,
}

/// Somebody said something about the subject that is none of the other events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementMade {
    /// Who, as free text.
    pub by: Text,
    /// When.
    pub made_at: Dated,
    /// What, in the recorder's words.
    pub summary: Text,
}

/// An outside event that touches commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShockRecorded {
    /// What, for people.
    pub title: Text,
    /// When it began.
    pub occurred_at: Dated,
    /// What it touches.
    pub touches: Vec<Subject>,
}

words! {
    /// Who takes an event back.
    Retractor {
        /// Its source.
        Source = "SOURCE",
        /// Whoever recorded it, because it was a mistake.
        Recorder = "RECORDER",
    }
}

/// An event is taken back. It stays in the ledger, and views as known before still show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRetracted {
    /// Which.
    pub event: EventId,
    /// Who takes it back.
    pub by: Retractor,
    /// Why.
    pub reason: Text,
}
