//! What was measured, as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use hdrhistogram::Histogram;

use super::Tally;
use super::attack::Attack;
use super::victim::Latencies;

/// All rounds together.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: BTreeMap<Attack, Line>,
}

#[derive(Debug, Default)]
struct Line {
    micros: Option<Histogram<u64>>,
    failed: u64,
    tried: u64,
    refused: u64,
}

impl Table {
    pub(crate) fn add(&mut self, attack: Attack, latencies: &Latencies, tally: &Tally) {
        let line = self.lines.entry(attack).or_default();
        match &mut line.micros {
            None => line.micros = Some(latencies.micros.clone()),
            // Both have the same precision and grow as they need to.
            Some(all) => drop(all.add(&latencies.micros)),
        }
        line.failed += latencies.failed;
        line.tried += tally.tried.load(Ordering::Relaxed);
        line.refused += tally.refused.load(Ordering::Relaxed);
    }

    pub(crate) fn render(&self) -> String {
        let mut text = "| attack | tried | refused or ended | answers to the other client | p50 ms | p99 ms | longest ms | not answered |\n\
             |---|---|---|---|---|---|---|---|\n"
            .to_owned();
        for (attack, line) in &self.lines {
            let Some(micros) = &line.micros else { continue };
            let ms = |value: u64| value as f64 / 1000.0;
            let written = writeln!(
                text,
                "| {} | {} | {} | {} | {:.2} | {:.2} | {:.2} | {} |",
                attack.words(),
                line.tried,
                line.refused,
                micros.len(),
                ms(micros.value_at_quantile(0.5)),
                ms(micros.value_at_quantile(0.99)),
                ms(micros.max()),
                line.failed
            );
            written.expect("a string takes everything");
        }
        text
    }
}
