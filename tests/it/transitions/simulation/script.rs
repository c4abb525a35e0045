//! What is to be recorded in a simulated ledger: several random commitments with their histories, and when.

use std::collections::BTreeSet;

use entente::domain::{EventId, Instant, Payload, Slug, Submission};
use entente::proto::{json, v1};
use entente::wire;
use serde_json::Value;

use crate::cases::example::docket_of;
use crate::oracle::{self, Dice};

/// The ledger's id.
pub(super) const LEDGER: &str = "sim";

/// One event that is to be recorded.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// When its history says that it became known.
    pub(super) at: Instant,
    /// What is asked to be recorded.
    pub(super) submission: Submission,
    /// The record that it is of, in which case.
    pub(super) of: Option<(usize, String)>,
}

/// A script: the lines in order of time, and the cases that they are of.
pub(super) struct Script {
    pub(super) lines: Vec<Line>,
    pub(super) cases: Vec<Value>,
}

/// The id of the commitment of a case.
pub(super) fn commitment(case: usize) -> Slug {
    Slug::parse(&format!("c{case}")).unwrap()
}

/// Draws two or three histories at about the same time, of which one may depend on the next.
pub(super) fn draw(seed: u64, dice: &mut Dice) -> Script {
    let count = dice.between(2, 3) as usize;
    let own_seeds = || (seed.wrapping_mul(1000)..).take(400);
    let mut seeds = own_seeds();
    let first = oracle::random_case(seeds.next().unwrap());
    let begun = recorded_at(&first["commitment"]);
    let apart = |case: &Value| (recorded_at(&case["commitment"]) - begun).abs();
    let near = |case: &Value| apart(case) < 60 * 86_400;
    let depends = |case: &Value| case["commitment"].get("depends_on").is_some();
    let mut cases = vec![first];
    while cases.len() < count {
        // The last depends on nobody: a circle could not be undertaken.
        let is_last = cases.len() + 1 == count;
        let fits = |case: &Value| !(is_last && depends(case));
        let case = seeds.by_ref().map(oracle::random_case).find(|case| near(case) && fits(case));
        // Few may be near; then it is the nearest that there is.
        let nearest = || own_seeds().skip(1).map(oracle::random_case).filter(fits).min_by_key(apart);
        cases.push(case.or_else(nearest).expect("some of a few hundred depend on nobody"));
    }
    let together = dice.chance(70);
    let mut lines: Vec<Line> = Vec::new();
    for index in (0..count).rev() {
        let of_case = lines_of(&cases[index], index, count);
        let early = of_case.iter().map(|line| line.at).chain(lines.iter().map(|line| line.at)).min();
        lines.extend(of_case.into_iter().map(|line| match line.submission.payload {
            Payload::CommitmentUndertaken(_) | Payload::InstrumentSigned(_) if together => {
                Line { at: early.unwrap_or(line.at), ..line }
            }
            _ => line,
        }));
    }
    lines.sort_by_key(|line| line.at);
    Script { lines, cases }
}

fn recorded_at(value: &Value) -> i64 {
    Instant::parse(value["recorded_at"].as_str().unwrap()).unwrap().unix_seconds()
}

/// The events of one case, under names of their own.
fn lines_of(case: &Value, index: usize, count: usize) -> Vec<Line> {
    let read = docket_of(case).unwrap();
    let ids: BTreeSet<EventId> = read.events.iter().map(|event| event.submission.event_id).collect();
    let counterpart = case["commitment"]["depends_on"]["commitment"].as_str().unwrap_or("other");
    let mut renamed = vec![
        ("commitments/c\"".to_owned(), format!("commitments/c{index}\"")),
        (format!("commitments/{counterpart}\""), format!("commitments/c{}\"", (index + 1) % count)),
        ("instruments/instrument\"".to_owned(), format!("instruments/instrument{index}\"")),
    ];
    renamed.extend(ids.iter().map(|id| {
        let mut bytes = id.bytes();
        bytes[15] ^= 1 << index;
        (id.to_string(), EventId::from_bytes(bytes).to_string())
    }));
    let is_line = |payload: &Payload| !matches!(payload, Payload::LedgerCreated(_));
    let events = read.events.iter().filter(|event| is_line(&event.submission.payload));
    let line = |event: &std::sync::Arc<entente::domain::Event>| {
        let ledger = Slug::parse(LEDGER).unwrap();
        let message = wire::submission_to_proto(&event.submission, &ledger);
        let mut text = json::to_json(&message).unwrap().to_string();
        for (from, to) in &renamed {
            text = text.replace(from.as_str(), to);
        }
        let message: v1::Submission = json::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        let submission = wire::submission_from_proto(&message, &ledger, || unreachable!("every event has an id"));
        Line {
            at: event.recorded_at,
            submission: submission.unwrap(),
            of: read.names.of(event.position).map(|name| (index, name.to_owned())),
        }
    };
    events.map(line).collect()
}
