//! Counterpart: where an example gives the status of the commitment that another one depends on by hand, a real
//! commitment that is in that status, brought there by records of its own.
//!
//! A commitment of each kind can be brought into some statuses, one after the other at any instants; which ones, the
//! files below say. What they tell is tried on a docket first, and told only if the status is right at every instant.

mod ceiling;
mod pledge;
mod suspension;

use std::sync::Arc;

use entente::domain::event::{
    CommitmentUndertaken, EventRetracted, InstrumentSigned, InstrumentTerminated, Retractor, TerminationMode,
};
use entente::domain::{
    Collection, Dated, Docket, Event, EventId, Instant, Moment, Party, Payload, Slug, SourceClass, Status, Subject,
    Submission, Terms, Zone,
};
use entente::views::Counterpart as _;

use super::example::{event_id, slug, source, words};

/// What is over with this day is never over: instants reach no further.
const LAST_DAY: &str = "2499-12-31";

/// From here on nobody asks; a cure period of a hundred years runs out then.
const HORIZON: &str = "2090-01-01T00:00:00Z";

/// A real commitment, as it has been told so far.
pub(crate) struct RealCounterpart {
    commitment: Slug,
    tellings: usize,
    standing: Vec<(EventId, Subject)>,
}

/// One status of a history, from an instant until the next.
struct Segment {
    status: Status,
    from: Instant,
    until: Option<Instant>,
}

/// What is said of the counterpart, event by event.
struct Telling {
    name: String,
    said: Vec<(EventId, Option<SourceClass>, Payload)>,
}

/// How a commitment of one kind is brought into one status after the other: its terms, and what is said of it; none
/// where the kind does not know one of the statuses.
type Teller = fn(&[Segment], &mut Telling) -> Option<Terms>;

const TELLERS: [Teller; 3] = [suspension::tell, ceiling::tell, pledge::tell];

impl RealCounterpart {
    /// A counterpart of which nothing has been told.
    pub(crate) fn new(commitment: Slug) -> Self {
        RealCounterpart { commitment, tellings: 0, standing: Vec::new() }
    }

    /// The events after which a ledger holds that the commitment had these statuses, each from its instant until the
    /// next, and none of `triggers` before; what was told earlier is taken back. An error says what cannot be reached.
    pub(crate) fn tell(
        &mut self,
        history: &[(Instant, Status)],
        triggers: &[Status],
        recorded_at: Instant,
    ) -> Result<Vec<Submission>, String> {
        self.tellings += 1;
        let is_first = self.tellings == 1;
        let mut events: Vec<Submission> = is_first.then(|| self.signed(recorded_at)).into_iter().collect();
        for (number, (event, subject)) in std::mem::take(&mut self.standing).into_iter().rev().enumerate() {
            let by = Retractor::Recorder;
            let retracted = Payload::EventRetracted(EventRetracted { event, by, reason: words("told anew") });
            let id = event_id(&format!("{} {} back {number}", self.commitment, self.tellings));
            events.push(submission(id, subject, None, recorded_at, retracted));
        }
        let segments = segments(history);
        // A commitment that is not recorded has no status before it either; nothing is the way to say so.
        if segments.iter().all(|segment| segment.status == Status::NotRecorded) {
            return Ok(events);
        }
        let told = TELLERS.iter().find_map(|teller| self.told(*teller, &segments, triggers, recorded_at));
        let told = told.ok_or_else(|| format!("no kind of commitment was found that can be {}", shown(&segments)))?;
        self.standing = told.iter().map(|event| (event.event_id, event.subject.clone())).collect();
        events.extend(told);
        Ok(events)
    }

