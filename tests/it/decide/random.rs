//! Random histories: what is accepted holds together, what is refused leaves no trace, and nothing panics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente::domain::{
    Author, Decision, Docket, Draft, EventId, EventKind, Payload, Position, Preconditions, Proposal, Reason,
    RecordClock, SourceClass, Stamp, Submission, Terms, Window,
};
use proptest::prelude::*;

use super::deal::*;
use super::given;

/// A few numbers from which an event is made; small ranges, so that events collide often. References are to earlier
/// events, mostly of the kind and subject that the rules want, counted back from the latest.
#[derive(Debug, Clone)]
struct Seed {
    kind: u8,
    subject: u8,
    refers_to: u8,
    supersedes: Option<u8>,
    start: u8,
    days: u8,
    variant: u8,
}

fn seed() -> impl Strategy<Value = Seed> {
    let supersedes = prop_oneof![3 => Just(None), 1 => (0..4_u8).prop_map(Some)];
    let subject = prop_oneof![6 => Just(0_u8), 1 => 1..4_u8];
    (0..18_u8, subject, 0..5_u8, supersedes, 0..60_u8, 0..9_u8, 0..8_u8).prop_map(
        |(kind, subject, refers_to, supersedes, start, days, variant)| Seed {
            kind,
            subject,
            refers_to,
            supersedes,
            start,
            days,
            variant,
        },
    )
}

fn histories() -> impl Strategy<Value = Vec<Vec<Seed>>> {
    prop::collection::vec(prop::collection::vec(seed(), 1..4), 1..40)
}

/// An event of a history, by its number, that refers to earlier ones.
fn event_after(earlier: &[Submission], number: usize, seed: &Seed) -> Submission {
    let label = format!("{number:03}");
    let commitment =
        ["commitments/soy", "commitments/wheat", "commitments/pause", "commitments/share"][usize::from(seed.subject)];
    let refer = |wanted: &dyn Fn(&Submission) -> bool, back: u8| {
        let fits = |event: &&Submission| event.subject == subject(commitment) && wanted(event);
        let found = earlier.iter().rev().filter(fits).nth(usize::from(back));
        found.map(|event| event.event_id)
    };
    let first = day("2026-01-01").plus_days(i64::from(seed.start));
    let last = first.plus_days(i64::from(seed.days));
    let (first, last) = (first.to_string(), last.to_string());
    let tranche_name = ["t2025", "t2026", "t2027"][usize::from(seed.variant % 3)];
    let reading_name = ["one", "two"][usize::from(seed.variant % 2)];
    let mut event = match seed.kind {
        0..=6 => amount(&label, &first, &last).on_subject(commitment),
        7 | 8 => retracted(&label, commitment, ""),
        9 => {
            let mut promise = promise(Terms::PurchasePledge(pledge()));
            if seed.variant.is_multiple_of(2) {
                promise.admissible = vec![SourceClass::Media, SourceClass::ObligeeOfficial];
            }
            undertaken(&label, commitment, promise)
        }
        10 => amended(&label, commitment, tranche(tranche_name, Some(&first), None, None)),
        11 => amended(&label, commitment, tranche(tranche_name, Some(&first), Some(&last), Some("5"))),
        12 | 13 => reading(&label, commitment, reading_name, tranche(tranche_name, None, Some(&last), None)),
        14 => adopted(&label, commitment, reading_name),
        15 => waived(&label, commitment, Some(tranche_name), &[]),
        16 => excused(&label, commitment),
        _ => accepted(&label, commitment, ""),
    };
    match &mut event.payload {
        Payload::EventRetracted(retracted) => {
            let spares =
                |event: &Submission| seed.variant < 3 || event.payload.kind() != EventKind::CommitmentUndertaken;
            retracted.event = refer(&spares, seed.refers_to).unwrap_or(id("nobody"));
        }
        Payload::WaiverGranted(waiver) => {
            let figure = refer(&|earlier| earlier.payload.kind() == EventKind::AmountReported, seed.refers_to);
            waiver.conditional_on.extend(figure);
        }
        Payload::ExcuseAccepted(accepted) => {
            let claim = refer(&|earlier| earlier.payload.kind() == EventKind::ExcuseClaimed, seed.refers_to);
            accepted.claim = claim.unwrap_or(id("nobody"));
        }
        _ => {}
    }
    let kind = event.payload.kind();
    event.supersedes = seed.supersedes.and_then(|back| refer(&|earlier| earlier.payload.kind() == kind, back));
    if kind == EventKind::EventRetracted && seed.variant != 0 {
        event.supersedes = None;
    }
    match seed.variant {
        0 => event.said_by(SourceClass::Media),
        1 => event.said_by(SourceClass::ObligeeOfficial),
        _ => event,
    }
}

/// What a commitment of the truce was undertaken by: the first event that others can refer to.
fn first() -> Submission {
    undertaken("soy", "commitments/soy", promise(Terms::PurchasePledge(pledge())))
}

const CLOCK: fn() -> RecordClock = || super::live("2026-02-01T00:00:00Z");

fn never_the_same(_: &Submission, _: Position) -> bool {
    false
}

/// A batch put forward, and what came of it.
type Played = (Vec<Submission>, Result<Decision, (Reason, Option<usize>)>);

