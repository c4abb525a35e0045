//! Histories that are wrong, by hand. A check that lets one of them pass would let a broken ledger pass.

use super::check::faults;
use super::record::{Attempt, Condition, Entry, History, Outcome, Read};

fn entry(position: u64, id: &str) -> Entry {
    Entry { position, id: id.to_owned(), subject: "s".to_owned() }
}

fn attempt(times: (u64, u64), ids: &[&str], condition: Condition, outcome: Outcome) -> Attempt {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    Attempt { client: 0, begun: times.0, ended: times.1, ids, condition, outcome }
}

fn recorded(positions: &[u64], head: u64) -> Outcome {
    let told = positions.iter().map(|position| (*position, 7)).collect();
    Outcome::Recorded { told, replayed: false, head }
}

fn read(client: usize, times: (u64, u64), head: u64) -> Read {
    Read { client, begun: times.0, ended: times.1, head, entries: Vec::new() }
}

/// a, then b and c together on condition that a is the head; d on the same condition is late; e is not known.
fn sound() -> History {
    let ledger = vec![entry(1, "a"), entry(2, "b"), entry(3, "c"), entry(4, "e")];
    History {
        attempts: vec![
            attempt((1, 4), &["a"], Condition::Nothing, recorded(&[1], 1)),
            attempt((5, 8), &["b", "c"], Condition::Head(1), recorded(&[2, 3], 3)),
            attempt((6, 9), &["d"], Condition::Head(1), Outcome::Stale { conflict: 2, head: 3 }),
            attempt((11, 20), &["e"], Condition::Subject("s".to_owned(), 3), Outcome::Unknown),
            attempt((12, 13), &["f"], Condition::Nothing, Outcome::Unknown),
        ],
        reads: vec![read(1, (9, 10), 3), read(1, (21, 22), 4)],
        heard: vec![ledger.clone()],
        ledger,
        ..History::default()
    }
}

#[test]
fn a_sound_history_passes() {
    assert_eq!(faults(&sound()), Vec::<String>::new());
}

type Break = fn(&mut History);

#[test]
fn every_broken_history_is_caught() {
    let cases: [(&str, Break, &str); 17] = [
        ("lost after it was acknowledged", |it| it.ledger.retain(|entry| entry.id != "a"), "is at []"),
        ("recorded twice on a retry", |it| it.ledger.push(entry(5, "a")), "is at 1 and at 5"),
        ("a hole", |it| it.ledger[3].position = 5, "position 5 stands where 4 should"),
        ("told another place", |it| it.attempts[0].outcome = recorded(&[2], 3), "told to be at [2]"),
        (
            "a batch in pieces",
            |it| it.ledger = vec![entry(1, "a"), entry(2, "b"), entry(3, "e"), entry(4, "c")],
            "in pieces",
        ),
        ("a part of a batch", |it| it.ledger[1].id = "x".to_owned(), "in part, or in pieces"),
        ("refused and recorded", |it| it.ledger[3].id = "d".to_owned(), "was refused as stale"),
        ("recorded on a stale head", |it| it.attempts[1].condition = Condition::Head(0), "condition does not hold"),
        (
            "recorded on a stale subject",
            |it| it.attempts[3].condition = Condition::Subject("s".to_owned(), 2),
            "condition does not hold",
        ),
        (
            "refused although the head was right",
            |it| it.attempts[2].condition = Condition::Head(3),
            "was refused although its condition held",
        ),
        (
            "refused on no condition",
            |it| it.attempts[2].condition = Condition::Nothing,
            "was refused although its condition held",
        ),
        ("a read of before what was acknowledged", |it| it.reads[0].head = 1, "read the head 1"),
        ("a read that goes back", |it| it.reads.push(read(1, (23, 24), 3)), "and 4 before"),
        ("a read of what nobody asked for yet", |it| it.reads[0].head = 4, "before anybody had asked for it"),
        (
            "recorded out of the order of time",
            |it| (it.attempts[1].begun, it.attempts[1].ended) = (0, 0),
            "was told of",
        ),
        ("heard twice", |it| it.heard[0].insert(1, entry(1, "a")), "subscriber 0 heard"),
        ("not heard", |it| drop(it.heard[0].pop()), "subscriber 0 heard None"),
    ];
    for (what, spoil, expected) in cases {
        let mut history = sound();
        spoil(&mut history);
        let found = faults(&history);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{what}: {found:?}");
    }
}

#[test]
fn an_answer_that_is_given_again_is_the_original() {
    let mut history = sound();
    let again = Outcome::Recorded { told: vec![(1, 8)], replayed: true, head: 4 };
    history.attempts.push(attempt((30, 31), &["a"], Condition::Nothing, again));
    assert!(faults(&history).iter().any(|fault| fault.contains("sent again [(1, 8)]")), "{:?}", faults(&history));
    let same = Outcome::Recorded { told: vec![(1, 7)], replayed: true, head: 4 };
    history.attempts.last_mut().unwrap().outcome = same;
    assert_eq!(faults(&history), Vec::<String>::new());
}