    /// What one teller tells, if it is right.
    fn told(
        &self,
        teller: Teller,
        segments: &[Segment],
        triggers: &[Status],
        recorded_at: Instant,
    ) -> Option<Vec<Submission>> {
        let name = format!("{} {}", self.commitment, self.tellings);
        let mut telling = Telling { name, said: Vec::new() };
        let undertaken = self.undertaken(teller(segments, &mut telling)?);
        let id = event_id(&format!("{} undertaken", telling.name));
        let subject = Subject::commitment(self.commitment.clone());
        let mut events = vec![submission(id, subject.clone(), None, recorded_at, undertaken)];
        for (id, class, payload) in telling.said {
            let about =
                if matches!(payload, Payload::InstrumentTerminated(_)) { self.instrument() } else { subject.clone() };
            events.push(submission(id, about, class, recorded_at, payload));
        }
        self.is_right(&events, segments, triggers, recorded_at).then_some(events)
    }

    /// Whether the commitment then has the status of each segment, and none of the triggers before the first.
    fn is_right(&self, events: &[Submission], segments: &[Segment], triggers: &[Status], recorded_at: Instant) -> bool {
        let mut docket = Docket::new();
        for submission in events {
            let position = docket.head().next();
            let recorded_by = words("example");
            let submission = submission.clone();
            let event = Event { position, recorded_at, recorded_by, append_through: position, submission };
            docket.fold(Arc::new(event));
        }
        let found = docket.history(&self.commitment, docket.head());
        let at = |instant: Instant| found.iter().rev().find(|(from, _)| *from <= instant).map(|(_, status)| *status);
        let horizon = Instant::parse(HORIZON).expect("an instant");
        let begins = segments.first().map_or(horizon, |segment| segment.from);
        let is_quiet = found.iter().filter(|(from, _)| *from < begins).all(|(_, status)| !triggers.contains(status));
        let changes = found.iter().map(|(from, _)| *from).filter(|from| begins <= *from && *from < horizon);
        let instants = changes.chain(segments.iter().map(|segment| segment.from));
        let wanted = |instant: Instant| segments.iter().rev().find(|s| s.from <= instant).map(|s| s.status);
        is_quiet && instants.into_iter().all(|instant| at(instant) == wanted(instant))
    }

    fn instrument(&self) -> Subject {
        Subject::Member(Collection::Instruments, slug(&format!("instrument-of-{}", self.commitment)))
    }

    fn signed(&self, at: Instant) -> Submission {
        let signed = InstrumentSigned {
            title: words("the counterpart's instrument"),
            parties: vec![party("US"), party("CN")],
            signed_at: Dated::exact(at),
            place: None,
        };
        let id = event_id(&format!("{} instrument", self.commitment));
        submission(id, self.instrument(), None, at, Payload::InstrumentSigned(signed.into()))
    }

    /// What the counterpart owes the obligor of most examples.
    fn undertaken(&self, terms: Terms) -> Payload {
        Payload::CommitmentUndertaken(Box::new(CommitmentUndertaken {
            title: words("the counterpart"),
            instrument: slug(&format!("instrument-of-{}", self.commitment)),
            obligor: party("US"),
            obligee: party("CN"),
            stated_by: vec![Party::JOINT],
            zone: Zone::parse("UTC").expect("a zone"),
            measures: Vec::new(),
            products: Vec::new(),
            admissible: SourceClass::ALL.to_vec(),
            terms,
        }))
    }
}

impl Telling {
    /// Says something; gives the id of the event.
    fn say(&mut self, class: Option<SourceClass>, payload: Payload) -> EventId {
        let id = event_id(&format!("{} {}", self.name, self.said.len()));
        self.said.push((id, class, payload));
        id
    }

    /// The instrument is void from an instant on.
    fn void(&mut self, from: Instant) {
        let effective_at = Dated::exact(from);
        let (mode, by, surviving) = (TerminationMode::Void, None, Vec::new());
        self.say(None, Payload::InstrumentTerminated(InstrumentTerminated { effective_at, mode, by, surviving }));
    }

    /// The obligee lets the obligor off for the time of a segment.
    fn waive(&mut self, segment: &Segment) {
        self.say(
            None,
            Payload::WaiverGranted(Box::new(entente::domain::event::WaiverGranted {
                by: party("CN"),
                target: None,
                covers_from: None,
                until: segment.until,
                effective_at: Dated::exact(segment.from),
                conditional_on: Vec::new(),
            })),
        );
    }

