//! Hypothesis: events that nobody has recorded, laid over what was known at a position.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::CommitmentUndertaken;
use super::{
    Author, Collection, Decision, Docket, Dossier, Event, Extract, Instant, Payload, Position, Preconditions, Proposal,
    RecordClock, Refusal, Slug, Subject, Submission, Text, decide,
};

/// Events that nobody has recorded, and the dossiers of the commitments that they reach: as they are, and as they would
/// be. It holds what it needs, so the docket can be let go.
#[derive(Debug, Clone)]
pub struct Hypothesis {
    events: Vec<Arc<Event>>,
    replayed: bool,
    reached: BTreeSet<Slug>,
    before: Extract,
    after: Extract,
}

impl Hypothesis {
    /// Supposes a batch of events on top of what a docket held at a position. They are judged by the rules of an append,
    /// each seeing those before it, and refused as an append would be. Record times are taken as a replayed ledger takes
    /// them: those the events say, else `now`, never before what is known. Costs what the subjects that the batch names
    /// weigh, not what the ledger weighs.
    pub fn suppose(docket: &Docket, known: Position, batch: &[Submission], now: Instant) -> Result<Self, Refusal> {
        let (events, replayed) = judged(docket, known, batch, now)?;
        let nothing = Extract::at(known);
        let mut hypothesis =
            Hypothesis { events, replayed, reached: BTreeSet::new(), after: nothing.clone(), before: nothing };
        if !replayed {
            hypothesis.lay(docket);
        }
        Ok(hypothesis)
    }

    /// The events, in order, where they would stand.
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// All of it is recorded already, at these positions: nothing is supposed.
    pub fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// The commitments that the events reach: filed in their dossiers, or in that of a counterpart.
    pub fn reached(&self) -> &BTreeSet<Slug> {
        &self.reached
    }

    /// What is known.
    pub fn before(&self) -> &Extract {
        &self.before
    }

    /// What would be known.
    pub fn after(&self) -> &Extract {
        &self.after
    }

    /// The events supposed that are filed in the dossier of a commitment.
    pub fn filed(&self, commitment: &Slug) -> &[Arc<Event>] {
        let filed = self.after.dossier(commitment).map_or(&[][..], Dossier::events);
        let known = filed.partition_point(|event| event.position <= self.before.known());
        &filed[known..]
    }

    /// The same, with commitments that the events do not reach: for these what is known and what would be known is one.
    pub fn beside(&self, untouched: Extract) -> Hypothesis {
        Hypothesis { before: self.before.joined(&untouched), after: self.after.joined(&untouched), ..self.clone() }
    }

    /// Files the events in the dossiers of those who follow their subjects.
    fn lay(&mut self, docket: &Docket) {
        let known = self.before.known();
        let mut overlay = Overlay { docket, known, dossiers: BTreeMap::new(), opened: BTreeMap::new() };
        for (index, event) in self.events.iter().enumerate() {
            overlay.lay(event, &self.events[..index]);
        }
        self.reached = overlay.dossiers.keys().cloned().collect();
        let dependents = overlay.dossiers.keys().flat_map(|it| docket.dependents(it));
        self.reached.extend(dependents.filter(|it| overlay.is_undertaken(it)).cloned());
        for commitment in &self.reached {
            self.before.take(docket, commitment);
        }
        for counterpart in overlay.dossiers.values().flat_map(Dossier::counterparts) {
            self.before.take(docket, counterpart);
        }
        let through = known.plus(self.events.len() as u64);
        self.after = self.before.overlaid(through, overlay.dossiers);
    }
}

/// Judges a batch on what was known at a position, and seals it; true where all of it is recorded already.
fn judged(
    docket: &Docket,
    known: Position,
    batch: &[Submission],
    now: Instant,
) -> Result<(Vec<Arc<Event>>, bool), Refusal> {
    if batch.is_empty() {
        return Ok((Vec::new(), false));
    }
    let cut = (known != docket.head()).then(|| docket.cut(&named(docket, batch), known));
    let ground = cut.as_ref().unwrap_or(docket);
    let preconditions = Preconditions::default();
    let proposal = Proposal { batch, preconditions: &preconditions, author: Author::Client };
    let same_content = |submission: &Submission, position| {
        let about = ground.about(&submission.subject);
        let found = about.binary_search_by_key(&position, |event| event.position);
        found.is_ok_and(|index| about[index].submission == *submission)
    };
    let decision = decide(ground, proposal, RecordClock::Replay { now, floor: None }, &same_content)?;
    let (stamps, replayed) = match decision {
        Decision::Record(stamps) => (stamps, false),
        Decision::AlreadyRecorded(stamps) => (stamps, true),
    };
    let nobody = Text::new("nobody").expect("a word is a text");
    let sealed = stamps.into_iter().zip(batch);
    let events = sealed.map(|(stamp, submission)| Arc::new(stamp.seal(submission.clone(), nobody.clone()))).collect();
    Ok((events, replayed))
}

