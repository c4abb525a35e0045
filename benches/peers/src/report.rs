//! The tables: medians over the rounds, their ranges, and ratios round by round, since the machine's speed drifts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Plan;
use crate::store::Store;
use crate::work::{Measured, Work};

/// What the rounds measured.
pub(crate) struct Report {
    rounds: u64,
    seconds: u64,
    filled: u64,
    syncs: BTreeMap<Store, Option<(u64, u64)>>,
    measured: BTreeMap<(Work, Store), Vec<Measured>>,
}

impl Report {
    pub(crate) fn new(plan: &Plan) -> Self {
        Report {
            rounds: plan.rounds,
            seconds: plan.slice.as_secs(),
            filled: plan.filled,
            syncs: BTreeMap::new(),
            measured: BTreeMap::new(),
        }
    }

    pub(crate) fn syncs(&mut self, store: Store, counted: Option<(u64, u64)>) {
        self.syncs.insert(store, counted);
    }

    pub(crate) fn add(&mut self, store: Store, work: Work, measured: Measured) {
        self.measured.entry((work, store)).or_default().push(measured);
    }

    pub(crate) fn render(&self) -> String {
        let mut text = format!(
            "{} rounds of {} s, shuffled; contents compared after each\n\n| work | store | median | lowest to highest | of the echo | entente is |\n|---|---|---|---|---|---|\n",
            self.rounds, self.seconds
        );
        for ((work, store), all) in &self.measured {
            let rates: Vec<f64> = all.iter().filter_map(rate).collect();
            if rates.is_empty() {
                continue;
            }
            let (low, high) = range(&rates);
            let share = |other| self.ratio(*work, *store, other).map_or_else(String::new, |it| format!("{it:.2}"));
            let entente = self.ratio(*work, Store::Entente, *store).map_or_else(String::new, |it| format!("{it:.2} x"));
            let median = median(&rates);
            let (of_echo, name) = (share(Store::Echo), name(*work));
            let _ = writeln!(
                text,
                "| {name} | {} | {median:.0}/s | {low:.0} to {high:.0} | {of_echo} | {entente} |",
                store.word()
            );
        }
        if let Some(share) = self.of_one_sync_and_one_echo() {
            let _ = writeln!(text, "\nentente, 1 client: {share:.2} of one sync and one echo after another");
        }
        text + &self.latencies() + &self.filled() + &self.counted()
    }

    fn latencies(&self) -> String {
        let mut text = String::from(
            "\n| live, 200 appends a second | p50 ms | p99 ms | p99, lowest to highest |\n|---|---|---|---|\n",
        );
        for ((_, store), all) in &self.measured {
            let pairs: Vec<(f64, f64)> = all
                .iter()
                .filter_map(|it| match it {
                    Measured::Latency { p50, p99 } => Some((*p50, *p99)),
                    _ => None,
                })
                .collect();
            if pairs.is_empty() {
                continue;
            }
            let (p50, p99): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (low, high) = range(&p99);
            let _ = writeln!(
                text,
                "| {} | {:.2} | {:.2} | {low:.2} to {high:.2} |",
                store.word(),
                median(&p50),
                median(&p99)
            );
        }
        text
    }

    fn filled(&self) -> String {
        let mut text = format!(
            "\n| filled with {} events or more | disk, bytes an event | memory, MiB | ready after a kill, s |\n|---|---|---|---|\n",
            self.filled
        );
        for ((_, store), all) in &self.measured {
            let (mut disks, mut memories, mut starts) = (Vec::new(), Vec::new(), Vec::new());
            for it in all {
                if let Measured::Filled { disk, memory, start, .. } = it {
                    disks.push(*disk);
                    memories.push(*memory / f64::from(1 << 20));
                    starts.push(*start);
                }
            }
            if !disks.is_empty() {
                let (disk, memory, start) = (median(&disks), median(&memories), median(&starts));
                let _ = writeln!(text, "| {} | {disk:.0} | {memory:.0} | {start:.2} |", store.word());
            }
        }
        text
    }

    fn counted(&self) -> String {
        let mut text = String::new();
        for (store, counted) in &self.syncs {
            let _ = match counted {
                Some((appends, syncs)) => {
                    writeln!(text, "\n{}: {syncs} syncs for {appends} appends one after another", store.word())
                }
                None if store.keeps() => writeln!(text, "\n{}: syncs could not be counted here", store.word()),
                None => Ok(()),
            };
        }
        text
    }

    /// The median of the ratios round by round.
    fn ratio(&self, work: Work, store: Store, other: Store) -> Option<f64> {
        let of = |store| self.measured.get(&(work, store)).map(|all| all.iter().filter_map(rate).collect::<Vec<f64>>());
        let (rates, others) = (of(store)?, of(other)?);
        Some(median(&rates.iter().zip(&others).map(|(rate, other)| rate / other).collect::<Vec<f64>>()))
    }

    fn of_one_sync_and_one_echo(&self) -> Option<f64> {
        let work = Work::Append { clients: 1, batch: 1 };
        let of = |store| self.measured.get(&(work, store)).map(|all| all.iter().filter_map(rate).collect::<Vec<f64>>());
        let (rates, echoes, syncs) = (of(Store::Entente)?, of(Store::Echo)?, of(Store::Fdatasync)?);
        let bounds = echoes.iter().zip(&syncs).map(|(echo, sync)| 1.0 / (1.0 / echo + 1.0 / sync));
        Some(median(&rates.iter().zip(bounds).map(|(rate, bound)| rate / bound).collect::<Vec<f64>>()))
    }
}

fn rate(measured: &Measured) -> Option<f64> {
    match measured {
        Measured::Rate(rate) | Measured::Filled { read: rate, .. } => Some(*rate),
        Measured::Latency { .. } => None,
    }
}

fn name(work: Work) -> String {
    match work {
        Work::Append { clients, batch: 1 } => format!("append, {clients} clients"),
        Work::Append { clients, batch } => format!("append batches of {batch}, {clients} clients"),
        Work::AppendIf { clients } => format!("append with a precondition, {clients} clients"),
        Work::Stream { streams, window } => format!("append in {streams} streams, {window} under way on each"),
        Work::Read => "read everything, 1 client".to_owned(),
        Work::Follow { rate } => format!("follow {rate} appends a second"),
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
