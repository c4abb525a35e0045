//! The tables: medians over the rounds, and the differences to the bare stream round by round.

use std::collections::BTreeMap;

use super::latency::{Run, Work};

/// What the rounds measured.
#[derive(Default)]
pub(crate) struct Rounds {
    runs: BTreeMap<Work, Vec<Run>>,
    rates: Vec<f64>,
    bare_rates: Vec<f64>,
}

impl Rounds {
    pub(crate) fn add(&mut self, work: Work, run: Run) {
        self.runs.entry(work).or_default().push(run);
    }

    pub(crate) fn add_rate(&mut self, rate: f64) {
        self.rates.push(rate);
    }

    pub(crate) fn add_bare_rate(&mut self, rate: f64) {
        self.bare_rates.push(rate);
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::from(
            "| subscribers | events/s | p50 ms | p99 ms | p99 ms, lowest to highest | p99 above the bare stream, ms |\n\
             |---|---|---|---|---|---|\n",
        );
        for (work, runs) in &self.runs {
            let of = |field: fn(&Run) -> f64| runs.iter().map(field).collect::<Vec<f64>>();
            let (p99, stalled) = (of(|run| run.p99), median(&of(|run| run.stalled_kib)));
            let (lowest, highest) = range(&p99);
            let above = match work.bare {
                true => "-".to_owned(),
                false => self.above_bare(*work, &p99).map_or_else(|| "-".to_owned(), |it| format!("{it:.2}")),
            };
            let kind = if work.bare { "bare, " } else { "" };
            let with = match work.stalled {
                0 => String::new(),
                count => format!(" and {count} that stand still ({stalled:.0} KiB each)"),
            };
            text.push_str(&format!(
                "| {kind}{}{with} | {} | {:.2} | {:.2} | {lowest:.2} to {highest:.2} | {above} |\n",
                work.subscribers,
                work.rate,
                median(&of(|run| run.p50)),
                median(&p99),
            ));
        }
        let ratios: Vec<f64> = self.rates.iter().zip(&self.bare_rates).map(|(rate, bare)| rate / bare).collect();
        let (lowest, highest) = range(&self.rates);
        text.push_str(&format!(
            "\n| catch-up, one client | events/s, median | lowest to highest | share of the bare stream |\n|---|---|---|---|\n\
             | SubscribeEvents | {:.0} | {lowest:.0} to {highest:.0} | {:.2} |\n| bare stream of the same bytes | {:.0} | | 1 |\n",
            median(&self.rates),
            median(&ratios),
            median(&self.bare_rates),
        ));
        text
    }

    /// The median of the differences round by round: the machine's speed drifts between rounds.
    fn above_bare(&self, work: Work, p99: &[f64]) -> Option<f64> {
        let bare = Work { bare: true, stalled: 0, subscribers: work.subscribers + work.stalled, ..work };
        let limits = self.runs.get(&bare)?;
        Some(median(&p99.iter().zip(limits).map(|(own, bare)| own - bare.p99).collect::<Vec<f64>>()))
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, 0.0), |(low, high), value| (low.min(*value), high.max(*value)))
}
