//! A random example by seed: one kind, one commitment, one history, and questions at the instants that matter.

use serde_json::{Value, json};

use super::candidates::candidates;
use super::draw::{Dice, Story};
use super::record::View;
use super::time::{DAY_SECONDS, Instant, instant, show_instant};
use super::{draw_dated, draw_maintenance, draw_pledge};

/// An example with `kind`, `commitment`, `ledger`, and `checks` that hold only `as_of` and `known_at`. The same seed
/// gives the same example; the ledger is one that a ledger accepts, in order of record time.
pub(crate) fn random_case(seed: u64) -> Value {
    let mut story = Story::new(seed);
    let kind =
        ["measure_suspension", "rate_ceiling", "purchase_pledge", "one_off_act", "periodic_ceiling", "licensing_flow"];
    // Suspensions and pledges have the most rules, so they come twice as often.
    let kind = story.dice.pick(&[kind[0], kind[0], kind[1], kind[2], kind[2], kind[3], kind[4], kind[5]]);
    match kind {
        "measure_suspension" => draw_maintenance::draw(&mut story, false),
        "rate_ceiling" => draw_maintenance::draw(&mut story, true),
        "purchase_pledge" => draw_pledge::draw(&mut story),
        "one_off_act" => draw_dated::draw_act(&mut story),
        "periodic_ceiling" => draw_dated::draw_ceiling(&mut story),
        _ => draw_dated::draw_licences(&mut story),
    }
    let (mut case, mut dice) = story.close(kind, seed);
    case["checks"] = questions(&case, &mut dice);
    case
}

/// Mostly at, one second before or one second after something; known then, later, or just before a record.
fn questions(case: &Value, dice: &mut Dice) -> Value {
    let recorded = case["ledger"].as_array().into_iter().flatten().filter_map(|record| record["recorded_at"].as_str());
    let mut recorded: Vec<Instant> = recorded.map(instant).collect();
    let begun = instant(case["commitment"]["recorded_at"].as_str().unwrap_or_default());
    recorded.push(begun);
    let latest = recorded.iter().copied().max().unwrap_or(begun);
    let view = View::at(case, Instant::MAX).expect("everything is known at the end of time");
    let moments = candidates(&view);
    let mut checks = Vec::new();
    for _ in 0..8 {
        let as_of = match dice.between(1, 10) {
            1 => dice.pick(&recorded) + dice.between(-40, 40) * DAY_SECONDS / 2,
            _ => dice.pick(&moments) + dice.pick(&[-1, 0, 0, 0, 1]),
        };
        let known_at = match dice.between(1, 10) {
            1..=5 => latest + dice.pick(&[0, DAY_SECONDS]),
            6..=8 => dice.pick(&recorded) + dice.pick(&[0, 0, -1]),
            _ => as_of,
        };
        checks.push(json!({"as_of": show_instant(as_of), "known_at": show_instant(known_at)}));
    }
    Value::from(checks)
}
