//! Extract: the dossiers of some commitments as known at one position, held apart from their docket.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Docket, Dossier, Position, Slug};

/// The dossiers of some commitments as known at one position. Questions that take long are answered from an extract, so
/// that nobody who records has to wait for them.
#[derive(Debug, Clone)]
pub struct Extract {
    known: Position,
    dossiers: BTreeMap<Slug, Arc<Dossier>>,
}

impl Extract {
    /// An empty extract of what is known at a position.
    pub fn at(known: Position) -> Self {
        Extract { known, dossiers: BTreeMap::new() }
    }

    /// What is known in it: events through this position.
    pub fn known(&self) -> Position {
        self.known
    }

    /// All that is known of one commitment, if it was taken out.
    pub fn dossier(&self, commitment: &Slug) -> Option<&Dossier> {
        self.dossiers.get(commitment).map(Arc::as_ref)
    }

    /// Takes a commitment out of a docket, with those that its duty depends on; one that is here already stays as it is.
    pub fn take(&mut self, docket: &Docket, commitment: &Slug) {
        let mut waiting = vec![commitment.clone()];
        while let Some(next) = waiting.pop() {
            if self.dossiers.contains_key(&next) {
                continue;
            }
            let Some(dossier) = docket.dossier(&next).map(|dossier| dossier.through(self.known)) else { continue };
            waiting.extend(dossier.counterparts().cloned());
            self.dossiers.insert(next, Arc::new(dossier));
        }
    }

    /// These dossiers, and those of another extract that are not among them.
    pub(super) fn joined(&self, other: &Extract) -> Self {
        let mut joined = self.clone();
        for (commitment, dossier) in &other.dossiers {
            joined.dossiers.entry(commitment.clone()).or_insert_with(|| Arc::clone(dossier));
        }
        joined
    }

    /// The same dossiers with others in the place of some, as known further on.
    pub(super) fn overlaid(&self, known: Position, others: BTreeMap<Slug, Dossier>) -> Self {
        let mut dossiers = self.dossiers.clone();
        dossiers.extend(others.into_iter().map(|(commitment, dossier)| (commitment, Arc::new(dossier))));
        Extract { known, dossiers }
    }
}
