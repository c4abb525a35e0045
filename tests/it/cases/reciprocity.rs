//! Reciprocity: duties that depend on each other, both in one ledger (specification, section 4).

use std::path::Path;
use std::sync::Arc;

use entente::domain::{Docket, Event, Flag, Instant, Lifecycle, Position, Status, Subject};
use entente::views::{Assessment, Counterpart, Judgement, assess};
use serde_json::{Value, json};

use super::example::{Example, docket_of, slug};
use super::properties::{Dice, mixture};

#[test]
fn a_duty_is_suspended_exactly_while_its_counterpart_is_broken() {
    let docket = ledger_of(&[
        duty("ours", "theirs", "AUTO_SUSPEND", Vec::new()),
        duty("theirs", "ours", "AUTO_SUSPEND", breach("theirs")),
    ]);
    let suspended = Judgement { lifecycle: Lifecycle::Suspended, status: Status::Excused };
    let kept = Judgement { lifecycle: Lifecycle::InForce, status: Status::OnTrack };

    let ask = |as_of: &str, known_at: &str| ask(&docket, "ours", as_of, known_at);
    assert_eq!(ask("2026-03-09T23:59:59Z", "2026-03-09T23:59:59Z").judgement, kept);
    let in_breach = ask("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z");
    assert_eq!(in_breach.judgement, suspended);
    assert!(in_breach.flags.contains(&Flag::ReciprocalSuspension));
    assert_eq!(in_breach.next_change_at, Some(at("2026-11-10T16:00:00Z")));
    assert_eq!(ask("2026-03-18T00:00:00Z", "2026-03-18T00:00:00Z").judgement, kept);

    // In hindsight the end of the breach is known, and so is when the suspension will be over.
    assert_eq!(ask("2026-03-10T00:00:00Z", "2026-03-20T00:00:00Z").next_change_at, Some(at("2026-03-18T00:00:00Z")));
    assert_eq!(ask("2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z").next_change_at, Some(at("2026-03-10T00:00:00Z")));
}

#[test]
fn two_duties_that_depend_on_each_other_do_not_excuse_each_other_for_ever() {
    let docket = ledger_of(&[
        duty("ours", "theirs", "AUTO_SUSPEND", breach("ours")),
        duty("theirs", "ours", "AUTO_SUSPEND", breach("theirs")),
    ]);
    // Each is in breach by its own performance, so each finds its own duty suspended.
    for id in ["ours", "theirs"] {
        assert_eq!(ask(&docket, id, "2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z").judgement.status, Status::Excused);
    }
}

#[test]
fn a_right_to_suspend_is_shown_until_it_is_used() {
    let exercise = json!({ "type": "exercise_suspension", "id": "x", "effective_at": "2026-03-12T00:00:00Z",
        "recorded_at": "2026-03-12T00:00:00Z", "to": "2026-03-14T00:00:00Z" });
    let ours = duty("ours", "theirs", "RIGHT_TO_SUSPEND", vec![exercise]);
    let docket = ledger_of(&[ours, duty("theirs", "ours", "RIGHT_TO_SUSPEND", breach("theirs"))]);

    let before = ask(&docket, "ours", "2026-03-11T00:00:00Z", "2026-03-11T00:00:00Z");
    assert_eq!(before.judgement.status, Status::OnTrack);
    assert!(before.flags.contains(&Flag::ReciprocalRightAvailable));
    let used = ask(&docket, "ours", "2026-03-13T00:00:00Z", "2026-03-13T00:00:00Z");
    assert_eq!(used.judgement, Judgement { lifecycle: Lifecycle::Suspended, status: Status::Excused });
    assert!(!used.flags.contains(&Flag::ReciprocalRightAvailable));
    assert_eq!(used.next_change_at, Some(at("2026-03-14T00:00:00Z")));
}

#[test]
fn a_counterpart_has_at_every_instant_the_status_that_would_be_answered() {
    let file = super::read(Path::new(super::WORKED_EXAMPLES));
    let examples = file["examples"].as_array().expect("there are examples");
    for seed in 0..300 {
        let mut dice = Dice::new(seed);
        let mut history = mixture(examples, &mut dice);
        history["commitment"]["depends_on"] = Value::Null;
        let read = docket_of(&history).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let known = read.docket.head();
        let statuses = read.docket.history(&read.commitment, known);
        assert!(statuses.is_sorted_by_key(|(from, _)| *from));
        for _ in 0..30 {
            let instant = dice.instant(&read);
            let held = statuses.iter().rev().find(|(from, _)| *from <= instant).map(|(_, status)| *status);
            let answered = assess(&read.docket, &read.commitment, instant, known).judgement.status;
            assert_eq!(held, Some(answered), "seed {seed} at {instant}: {history}");
        }
    }
}

/// A breach of eight days, whose end is learnt when it comes.
fn breach(of: &str) -> Vec<Value> {
    let first = format!("{of}-broken");
    vec![
        json!({ "type": "observe", "id": first, "recorded_at": "2026-03-10T00:00:00Z", "state": "APPLIED",
            "source_class": "OBLIGEE_OFFICIAL", "from": "2026-03-10T00:00:00Z", "to": null, "seq": 1 }),
        json!({ "type": "observe", "id": format!("{of}-mended"), "recorded_at": "2026-03-18T00:00:00Z",
            "state": "APPLIED", "source_class": "OBLIGEE_OFFICIAL", "from": "2026-03-10T00:00:00Z",
            "to": "2026-03-18T00:00:00Z", "supersedes": first, "seq": 2 }),
    ]
}

/// A suspension that depends on another.
fn duty(id: &str, other: &str, effect: &str, records: Vec<Value>) -> Example {
    let example = json!({
        "id": id,
        "kind": "measure_suspension",
        "commitment": {
            "id": id, "obligor": "CN", "obligee": "US", "recorded_at": "2025-11-07T12:00:00Z",
            "zone": "Asia/Shanghai", "effective_from": "2025-11-06T16:00:00Z", "until": "2026-11-10T16:00:00Z",
            "depends_on": { "commitment": other, "effect": effect, "triggers": ["BREACHED"] },
        },
        "ledger": records,
    });
    docket_of(&example).expect("it can be read")
}

/// One ledger with the events of several, in order of their record times.
fn ledger_of(examples: &[Example]) -> Docket {
    let own = |event: &&Arc<Event>| matches!(event.submission.subject, Subject::Member(..));
    let mut events: Vec<Arc<Event>> = examples[0].events[..1].to_vec();
    events.extend(examples.iter().flat_map(|example| example.events.iter().filter(own).cloned()));
    events.sort_by_key(|event| event.recorded_at);
    let mut docket = Docket::new();
    for event in events {
        let renumbered = Event { position: docket.head().next(), ..(*event).clone() };
        docket.fold(Arc::new(renumbered));
    }
    docket
}

fn ask(docket: &Docket, id: &str, as_of: &str, known_at: &str) -> Assessment {
    let known: Position = docket.known_at(at(known_at));
    assess(docket, &slug(id), at(as_of), known)
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}
