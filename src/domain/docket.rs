//! Docket: all dossiers of a ledger, folded from its events one by one.

mod cut;
mod folders;
mod opening;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use folders::Folders;

use super::event::{CommitmentUndertaken, LedgerKind};
use super::register::{Records, Register};
use super::{Collection, Dossier, Event, EventId, EventKind, Instant, Payload, Position, Slug, Subject};

/// Everything a ledger holds, arranged by what it is about. Folding event by event gives the same docket as folding
/// all at once; it is derived, never stored as truth.
#[derive(Debug, Clone, Default)]
pub struct Docket {
    kind: Option<LedgerKind>,
    /// How many of the first events have no place in `recorded`: none, but in a docket that was cut out of another.
    uncounted: u64,
    recorded: Vec<Instant>,
    folders: Folders,
    dossiers: Vec<Dossier>,
    /// Where the dossier of each commitment is.
    places: BTreeMap<Slug, usize>,
    dependents: BTreeMap<Slug, BTreeSet<Slug>>,
    register: Register<'static>,
}

/// What has become of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Where it stands.
    pub position: Position,
    /// What kind it is.
    pub kind: EventKind,
    /// What it is about.
    pub subject: Subject,
    /// The event that corrects it.
    pub superseded_by: Option<EventId>,
    /// The event that takes it back.
    pub retracted_by: Option<EventId>,
}

impl Docket {
    /// The docket of an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// LIVE or REPLAY; none before the first event.
    pub fn kind(&self) -> Option<LedgerKind> {
        self.kind
    }

    /// The position of the last event folded.
    pub fn head(&self) -> Position {
        Position::new(self.uncounted + self.recorded.len() as u64)
    }

    /// When the last event was recorded.
    pub fn head_recorded_at(&self) -> Option<Instant> {
        self.recorded.last().copied()
    }

    /// When the event at a position was recorded.
    pub fn recorded_at(&self, position: Position) -> Option<Instant> {
        let index = usize::try_from(position.get().checked_sub(self.uncounted + 1)?).ok()?;
        self.recorded.get(index).copied()
    }

    /// The last position recorded at or before an instant (specification, K1).
    pub fn known_at(&self, instant: Instant) -> Position {
        let counted = self.recorded.partition_point(|recorded| *recorded <= instant) as u64;
        if counted == 0 { Position::ORIGIN } else { Position::new(self.uncounted + counted) }
    }

    /// All that is known of one commitment.
    pub fn dossier(&self, commitment: &Slug) -> Option<&Dossier> {
        self.places.get(commitment).map(|place| &self.dossiers[*place])
    }

    /// Every dossier, by name of the commitment.
    pub fn dossiers(&self) -> impl Iterator<Item = &Dossier> {
        self.places.values().map(|place| &self.dossiers[*place])
    }

    /// The events about one subject itself, in order.
    pub fn about(&self, subject: &Subject) -> &[Arc<Event>] {
        self.folders.events(subject)
    }

    /// The ids of every member of a collection, by name.
    pub fn members(&self, collection: Collection) -> impl Iterator<Item = &Slug> {
        self.folders.recorded().filter_map(move |subject| match subject {
            Subject::Member(of, id) if *of == collection => Some(id),
            _ => None,
        })
    }

    /// The commitments in whose dossiers the events about a subject are filed.
    pub fn followers(&self, subject: &Subject) -> impl Iterator<Item = &Slug> {
        self.folders.get(subject).into_iter().flat_map(|folder| folder.followers.names())
    }

    /// The commitments whose duty depends on the conduct in another, or did, or will, by any of their terms, amendments
    /// and readings.
    pub fn dependents(&self, counterpart: &Slug) -> impl Iterator<Item = &Slug> {
        self.dependents.get(counterpart).into_iter().flatten()
    }

    /// Whether anything is recorded about a subject.
    pub fn knows(&self, subject: &Subject) -> bool {
        *subject == Subject::Ledger || !self.folders.events(subject).is_empty()
    }

    /// What has become of an event.
    pub fn fate(&self, event: EventId) -> Option<Fate> {
        self.register.fate(event)
    }

    /// What deciding looks up.
    pub(super) fn register(&self) -> &Register<'static> {
        &self.register
    }

    /// Every event, by what it is about.
    pub(super) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Makes ready for so many events, and so takes memory once and not again and again.
    pub fn expect(&mut self, events: u64) {
        let events = usize::try_from(events).unwrap_or(0);
        self.recorded.reserve_exact(events);
        self.register.expect(events);
    }

    /// Gives back the room that was taken ahead of events to come: after a rebuild, few come.
    pub fn tighten(&mut self) {
        self.recorded.shrink_to_fit();
        self.folders.tighten();
        self.register.tighten();
        self.dossiers.iter_mut().for_each(Dossier::tighten);
    }

    /// Takes in the next event. The caller hands events over in order of position, without a hole.
    pub fn fold(&mut self, event: Arc<Event>) {
        let head = self.head();
        self.recorded.push(event.recorded_at);
        self.take_in(event, head);
    }

    /// Files an event that follows `head`.
    fn take_in(&mut self, event: Arc<Event>, head: Position) {
        let submission = &event.submission;
        if let Payload::LedgerCreated(created) = &submission.payload {
            self.kind = Some(created.kind);
        }
        let records = Records { folders: &self.folders, head, tried: &[submission] };
        // A docket folds whatever its ledger holds, also what today's rules would refuse; the register then leaves out
        // what does not fit.
        let _ = self.register.fold(&event, &records);
        if let Payload::CommitmentUndertaken(undertaken) = &submission.payload {
            self.open_dossier(&event, undertaken);
        }
        if let (Some(dependence), Subject::Member(_, commitment)) =
            (submission.payload.dependence(), &submission.subject)
        {
            self.dependents.entry(dependence.commitment.clone()).or_default().insert(commitment.clone());
        }
        for dossier in self.folders.file(&event) {
            self.dossiers[dossier].file(Arc::clone(&event));
        }
    }

    fn open_dossier(&mut self, event: &Arc<Event>, undertaken: &CommitmentUndertaken) {
        let Subject::Member(Collection::Commitments, commitment) = &event.submission.subject else { return };
        let mut follows: Vec<Subject> = vec![event.submission.subject.clone()];
        follows.push(Subject::Member(Collection::Instruments, undertaken.instrument.clone()));
        let measures = undertaken.measures.iter();
        follows.extend(measures.map(|measure| Subject::Member(Collection::Measures, measure.clone())));
        let place = *self.places.entry(commitment.clone()).or_insert_with(|| {
            self.dossiers.push(Dossier::new(commitment.clone()));
            self.dossiers.len() - 1
        });
        for subject in follows {
            let folder = self.folders.get_or_make(&subject);
            folder.followers.add(commitment, place);
            // What was recorded of a measure or an instrument before the commitment bears on it too.
            for earlier in &folder.events {
                self.dossiers[place].file(Arc::clone(earlier));
            }
        }
    }
}
