//! Records: the events of a dossier that exist for a view, sorted by what they say (specification, K1).

use std::sync::Arc;

use crate::domain::event::{
    ActPerformed, ActReversed, AmountReported, BreachAlleged, BreachNotified, ClaimResolved, CohortReported,
    CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, CommitmentUndertaken, ExcuseAccepted, ExcuseClaimed,
    FindingIssued, InstrumentTerminated, MeasureAnnounced, MeasureImplemented, MeasureObserved, MeasureReinstated,
    MeasureSuspended, MeasureVoided, MetricReported, NonComplianceNotified, RateSet, ReadingAdopted, ReadingRecorded,
    SuspensionExercised, WaiverGranted,
};
use crate::domain::{Collection, Event, EventId, Instant, Payload, Position, SourceClass, Subject};

/// One event and what it says.
#[derive(Debug)]
pub(super) struct Record<'a, T> {
    /// The event.
    pub(super) event: &'a Event,
    /// Its payload.
    pub(super) body: &'a T,
}

impl<T> Clone for Record<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Record<'_, T> {}

impl<T> Record<'_, T> {
    /// Its place in the ledger.
    pub(super) fn position(&self) -> Position {
        self.event.position
    }

    /// Its identity.
    pub(super) fn id(&self) -> EventId {
        self.event.submission.event_id
    }

    /// When the ledger recorded it.
    pub(super) fn recorded_at(&self) -> Instant {
        self.event.recorded_at
    }

    /// The class of its source; none where nobody has said.
    pub(super) fn class(&self) -> Option<SourceClass> {
        self.event.submission.source_class()
    }

    /// What it is about.
    pub(super) fn subject(&self) -> &Subject {
        &self.event.submission.subject
    }
}

/// For how many records room is taken at once.
const ROOM: usize = 256;

macro_rules! records {
    ($($(#[$doc:meta])* $list:ident: $payload:ident),+ $(,)?) => {
        /// The records of one commitment, by what they say, each list in order of position.
        #[derive(Debug, Clone, Default)]
        pub(super) struct Records<'a> { $($(#[$doc])* pub(super) $list: Vec<Record<'a, $payload>>,)+ }

        impl<'a> Records<'a> {
            /// Files an event of so many that may follow.
            fn file(&mut self, event: &'a Event, following: usize) {
                match &event.submission.payload {
                    $(Payload::$payload(body) => {
                        if self.$list.is_empty() {
                            // Most records of a commitment say the same kind of thing.
                            self.$list.reserve(following.min(ROOM));
                        }
                        self.$list.push(Record { event, body });
                    })+
                    _ => {}
                }
            }
        }
    };
}

records! {
    /// The first that stands is the base.
    undertakings: CommitmentUndertaken,
    /// Changes of the terms by agreement.
    amendments: CommitmentAmended,
    /// Confirmations by a party.
    confirmations: CommitmentConfirmed,
    /// Denials by a party.
    denials: CommitmentDisowned,
    /// Versions of the text.
    readings: ReadingRecorded,
    /// Settled versions.
    adoptions: ReadingAdopted,
    /// Ends of the instrument by act.
    terminations: InstrumentTerminated,
    /// Measures made known.
    announcements: MeasureAnnounced,
    /// Measures that took effect.
    implementations: MeasureImplemented,
    /// Measures that were suspended.
    suspensions: MeasureSuspended,
    /// Measures put back in force.
    reinstatements: MeasureReinstated,
    /// Legal bases taken away.
    voids: MeasureVoided,
    /// Components of a rate.
    rates: RateSet,
    /// Measures seen applied or not.
    observations: MeasureObserved,
    /// Amounts of a series.
    amounts: AmountReported,
    /// Ratios or levels of a period.
    metrics: MetricReported,
    /// Snapshots of licence applications.
    cohorts: CohortReported,
    /// Acts done.
    acts: ActPerformed,
    /// Acts undone.
    reversals: ActReversed,
    /// Allegations.
    allegations: BreachAlleged,
    /// Notices of breach.
    notices: BreachNotified,
    /// Notices that start the snapback clock.
    clocks: NonComplianceNotified,
    /// Notices settled.
    resolutions: ClaimResolved,
    /// Verdicts with standing.
    findings: FindingIssued,
    /// Waivers.
    waivers: WaiverGranted,
    /// Excuses claimed.
    claims: ExcuseClaimed,
    /// Excuses accepted.
    acceptances: ExcuseAccepted,
    /// Duties suspended by right.
    exercises: SuspensionExercised,
}