/// Every subject that judging a batch looks at: those it is about and names, those of the events it names, and for each
/// commitment among them its instrument and its measures.
fn named(docket: &Docket, batch: &[Submission]) -> BTreeSet<Subject> {
    let mut named = BTreeSet::new();
    for submission in batch {
        named.insert(submission.subject.clone());
        named.extend(submission.payload.subjects());
        let events = submission.payload.events().into_iter().chain(submission.supersedes).chain([submission.event_id]);
        named.extend(events.filter_map(|id| docket.fate(id)).map(|fate| fate.subject));
    }
    let commitments = named.iter().filter(|subject| matches!(subject, Subject::Member(Collection::Commitments, _)));
    let undertakings = commitments.flat_map(|commitment| docket.about(commitment));
    let behind: Vec<Subject> = undertakings.flat_map(|event| event.submission.payload.subjects()).collect();
    named.extend(behind);
    named
}

/// Dossiers with the events supposed filed in them.
struct Overlay<'d> {
    docket: &'d Docket,
    known: Position,
    dossiers: BTreeMap<Slug, Dossier>,
    /// Who follows a subject by an undertaking that is supposed.
    opened: BTreeMap<Subject, BTreeSet<Slug>>,
}

impl Overlay<'_> {
    fn lay(&mut self, event: &Arc<Event>, earlier: &[Arc<Event>]) {
        let subject = &event.submission.subject;
        if let (Subject::Member(_, commitment), Payload::CommitmentUndertaken(undertaken)) =
            (subject, &event.submission.payload)
        {
            self.open(commitment, subject, undertaken, earlier);
        }
        let recorded = self.docket.followers(subject).filter(|follower| self.is_undertaken(follower));
        let followers: BTreeSet<Slug> =
            recorded.chain(self.opened.get(subject).into_iter().flatten()).cloned().collect();
        for follower in followers {
            self.dossier(&follower).file(Arc::clone(event));
        }
    }

    /// What was recorded of a measure or an instrument before bears on a new commitment too.
    fn open(
        &mut self,
        commitment: &Slug,
        subject: &Subject,
        undertaken: &CommitmentUndertaken,
        earlier: &[Arc<Event>],
    ) {
        let mut follows =
            vec![subject.clone(), Subject::Member(Collection::Instruments, undertaken.instrument.clone())];
        follows.extend(undertaken.measures.iter().map(|it| Subject::Member(Collection::Measures, it.clone())));
        for subject in follows {
            let recorded = self.docket.about(&subject).iter().filter(|event| event.position <= self.known);
            let supposed = earlier.iter().filter(|event| event.submission.subject == subject);
            let bearing: Vec<Arc<Event>> = recorded.chain(supposed).cloned().collect();
            let dossier = self.dossier(commitment);
            bearing.into_iter().for_each(|event| dossier.file(event));
            self.opened.entry(subject).or_default().insert(commitment.clone());
        }
    }

    fn dossier(&mut self, commitment: &Slug) -> &mut Dossier {
        let (docket, known) = (self.docket, self.known);
        self.dossiers.entry(commitment.clone()).or_insert_with(|| match docket.dossier(commitment) {
            Some(dossier) => dossier.through(known),
            None => Dossier::new(commitment.clone()),
        })
    }

    /// Whether a commitment was undertaken by what is known: a docket also holds those that came later.
    fn is_undertaken(&self, commitment: &Slug) -> bool {
        let known = self.docket.dossier(commitment).map_or(&[][..], |dossier| dossier.known(self.known));
        known.iter().any(|event| matches!(event.submission.payload, Payload::CommitmentUndertaken(_)))
    }
}
