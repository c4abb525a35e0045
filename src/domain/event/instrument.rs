//! Events of a ledger and of instruments.

use super::super::{Dated, Party, Slug, Text, word::words};

words! {
    /// What a ledger is for, for life.
    LedgerKind {
        /// The server stamps record times.
        Live = "LIVE",
        /// Record times come with the input: history, tests, what-if studies.
        Replay = "REPLAY",
    }
}

/// The first event of every ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerCreated {
    /// LIVE or REPLAY.
    pub kind: LedgerKind,
    /// What the ledger is about.
    pub title: Text,
    /// Drawn at random at creation, so that a cursor of another ledger of the same name is recognised.
    pub incarnation: Text,
}

/// A signing key takes over from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRotated {
    /// The key that signs from here on, as a C2SP verifier key.
    pub verifier_key: Text,
    /// The key it takes over from.
    pub previous_verifier_key: Option<Text>,
}

/// An instrument was struck: a truce, a deal, a joint statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentSigned {
    /// Its name.
    pub title: Text,
    /// Who struck it; at least one.
    pub parties: Vec<Party>,
    /// When.
    pub signed_at: Dated,
    /// Where.
    pub place: Option<Text>,
}

/// One language and version of an instrument's text was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPublished {
    /// Its name within the instrument, such as `wh-fact-sheet-2025-11-01`.
    pub text: Slug,
    /// Language, as a BCP 47 tag.
    pub language: Text,
    /// Version, as the publisher counts.
    pub version: Option<Text>,
    /// SHA-256 of the text in lower-case hexadecimal, where it was taken.
    pub digest: Option<Text>,
    /// When it was published.
    pub published_at: Dated,
    /// Who published it, where that is a party.
    pub by: Option<Party>,
}

/// An instrument changed as a whole; what changes for one commitment is a CommitmentAmended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentAmended {
    /// From when.
    pub effective_at: Dated,
    /// What changed.
    pub summary: Text,
}

/// An instrument was ended by an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentTerminated {
    /// From when.
    pub effective_at: Dated,
    /// Whether it ends or never was.
    pub mode: TerminationMode,
    /// Who ended it.
    pub by: Option<Party>,
    /// What outlives it.
    pub surviving: Vec<Survivor>,
}

words! {
    /// How far a termination reaches.
    TerminationMode {
        /// From its effective time on.
        Prospective = "PROSPECTIVE",
        /// As if it had never been.
        Void = "VOID",
    }
}

/// A commitment, or one tranche of it, that outlives a termination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// The commitment.
    pub commitment: Slug,
    /// One tranche of it; absent where all of it survives.
    pub tranche: Option<Slug>,
}