/// Makes each batch from the events accepted so far, decides it on the docket, and folds it if it is accepted.
fn play(docket: &mut Docket, history: &[Vec<Seed>], mut earlier: Vec<Submission>) -> Vec<Played> {
    let none = Preconditions::default();
    let mut played = Vec::new();
    let mut number = earlier.len();
    for seeds in history {
        let accepted = earlier.len();
        for seed in seeds {
            let event = event_after(&earlier, number, seed);
            earlier.push(event);
            number += 1;
        }
        let batch = earlier[accepted..].to_vec();
        let proposal = Proposal { batch: &batch, preconditions: &none, author: Author::Client };
        let outcome = entente::domain::decide(docket, proposal, CLOCK(), &never_the_same);
        match &outcome {
            Ok(Decision::Record(stamps)) => {
                for (stamp, submission) in stamps.iter().zip(&batch) {
                    docket.fold(Arc::new(stamp.seal(submission.clone(), text("the desk"))));
                }
            }
            _ => earlier.truncate(accepted),
        }
        played.push((batch, outcome.map_err(|refusal| (refusal.reason(), refusal.index()))));
    }
    played
}

/// The events of a docket about the commitments, in order.
fn recorded(docket: &Docket) -> Vec<(Position, Submission)> {
    let mut events: Vec<(Position, Submission)> = Vec::new();
    for commitment in docket.members(entente::domain::Collection::Commitments) {
        let subject = entente::domain::Subject::commitment(commitment.clone());
        events.extend(docket.about(&subject).iter().map(|event| (event.position, event.submission.clone())));
    }
    events.sort_by_key(|(position, _)| *position);
    events
}

/// The plain reading of the rules, event by event and pair by pair.
fn check_rules(events: &[(Position, Submission)]) {
    let mut ended: BTreeSet<EventId> = BTreeSet::new();
    let by_id: BTreeMap<EventId, &Submission> = events.iter().map(|(_, event)| (event.event_id, event)).collect();
    for (position, event) in events {
        if let Some(earlier) = event.supersedes {
            let corrected = by_id[&earlier];
            assert_eq!((corrected.payload.kind(), &corrected.subject), (event.payload.kind(), &event.subject));
            assert!(ended.insert(earlier), "{earlier} corrected twice, by the event at {position}");
        }
        if let Payload::EventRetracted(retracted) = &event.payload {
            assert_eq!(by_id[&retracted.event].subject, event.subject);
            assert_ne!(by_id[&retracted.event].payload.kind(), EventKind::EventRetracted);
            assert!(ended.insert(retracted.event), "{} ended twice, by the event at {position}", retracted.event);
        }
    }
    let stands = |event: &&(Position, Submission)| !ended.contains(&event.1.event_id);
    let standing: Vec<&(Position, Submission)> = events.iter().filter(stands).collect();
    let mut promises = BTreeMap::new();
    for (_, event) in &standing {
        if let Payload::CommitmentUndertaken(undertaken) = &event.payload {
            assert!(promises.insert(event.subject.clone(), undertaken).is_none(), "undertaken twice");
        }
    }
    let mut counted: Vec<(&Submission, Window)> = Vec::new();
    for (_, event) in &standing {
        let (Payload::AmountReported(amount), Some(promise)) = (&event.payload, promises.get(&event.subject)) else {
            continue;
        };
        let is_pledge = matches!(promise.terms, Terms::PurchasePledge(_));
        let counts = is_pledge && event.source_class().is_none_or(|class| promise.admissible.contains(&class));
        let Some(window) = amount.window().filter(|_| counts) else { continue };
        let collides = counted.iter().find(|(other, taken)| other.subject == event.subject && taken.overlaps(window));
        assert!(collides.is_none(), "{event:?} overlaps {collides:?}");
        counted.push((event, window));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_holds_together(history in histories()) {
        let mut docket = given(truce()).docket;
        play(&mut docket, &history, vec![first()]);
        check_rules(&recorded(&docket));
    }

    /// Deciding batch after batch on one draft is the same as folding after each: in particular, a batch that is refused
    /// at its last event leaves nothing of its first ones.
    #[test]
    fn a_draft_decides_as_a_docket_does(history in histories()) {
        let start = given(truce()).docket;
        let played = play(&mut start.clone(), &history, vec![first()]);
        let none = Preconditions::default();
        let mut draft = Draft::over(&start);
        for (batch, expected) in &played {
            let proposal = Proposal { batch, preconditions: &none, author: Author::Client };
            let outcome = draft.decide(proposal, CLOCK(), &never_the_same);
            prop_assert_eq!(outcome.map_err(|refusal| (refusal.reason(), refusal.index())), expected.clone());
        }
    }

    /// A docket takes whatever a ledger holds, also what was recorded under other rules, and still decides.
    #[test]
    fn a_docket_folds_whatever_it_is_given(history in histories(), probes in histories()) {
        let mut docket = given(truce()).docket;
        let mut earlier = vec![first()];
        for seed in history.iter().flatten() {
            let event = event_after(&earlier, earlier.len(), seed);
            let position = docket.head().next();
            let stamp = Stamp { position, recorded_at: at("2026-01-01T00:00:00Z"), append_through: position };
            docket.fold(Arc::new(stamp.seal(event.clone(), text("the desk"))));
            earlier.push(event);
        }
        play(&mut docket, &probes, earlier);
    }
}

#[test]
fn the_histories_are_accepted_and_refused_often_enough_to_mean_something() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..400 {
        let Ok(tree) = histories().new_tree(&mut runner) else { panic!("no history") };
        for (_, outcome) in play(&mut given(truce()).docket, &tree.current(), vec![first()]) {
            let word = outcome.map_or_else(|(reason, _)| reason.to_string(), |_| "RECORDED".to_owned());
            *counts.entry(word).or_default() += 1;
        }
    }
    for word in [
        "RECORDED",
        "OVERLAPPING_AMOUNT",
        "ALREADY_SUPERSEDED",
        "RETRACTED_TWICE",
        "SUBJECT_RETRACTED",
        "TERM_ENDS_BEFORE_START",
        "TERMS_NO_LONGER_FIT",
    ] {
        assert!(counts.get(word).is_some_and(|count| *count >= 3), "{word} too rare: {counts:?}");
    }
}
