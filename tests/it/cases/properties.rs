//! Properties: what holds for every history, tried on random mixtures of the records of the worked examples.

use std::path::Path;
use std::sync::Arc;

use entente::domain::{Docket, Event, Instant, Position};
use entente::views::{Assessment, Coordinate, Judgement, assess, assess_dossier, compare, deadlines_of};
use serde_json::{Value, json};

use super::example::{Example, docket_of};

/// How many random histories each property is tried on.
const HISTORIES: u64 = 2000;

#[test]
fn an_answer_does_not_depend_on_what_is_recorded_later() {
    for_each_history(|read, dice| {
        let head = read.docket.head().get();
        for _ in 0..6 {
            let (known, as_of) = (Position::new(dice.below(head) + 1), dice.instant(read));
            let then = fold(&read.events[..known.get() as usize]);
            let in_time = ask(&then, read, as_of, known);
            let in_hindsight = ask(&read.docket, read, as_of, known);
            assert_eq!(in_time, in_hindsight, "{} at {known}", as_of);
        }
    });
}

#[test]
fn folding_event_by_event_gives_the_same_answers_as_folding_at_once() {
    for_each_history(|read, dice| {
        let as_of = dice.instant(read);
        let mut growing = Docket::new();
        for event in &read.events {
            growing.fold(Arc::clone(event));
            let known = event.position;
            assert_eq!(ask(&growing, read, as_of, known), ask(&read.docket, read, as_of, known));
        }
    });
}

#[test]
fn a_status_does_not_change_before_its_next_change_and_does_change_then() {
    for_each_history(|read, dice| {
        let (as_of, known) = (dice.instant(read), read.docket.head());
        let answer = ask(&read.docket, read, as_of, known);
        let until = answer.next_change_at.unwrap_or(Instant::MAX);
        let probes = (0..40).map(|_| dice.instant(read)).chain([until.plus_seconds(-1)]);
        for instant in probes.filter(|instant| as_of <= *instant && *instant < until) {
            let judgement = judge(read, instant, known);
            assert_eq!(judgement, answer.judgement, "at {instant}, between {as_of} and {until}");
        }
        if let Some(changes_at) = answer.next_change_at {
            assert!(as_of < changes_at);
            assert_ne!(judge(read, changes_at, known), answer.judgement, "at {changes_at}");
        }
    });
}

#[test]
fn an_answer_rests_only_on_records_that_were_known() {
    for_each_history(|read, dice| {
        let known = Position::new(dice.below(read.docket.head().get()) + 1);
        let because = ask(&read.docket, read, dice.instant(read), known).because;
        assert!(because.iter().all(|position| *position <= known), "{because:?}");
    });
}

#[test]
fn every_change_of_status_is_a_deadline_and_no_other_is_said_to_be_one() {
    for_each_history(|read, dice| {
        let (from, known) = (dice.instant(read), read.docket.head());
        let until = from.plus_elapsed_days(400);
        let Some(dossier) = read.docket.dossier(&read.commitment) else { return };
        let deadlines = deadlines_of(dossier, &read.counterpart, from, Some(until), known);
        assert!(deadlines.windows(2).all(|pair| pair[0].at <= pair[1].at), "by time");
        for deadline in &deadlines {
            assert!(from <= deadline.at && deadline.at < until, "{} in [{from}, {until})", deadline.at);
            assert_eq!(deadline.before, judge(read, deadline.at.plus_seconds(-1), known), "before {}", deadline.at);
            assert_eq!(deadline.after, judge(read, deadline.at, known), "at {}", deadline.at);
            assert_eq!(deadline.changes_status(), deadline.before != deadline.after);
        }
        let mut changes: Vec<Instant> = deadlines.iter().filter(|it| it.changes_status()).map(|it| it.at).collect();
        changes.dedup();
        let mut asked = from.plus_seconds(-1);
        for found in changes {
            let next = ask(&read.docket, read, asked, known).next_change_at;
            assert_eq!(next, Some(found), "the next change after {asked}");
            asked = found;
        }
        let beyond = ask(&read.docket, read, asked, known).next_change_at;
        assert!(beyond.is_none_or(|next| until <= next), "{beyond:?} after {asked} is no deadline before {until}");
    });
}

