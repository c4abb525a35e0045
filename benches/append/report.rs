//! The table: medians over the rounds, their range, and the share of the limit measured in the same rounds.

use std::collections::BTreeMap;

use super::load::Work;

/// What the rounds measured.
#[derive(Default)]
pub(crate) struct Rounds {
    rates: BTreeMap<Work, Vec<f64>>,
}

impl Rounds {
    pub(crate) fn add(&mut self, work: Work, rate: f64) {
        self.rates.entry(work).or_default().push(rate);
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::from(
            "| work | events/s, median | lowest to highest | share of the limit, median |\n|---|---|---|---|\n",
        );
        for (work, rates) in &self.rates {
            let share = match work {
                Work::Append { clients, batch } => {
                    let echo = Work::Echo { clients: *clients, batch: *batch };
                    let ratio = self.ratio(*work, echo);
                    let with_sync = self.ratio_to_sync(*work, echo).filter(|_| *clients == 1);
                    let bound = with_sync.map_or_else(String::new, |share| {
                        format!("; {share:.2} of one sync and one echo after another")
                    });
                    format!("{:.2} of the echo{bound}", ratio.unwrap_or_default())
                }
                _ => "1".to_owned(),
            };
            let (lowest, highest) = range(rates);
            text.push_str(&format!(
                "| {} | {:.0} | {lowest:.0} to {highest:.0} | {share} |\n",
                name(*work),
                median(rates)
            ));
        }
        text
    }

    /// The median of the ratios round by round: the machine's speed drifts between rounds.
    fn ratio(&self, work: Work, limit: Work) -> Option<f64> {
        let (rates, limits) = (self.rates.get(&work)?, self.rates.get(&limit)?);
        Some(median(&rates.iter().zip(limits).map(|(rate, limit)| rate / limit).collect::<Vec<f64>>()))
    }

    fn ratio_to_sync(&self, work: Work, echo: Work) -> Option<f64> {
        let (rates, echoes, syncs) =
            (self.rates.get(&work)?, self.rates.get(&echo)?, self.rates.get(&Work::Fdatasync)?);
        let bound = |(echo, sync): (&f64, &f64)| 1.0 / (1.0 / echo + 1.0 / sync);
        let ratios = rates.iter().zip(echoes.iter().zip(syncs).map(bound)).map(|(rate, bound)| rate / bound);
        Some(median(&ratios.collect::<Vec<f64>>()))
    }
}

fn name(work: Work) -> String {
    let of = |clients: usize, batch: usize| {
        let events = if batch == 1 { "1 event".to_owned() } else { format!("{batch} events") };
        let clients = if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") };
        format!("{clients}, {events} a request")
    };
    match work {
        Work::Fdatasync => "fdatasync of 256 bytes, one after another".to_owned(),
        Work::Echo { clients, batch } => format!("bare tonic echo, {}", of(clients, batch)),
        Work::Append { clients, batch } => format!("durable append, {}", of(clients, batch)),
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
