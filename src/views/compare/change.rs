//! Change: in which respects two answers differ.

use std::collections::BTreeSet;

use super::Assessment;
use crate::domain::{Lifecycle, words};

words! {
    /// What became of a commitment between two answers.
    ChangeKind {
        /// It was not recorded then.
        Appeared = "APPEARED",
        /// It has lapsed or was terminated since.
        Ended = "ENDED",
        /// Something else of the answer differs.
        Changed = "CHANGED",
        /// It was recorded then and is not any more: its undertaking was taken back.
        Gone = "GONE",
        /// Nothing of the answer differs.
        Unchanged = "UNCHANGED",
    }
}

words! {
    /// A respect in which answers differ.
    AssessmentField {
        /// Where it is in its life.
        Lifecycle = "LIFECYCLE",
        /// Whether it is being kept.
        Status = "STATUS",
        /// How much evidence there is.
        Evidence = "EVIDENCE",
        /// Who has stood by it.
        Standing = "STANDING",
        /// The marks.
        Flags = "FLAGS",
        /// The figures of its kind.
        Numbers = "NUMBERS",
        /// When the answer changes by itself.
        NextChange = "NEXT_CHANGE",
        /// What the readings say.
        ByReading = "BY_READING",
        /// The reading that was adopted.
        AdoptedReading = "ADOPTED_READING",
    }
}

/// In which respects two answers differ. Which events and row they rest on is not one of them.
pub(super) fn fields(a: &Assessment, b: &Assessment) -> BTreeSet<AssessmentField> {
    let differ = [
        (AssessmentField::Lifecycle, a.judgement.lifecycle != b.judgement.lifecycle),
        (AssessmentField::Status, a.judgement.status != b.judgement.status),
        (AssessmentField::Evidence, a.evidence != b.evidence),
        (AssessmentField::Standing, a.standing != b.standing),
        (AssessmentField::Flags, a.flags != b.flags),
        (AssessmentField::Numbers, (&a.numbers, &a.numbers_by_reading) != (&b.numbers, &b.numbers_by_reading)),
        (AssessmentField::NextChange, a.next_change_at != b.next_change_at),
        (AssessmentField::ByReading, a.by_reading != b.by_reading),
        (AssessmentField::AdoptedReading, a.adopted_reading != b.adopted_reading),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// What became of the commitment.
pub(super) fn kind(then: &Assessment, now: &Assessment) -> ChangeKind {
    let recorded = |it: &Assessment| it.judgement.lifecycle != Lifecycle::NotRecorded;
    let ended = |it: &Assessment| matches!(it.judgement.lifecycle, Lifecycle::Lapsed | Lifecycle::Terminated);
    match (recorded(then), recorded(now)) {
        (false, true) => ChangeKind::Appeared,
        (true, false) => ChangeKind::Gone,
        _ if !ended(then) && ended(now) => ChangeKind::Ended,
        _ if fields(then, now).is_empty() => ChangeKind::Unchanged,
        _ => ChangeKind::Changed,
    }
}