#[test]
fn what_became_known_and_what_happened_are_the_whole_way_from_then_to_now() {
    for_each_history(|read, dice| {
        let head = read.docket.head().get();
        let (a, b) = (dice.instant(read), dice.instant(read));
        let (k, l) = (Position::new(dice.below(head) + 1), Position::new(dice.below(head) + 1));
        let then = Coordinate { as_of: a.min(b), known: k.min(l) };
        let now = Coordinate { as_of: a.max(b), known: k.max(l) };
        let compared = compare(&read.docket, &read.commitment, then, now);
        let answer = |as_of, known| assess(&read.docket, &read.commitment, as_of, known);
        assert_eq!(compared.then, answer(then.as_of, then.known));
        assert_eq!(compared.now, answer(now.as_of, now.known));
        let mut stands = compared.in_hindsight.judgement;
        for transition in &compared.transitions {
            assert_eq!((transition.before, stands), (stands, transition.before), "at {}", transition.at);
            assert!(!transition.deadlines.is_empty(), "the change at {} has a reason", transition.at);
            stands = transition.after;
        }
        assert_eq!(stands, compared.now.judgement, "the transitions lead to now");
        let legs = compared.by_knowledge.union(&compared.by_time).count();
        assert!(compared.fields.len() <= legs, "what differs differs in one of the legs");
        let known = then.known..now.known;
        assert!(compared.learned.iter().all(|it| it.position > known.start && it.position <= known.end));
        assert!(compared.by_knowledge.is_empty() || !compared.learned.is_empty(), "{:?}", compared.by_knowledge);
    });
}

fn judge(read: &Example, as_of: Instant, known: Position) -> Judgement {
    ask(&read.docket, read, as_of, known).judgement
}

fn ask(docket: &Docket, read: &Example, as_of: Instant, known: Position) -> Assessment {
    match docket.dossier(&read.commitment) {
        Some(dossier) => assess_dossier(dossier, &read.counterpart, as_of, known),
        None => assess(docket, &read.commitment, as_of, known),
    }
}

fn fold(events: &[Arc<Event>]) -> Docket {
    let mut docket = Docket::new();
    events.iter().for_each(|event| docket.fold(Arc::clone(event)));
    docket
}

fn for_each_history(check: impl Fn(&Example, &mut Dice)) {
    let file = super::read(Path::new(super::WORKED_EXAMPLES));
    let examples = file["examples"].as_array().expect("there are examples");
    for seed in 0..HISTORIES {
        let mut dice = Dice::new(seed);
        let history = mixture(examples, &mut dice);
        let read = docket_of(&history).unwrap_or_else(|error| panic!("seed {seed}: {error} in {history}"));
        // Shown only where the check fails.
        println!("seed {seed}: {history}");
        check(&read, &mut dice);
    }
}

/// A commitment of one example, its terms varied, with records of any example of its kind, and of any kind, moved about
/// in time.
pub(super) fn mixture(examples: &[Value], dice: &mut Dice) -> Value {
    let base = dice.pick(examples);
    let same_kind: Vec<&Value> = examples.iter().filter(|example| example["kind"] == base["kind"]).collect();
    let mut pool: Vec<Value> =
        same_kind.iter().flat_map(|e| e["ledger"].as_array().cloned().unwrap_or_default()).collect();
    pool.extend(of_any_kind());
    let mut ledger: Vec<Value> = base["ledger"].as_array().cloned().unwrap_or_default();
    for number in 0..dice.below(10) {
        let mut record = dice.pick(&pool).clone();
        record["id"] = Value::String(format!("{}-{number}", record["id"].as_str().unwrap_or("r")));
        let seconds = dice.shift();
        for field in ["recorded_at", "effective_at", "performed_at", "from", "to", "until", "covers_from"] {
            move_instant(&mut record, field, seconds);
        }
        ledger.push(record);
    }
    for (seq, record) in ledger.iter_mut().enumerate() {
        record["seq"] = Value::from(seq + 1);
    }
    let mut history = base.clone();
    history["ledger"] = Value::Array(ledger);
    vary(&mut history, dice);
    history
}

