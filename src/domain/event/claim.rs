//! Claims: what somebody says of a breach. An allegation changes no status; only a notice or a finding can.

use super::super::{Dated, EventId, Instant, Party, Text, word::words};

/// Somebody says that the commitment is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachAlleged {
    /// Who, as free text: a party, a ministry, a newspaper.
    pub by: Text,
    /// When it was said.
    pub effective_at: Dated,
}

/// The obligee gave notice of a breach; starts a cure period that runs from notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachNotified {
    /// Who; counts only from the obligee or JOINT.
    pub by: Party,
    /// When.
    pub effective_at: Dated,
}

/// The obligee gave notice of non-compliance; starts the snapback clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonComplianceNotified {
    /// Who; counts only from the obligee or JOINT.
    pub by: Party,
    /// When.
    pub effective_at: Dated,
}

/// A notice was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimResolved {
    /// The notice.
    pub claim: EventId,
    /// When.
    pub effective_at: Dated,
}

words! {
    /// What a finding says.
    Verdict {
        /// It was broken.
        Breach = "BREACH",
        /// It was not.
        NoBreach = "NO_BREACH",
    }
}

/// Somebody with standing reached a verdict on a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingIssued {
    /// Who, as free text: JOINT, a panel, a court.
    pub by: Text,
    /// What.
    pub verdict: Verdict,
    /// From when the finding speaks.
    pub from: Instant,
    /// Until when, exclusive; absent where it has no end.
    pub until: Option<Instant>,
    /// When it was reached.
    pub effective_at: Dated,
}
