//! When an event is recorded, in a LIVE and in a REPLAY ledger.

use entente::domain::{Fact, Instant, Reason, RecordBasis, RecordClock, Submission};

use super::deal::*;
use super::{given, instant};

/// The head of the ledger was recorded at the start of 2026.
const HEAD: &str = "2026-01-01T00:00:00Z";

fn live(now: &str, floor: Option<&str>) -> RecordClock {
    RecordClock::Live { now: at(now), floor: floor.map(at) }
}

fn replay(now: &str, floor: Option<&str>) -> RecordClock {
    RecordClock::Replay { now: at(now), floor: floor.map(at) }
}

fn statement(label: &str) -> Submission {
    stated(label, "instruments/truce")
}

#[test]
fn the_server_stamps_and_never_goes_back() {
    let ledger = given(truce());
    let rows = [
        ("later than the head", "2026-02-01T00:00:00Z", None, "2026-02-01T00:00:00Z"),
        ("a clock that stepped back 20 hours", "2025-12-31T04:00:00Z", None, HEAD),
        ("below the floor", "2026-02-01T00:00:00Z", Some("2026-03-01T00:00:00Z"), "2026-03-01T00:00:00Z"),
        ("above the floor", "2026-04-01T00:00:00Z", Some("2026-03-01T00:00:00Z"), "2026-04-01T00:00:00Z"),
        ("a floor below the head", "2025-01-01T00:00:00Z", Some("2025-06-01T00:00:00Z"), HEAD),
    ];
    for (case, now, floor, recorded_at) in rows {
        let stamps = ledger.when([statement("a"), statement("b")]).clocked(live(now, floor)).then_recorded();
        assert!(stamps.iter().all(|(_, at)| at == recorded_at), "{case}: {stamps:?}");
    }
}

#[test]
fn a_live_ledger_takes_no_record_times() {
    let ledger = given(truce());
    let clock = live("2026-02-01T00:00:00Z", None);
    let said = statement("a").recorded("2026-01-15T00:00:00Z");
    ledger.when([said]).clocked(clock).then_refused(Reason::RecordTimeNotAllowed, "recorded_at");
    let mut based = statement("a");
    based.recorded_basis = Some(RecordBasis::Inferred);
    ledger.when([based]).clocked(clock).then_refused(Reason::RecordTimeNotAllowed, "recorded_basis");
}

#[test]
fn a_replay_takes_them_as_they_come_as_long_as_they_come_in_order() {
    let ledger = given(truce());
    let now = "2026-06-01T00:00:00Z";
    let recorded = |batch: Vec<Submission>, clock| -> Vec<String> {
        ledger.when(batch).clocked(clock).then_recorded().into_iter().map(|(_, at)| at).collect()
    };
    let said = |label: &str, time: &str| statement(label).recorded(time);

    let in_order =
        vec![said("a", "2026-01-15T00:00:00Z"), said("b", "2026-01-15T00:00:00Z"), said("c", "2027-01-01T00:00:00Z")];
    assert_eq!(
        recorded(in_order, replay(now, None)),
        ["2026-01-15T00:00:00Z", "2026-01-15T00:00:00Z", "2027-01-01T00:00:00Z"]
    );

    // An event that does not say is recorded now, or with the one before it where that is later.
    let unsaid = vec![said("a", "2026-01-15T00:00:00Z"), statement("b")];
    assert_eq!(recorded(unsaid, replay(now, None)), ["2026-01-15T00:00:00Z", now]);
    let unsaid = vec![said("a", "2027-01-01T00:00:00Z"), statement("b")];
    assert_eq!(recorded(unsaid, replay(now, None)), ["2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]);
    assert_eq!(recorded(vec![statement("a")], replay("2020-01-01T00:00:00Z", None)), [HEAD]);

    let earliest = |time: &str| Fact::Earliest(instant(time));
    ledger
        .when([said("a", "2025-12-31T23:59:59Z")])
        .clocked(replay(now, None))
        .then_refused(Reason::RecordTimeGoesBack, "recorded_at")
        .at(0)
        .stating(earliest(HEAD));
    ledger
        .when([said("a", "2026-02-01T00:00:00Z"), said("b", "2026-01-31T00:00:00Z")])
        .clocked(replay(now, None))
        .then_refused(Reason::RecordTimeGoesBack, "recorded_at")
        .at(1)
        .stating(earliest("2026-02-01T00:00:00Z"));
    ledger
        .when([said("a", "2026-02-01T00:00:00Z")])
        .clocked(replay(now, Some("2026-03-01T00:00:00Z")))
        .then_refused(Reason::RecordTimeGoesBack, "recorded_at")
        .stating(earliest("2026-03-01T00:00:00Z"))
        .saying("have been shown");
    let mut based = statement("a");
    based.recorded_basis = Some(RecordBasis::Published);
    ledger.when([based]).clocked(replay(now, None)).then_refused(Reason::RecordBasisWithoutTime, "recorded_basis");
}

#[test]
fn the_ends_of_time_are_record_times_like_others() {
    let ledger = given(truce());
    let clock = RecordClock::Live { now: Instant::MAX, floor: Some(Instant::MIN) };
    assert_eq!(ledger.when([statement("a")]).clocked(clock).then_recorded()[0].1, Instant::MAX.to_string());
}