/// Records that every kind of commitment can have, and patches of which each kind takes the fields that it has.
fn of_any_kind() -> Vec<Value> {
    let at = "2026-03-01T00:00:00Z";
    let mut records = vec![
        json!({ "type": "waive", "by": "US", "until": "2026-06-01T00:00:00Z" }),
        json!({ "type": "excuse", "from": "2026-02-01T00:00:00Z", "to": "2026-03-20T12:00:00Z", "accepted": true }),
        json!({ "type": "excuse", "from": "2026-04-01T00:00:00Z", "accepted": true }),
        json!({ "type": "excuse", "from": "2026-04-01T00:00:00Z" }),
        json!({ "type": "terminate", "mode": "prospective" }),
        json!({ "type": "terminate", "mode": "void" }),
        json!({ "type": "finding", "verdict": "BREACH", "from": "2026-02-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" }),
        json!({ "type": "observe", "state": "APPLIED", "from": at, "source_class": "OBLIGEE_OFFICIAL" }),
        json!({ "type": "observe", "state": "NOT_APPLIED", "from": at, "source_class": "THIRD_OFFICIAL" }),
    ];
    let patches = [
        json!({ "until": "2026-12-01T00:00:00Z", "through": "2026-02-28", "reporting_lag_days": 3 }),
        json!({ "until": "2027-04-01T00:00:00Z", "tolerance_hours": 72, "cure_days": 20, "limit": "12" }),
        json!({ "implement_by": "2026-01-15T00:00:00Z", "cure": { "days": 3 }, "pace": { "method": "LINEAR_MONTHS" } }),
        json!({ "tranches": { "t": { "through": "2026-04-30", "target": 9000000 }, "t2025": { "cure_days": 30 } } }),
        json!({ "zone": "America/New_York", "admissible": ["OBLIGEE_OFFICIAL"], "comparator": "LT", "on_end": "expire" }),
        json!({ "until": null, "cure": null, "persist_through": null, "depends_on": null, "snapback": null }),
        json!({ "effective_from": "2025-12-20T00:00:00Z", "carry": "forward", "series_rule": "CONCUR", "zone": "UTC" }),
        json!({ "depends_on": { "commitment": "other", "triggers": ["BREACHED"], "effect": "AUTO_SUSPEND" } }),
        json!({ "periods": { "q2": { "through": "2026-07-15" } }, "min_sample": 3, "decide_within_days": 10 }),
    ];
    for set in patches {
        records.push(json!({ "type": "amend", "set": set }));
        records.push(json!({ "type": "amend", "set": set, "retroactive_to": "2025-12-20T00:00:00Z" }));
        records.push(json!({ "type": "reading", "set": set }));
    }
    for record in &mut records {
        let known_fields = json!({ "effective_at": at, "recorded_at": at });
        for (field, value) in known_fields.as_object().into_iter().flatten() {
            record[field] = value.clone();
        }
    }
    records
}

/// Sets terms that the worked examples leave alone.
fn vary(history: &mut Value, dice: &mut Dice) {
    let variations = json!([
        { "tolerance_hours": 30 },
        { "cure": { "days": 4, "from": "notice", "max": 1 } },
        { "snapback": { "notice_days": 20 } },
        { "implement_by": "2025-12-05T08:00:00Z" },
        { "depends_on": { "commitment": "other", "triggers": ["BREACHED"], "effect": "AUTO_SUSPEND" } },
        { "series_rule": "CONSERVATIVE" },
        { "carry": "forward" },
        { "on_missing": "NOT_MET" },
        { "reporting_lag_days": 0 },
        { "pace": { "method": "LINEAR_MONTHS", "tolerance_pct": 5 } },
        { "cure_days": 45 },
        { "persist_through": "2026-08-15" },
        { "cure": null },
    ]);
    let variations = variations.as_array().expect("a list");
    let periodic = ["periodic_ceiling", "licensing_flow"].iter().any(|kind| history["kind"] == *kind);
    for _ in 0..dice.below(3) {
        for (field, value) in dice.pick(variations).as_object().into_iter().flatten() {
            // The cure of a periodic kind is a word.
            history["commitment"][field] =
                if field == "cure" && periodic { json!("next_period") } else { value.clone() };
        }
    }
}

fn move_instant(record: &mut Value, field: &str, seconds: i64) {
    let moved = record[field].as_str().and_then(|at| Instant::parse(at).ok()).map(|at| at.plus_seconds(seconds));
    if let Some(moved) = moved {
        record[field] = Value::String(moved.to_string());
    }
}

/// SplitMix64: a seed gives the same throws for ever.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.throw() % end.max(1)
    }

    fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// Half of the time whole days, so that instants coincide; up to three months either way.
    fn shift(&mut self) -> i64 {
        let days = self.below(180) as i64 - 90;
        if self.below(2) == 0 { days * 86_400 } else { days * 86_400 + self.below(86_400) as i64 }
    }

    /// An instant near one that the history mentions: just before it, at it, or some days off.
    pub(super) fn instant(&mut self, read: &Example) -> Instant {
        let event = self.pick(&read.events);
        let near = event.recorded_at.plus_seconds([-1, 0, 1][self.below(3) as usize]);
        match self.below(3) {
            0 => near,
            1 => near.plus_elapsed_days(self.below(500) as i64 - 60),
            _ => Instant::from_unix_seconds(1_761_926_400 + self.below(60_000_000) as i64).expect("within the span"),
        }
    }
}
