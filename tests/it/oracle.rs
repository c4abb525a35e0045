//! A second opinion: a slow evaluator of the whole specification, written from its text alone and sharing no code with
//! the library, and a generator of random commitments and histories. It recomputes everything from all records at every
//! question. Input and output are the JSON of the worked examples.
//!
//! What covers what: `time` section 2; `record` K1, K2 and admissibility; `terms` K3 and K4; `maintenance` (with `spans`)
//! section 4; `allocation` and `pledge` section 5; `act` section 6; `period` sections 7 and 8; `answer` section 9;
//! `candidates` the search for `next_change_at` of section 1; `verdict` what all kinds share. `random` and the files that
//! begin with `draw` are the generator; `compare` says how another evaluator's answer differs.

mod act;
mod allocation;
mod answer;
mod candidates;
mod compare;
mod draw;
mod draw_dated;
mod draw_maintenance;
mod draw_pledge;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod laws;
mod maintenance;
mod number;
mod period;
mod pledge;
mod random;
mod record;
mod spans;
mod terms;
mod time;
mod verdict;

pub(crate) use answer::evaluate;
pub(crate) use candidates::all_candidates;
pub(crate) use compare::disagreements;
pub(crate) use draw::Dice;
pub(crate) use random::random_case;
