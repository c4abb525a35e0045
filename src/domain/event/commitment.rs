//! Events of commitments.

use super::super::terms::{Terms, TermsPatch};
use super::super::{Dated, Instant, Party, Product, Slug, SourceClass, Text, Zone};

/// A promise of one obligor was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentUndertaken {
    /// What it is, for people.
    pub title: Text,
    /// The instrument it stands in.
    pub instrument: Slug,
    /// Who owes.
    pub obligor: Party,
    /// To whom.
    pub obligee: Party,
    /// Who has stated it: the obligor, the obligee, or JOINT for a joint text. At least one; decides the standing.
    pub stated_by: Vec<Party>,
    /// Whose calendar its days are read in.
    pub zone: Zone,
    /// The measures it is about.
    pub measures: Vec<Slug>,
    /// The products it is about.
    pub products: Vec<Product>,
    /// Which classes of source count; at least one.
    pub admissible: Vec<SourceClass>,
    /// What was promised.
    pub terms: Terms,
}

/// The terms changed by agreement, or were extended (specification, K3 and K4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentAmended {
    /// From when.
    pub effective_at: Dated,
    /// How far back it reaches, where it does.
    pub retroactive_to: Option<Instant>,
    /// What it sets.
    pub set: TermsPatch,
}

/// A party stood by the commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentConfirmed {
    /// Who.
    pub by: Party,
    /// When.
    pub effective_at: Dated,
}

/// A party said that it did not promise this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentDisowned {
    /// Who.
    pub by: Party,
    /// When.
    pub effective_at: Dated,
}

/// One text's version of a term, where texts differ (specification, section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRecorded {
    /// Its name within the commitment; `base` is reserved for the base text.
    pub reading: Slug,
    /// From when it is held.
    pub effective_at: Dated,
    /// Who holds it, where that is a party.
    pub by: Option<Party>,
    /// The text of the instrument that says so.
    pub text: Option<Slug>,
    /// What it sets.
    pub set: TermsPatch,
}

/// The parties, or a body with standing, settled on one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingAdopted {
    /// Which; `base` for the base text.
    pub reading: Slug,
    /// From when.
    pub effective_at: Dated,
}