    /// The obligor has an accepted excuse for the time of a segment.
    fn excuse(&mut self, segment: &Segment) {
        let claim = self.say(
            None,
            Payload::ExcuseClaimed(Box::new(entente::domain::event::ExcuseClaimed {
                ground: words("force majeure"),
                from: Moment::at(segment.from),
                until: segment.until.map(Moment::at),
            })),
        );
        self.say(None, Payload::ExcuseAccepted(entente::domain::event::ExcuseAccepted { claim, by: party("CN") }));
    }
}

fn submission(
    event_id: EventId,
    subject: Subject,
    class: Option<SourceClass>,
    recorded_at: Instant,
    payload: Payload,
) -> Submission {
    Submission {
        event_id,
        subject,
        sources: vec![source(class.map(SourceClass::as_str))].into(),
        supersedes: None,
        note: None,
        confidence: None,
        recorded_at: Some(recorded_at),
        recorded_basis: None,
        payload,
    }
}

fn party(code: &str) -> Party {
    Party::parse(code).expect("a party")
}

/// The history in segments: of two statements of one instant the later counts, and equal neighbours are one.
fn segments(history: &[(Instant, Status)]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (index, (from, status)) in history.iter().enumerate() {
        let until = history.get(index + 1).map(|(from, _)| *from);
        match segments.last_mut() {
            _ if until == Some(*from) => {}
            Some(last) if last.status == *status => last.until = until,
            _ => segments.push(Segment { status: *status, from: *from, until }),
        }
    }
    segments
}

fn shown(segments: &[Segment]) -> String {
    let shown: Vec<String> =
        segments.iter().map(|segment| format!("{} from {}", segment.status, segment.from)).collect();
    shown.join(", then ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(statuses: &[Status]) -> Result<Vec<Submission>, String> {
        let days = [10, 12, 13];
        let history = statuses
            .iter()
            .zip(days)
            .map(|(status, day)| (Instant::parse(&format!("2026-03-{day}T07:30:00Z")).expect("an instant"), *status));
        let history: Vec<(Instant, Status)> = history.collect();
        RealCounterpart::new(slug("other")).tell(&history, &[Status::Breached], history[0].0)
    }

    fn all() -> impl Iterator<Item = Status> {
        Status::ALL.iter().copied().filter(|status| *status != Status::NotRecorded)
    }

    #[test]
    fn a_real_commitment_can_be_brought_into_every_status() {
        let unreachable: Vec<String> = all().filter_map(|status| told(&[status]).err()).collect();
        assert!(unreachable.is_empty(), "{unreachable:?}");
    }

    /// Which status can follow which at any instant is a matter of the kinds: no kind can be behind and in breach, and
    /// nothing follows on what is void. An example that asks for one of these fails and names it.
    const UNREACHABLE: [(Status, &[Status]); 8] = [
        (Status::Behind, &[Status::Disputed, Status::Cured, Status::Breached]),
        (Status::Disputed, &[Status::Behind, Status::MetLate, Status::Waived, Status::Excused]),
        (Status::MetLate, &[Status::Disputed, Status::Cured, Status::Breached]),
        (Status::Cured, &[Status::Behind, Status::MetLate, Status::Waived, Status::Excused]),
        (Status::Breached, &[Status::Behind, Status::MetLate]),
        (Status::Waived, &[Status::Cured]),
        (Status::Excused, &[Status::Cured]),
        (Status::Moot, Status::ALL),
    ];

    #[test]
    fn one_status_can_follow_another_where_one_kind_knows_both() {
        for first in all() {
            let of_it = UNREACHABLE.iter().find(|(status, _)| *status == first).map_or(&[][..], |(_, then)| then);
            for then in all().filter(|then| *then != first) {
                let told = told(&[first, then]);
                assert_eq!(told.is_err(), of_it.contains(&then), "{first} and then {then}: {told:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_reached_is_named() {
        let error = told(&[Status::Behind, Status::Breached]).unwrap_err();
        assert!(error.contains("BEHIND from 2026-03-10T07:30:00Z, then BREACHED from 2026-03-12T07:30:00Z"), "{error}");
    }
}
