//! The table: median, p99 and first of each question, beside the limit measured in the same run.

use std::time::Duration;

/// What a run measured.
#[derive(Default)]
pub(crate) struct Table {
    heading: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    question: String,
    median: Duration,
    p99: Duration,
    first: Duration,
    times: usize,
    limit: Option<(&'static str, Duration)>,
}

impl Table {
    /// A line above the table.
    pub(crate) fn say(&mut self, line: String) {
        eprintln!("{line}");
        self.heading.push(line);
    }

    /// How long a question took, each time it was asked, in the order of asking.
    pub(crate) fn add(&mut self, question: &str, took: &[Duration], limit: Option<(&'static str, Duration)>) {
        let mut sorted = took.to_vec();
        sorted.sort_unstable();
        let at = |share: usize| sorted.get((sorted.len() * share / 100).min(sorted.len().saturating_sub(1)));
        let row = Row {
            question: question.to_owned(),
            median: at(50).copied().unwrap_or_default(),
            p99: at(99).copied().unwrap_or_default(),
            first: took.first().copied().unwrap_or_default(),
            times: took.len(),
            limit,
        };
        eprintln!("{}", row.render());
        self.rows.push(row);
    }

    pub(crate) fn render(&self) -> String {
        let mut text = self.heading.iter().map(|line| format!("{line}\n")).collect::<String>();
        text.push_str(
            "\n| question | median | p99 | first | times | limit in the same run |\n|---|---|---|---|---|---|\n",
        );
        self.rows.iter().for_each(|row| {
            text.push_str(&row.render());
            text.push('\n');
        });
        text
    }
}

impl Row {
    fn render(&self) -> String {
        let limit = self.limit.as_ref().map_or_else(
            || "-".to_owned(),
            |(name, took)| {
                let ratio = self.median.as_secs_f64() / took.as_secs_f64();
                format!("{}, {name}: {ratio:.1} times", spell(*took))
            },
        );
        let Row { question, median, p99, first, times, .. } = self;
        format!("| {question} | {} | {} | {} | {times} | {limit} |", spell(*median), spell(*p99), spell(*first))
    }
}

/// The middle of some durations.
pub(crate) fn median(took: &[Duration]) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A duration in the unit that suits it.
pub(crate) fn spell(took: Duration) -> String {
    match took.as_nanos() {
        nanos if nanos < 1_000_000 => format!("{:.1} us", took.as_secs_f64() * 1e6),
        nanos if nanos < 1_000_000_000 => format!("{:.2} ms", took.as_secs_f64() * 1e3),
        _ => format!("{:.2} s", took.as_secs_f64()),
    }
}