/// What corrects what, among the events known.
#[derive(Debug, Default)]
pub(super) struct Corrections<'a> {
    /// What supersedes what, in the order of the ids superseded, and of one in that of the ledger.
    superseders: Vec<(EventId, &'a Event)>,
    /// What was taken back, in order.
    retracted: Vec<EventId>,
    sieve: Sieve,
    known: &'a [Arc<Event>],
}

impl<'a> Corrections<'a> {
    /// Reads the corrections among the events known.
    pub(super) fn among(known: &'a [Arc<Event>]) -> Self {
        let mut corrections = Corrections { known, ..Corrections::default() };
        for event in known {
            if let Some(earlier) = event.submission.supersedes {
                corrections.superseders.push((earlier, event));
            }
            if let Payload::EventRetracted(retraction) = &event.submission.payload {
                corrections.retracted.push(retraction.event);
            }
        }
        corrections.superseders.sort_by_key(|(earlier, _)| *earlier);
        corrections.retracted.sort_unstable();
        let superseded = corrections.superseders.iter().map(|(earlier, _)| earlier);
        corrections.sieve = Sieve::of(superseded.chain(&corrections.retracted));
        corrections
    }

    /// Whether an event still stands: neither superseded nor retracted. What has become of its superseder does not
    /// matter (specification, K1).
    pub(super) fn leave_standing(&self, event: EventId) -> bool {
        self.sieve.lets_through(event) || (self.superseders(event).is_empty() && !self.retracts(event))
    }

    /// The event of this id, if it is known here.
    pub(super) fn event(&self, id: EventId) -> Option<&'a Event> {
        // Asked of the few events that a waiver or a retraction names, so they are not indexed.
        self.known.iter().map(Arc::as_ref).find(|event| event.submission.event_id == id)
    }

    /// Whether the event was taken back.
    pub(super) fn retracts(&self, event: EventId) -> bool {
        self.retracted.binary_search(&event).is_ok()
    }

    /// The events that supersede this one, each with its id.
    pub(super) fn superseders(&self, event: EventId) -> &[(EventId, &'a Event)] {
        let begin = self.superseders.partition_point(|(earlier, _)| *earlier < event);
        let count = self.superseders[begin..].partition_point(|(earlier, _)| *earlier == event);
        &self.superseders[begin..begin + count]
    }
}

/// Lets through most of what is not in a set of ids, by a few bits of each: of all events, few are ever corrected.
#[derive(Debug, Default)]
struct Sieve(Vec<u64>);

impl Sieve {
    const BITS_AN_ID: usize = 16;

    fn of<'i>(ids: impl Iterator<Item = &'i EventId> + Clone) -> Self {
        let words = match ids.clone().count() {
            0 => return Sieve::default(),
            count => (count * Self::BITS_AN_ID).div_ceil(64).next_power_of_two(),
        };
        let mut sieve = Sieve(vec![0; words]);
        for id in ids {
            let (word, bit) = sieve.place(*id);
            sieve.0[word] |= bit;
        }
        sieve
    }

    /// Whether an id is not of the set for certain.
    fn lets_through(&self, id: EventId) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let (word, bit) = self.place(id);
        self.0[word] & bit == 0
    }

    /// By the last bits, which are random in every version of UUID that is made at random.
    fn place(&self, id: EventId) -> (usize, u64) {
        let last = u128::from_be_bytes(id.bytes()) as usize;
        ((last / 64) & (self.0.len() - 1), 1 << (last % 64))
    }
}

impl<'a> Records<'a> {
    /// The records that stand, of the commitment and of the instrument and the measures that its base names; none where
    /// no undertaking stands.
    pub(super) fn standing(known: &'a [Arc<Event>], corrections: &Corrections<'_>) -> Option<Self> {
        let stands = |event: &&'a Arc<Event>| corrections.leave_standing(event.submission.event_id);
        let base = known.iter().filter(stands).find_map(|event| match &event.submission.payload {
            Payload::CommitmentUndertaken(undertaken) => Some(undertaken),
            _ => None,
        })?;
        let mut records = Records::default();
        for (place, event) in known.iter().enumerate().filter(|(_, event)| stands(event)) {
            if is_named(base, &event.submission.subject) {
                records.file(event, known.len() - place);
            }
        }
        Some(records)
    }
}

/// Whether the base names what an event is about: the commitment itself, one of its measures, or its instrument.
pub(super) fn is_named(base: &CommitmentUndertaken, subject: &Subject) -> bool {
    match subject {
        Subject::Member(Collection::Measures, measure) => base.measures.contains(measure),
        Subject::Member(Collection::Instruments, instrument) => base.instrument == *instrument,
        _ => true,
    }
}
