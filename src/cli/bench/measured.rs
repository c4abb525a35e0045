//! What one work measured.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::json;

/// The longest latency that is told apart from longer ones.
const LATENCY_MAX: Duration = Duration::from_secs(600);

/// What one work measured.
pub(super) struct Measured {
    /// The work, by its word.
    pub(super) work: &'static str,
    /// The same for people.
    pub(super) what: String,
    /// What is counted, such as "events".
    pub(super) unit: &'static str,
    /// How many of it.
    pub(super) done: u64,
    /// How many events that were acknowledged as recorded.
    pub(super) recorded: u64,
    /// In how long.
    pub(super) taken: Duration,
    /// How long each request, or delivery, took, in microseconds.
    pub(super) latency: Histogram<u64>,
    /// How many requests failed.
    pub(super) failed: u64,
    /// What the first of them was told.
    pub(super) fault: String,
}

/// What one client counts.
pub(super) struct Tally {
    pub(super) done: u64,
    pub(super) latency: Histogram<u64>,
    pub(super) failed: u64,
    pub(super) fault: String,
}

impl Tally {
    pub(super) fn new() -> Self {
        let highest = u64::try_from(LATENCY_MAX.as_micros()).unwrap_or(u64::MAX);
        let latency =
            Histogram::new_with_max(highest, 3).expect("three digits below ten minutes are within its bounds");
        Tally { done: 0, latency, failed: 0, fault: String::new() }
    }

    pub(super) fn count(&mut self, done: u64, took: Duration) {
        self.done += done;
        self.latency.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(super) fn fail(&mut self, why: &tonic::Status) {
        self.failed += 1;
        if self.fault.is_empty() {
            self.fault = why.message().to_owned();
        }
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.done += other.done;
        self.failed += other.failed;
        if self.fault.is_empty() {
            self.fault.clone_from(&other.fault);
        }
        self.latency += &other.latency;
    }
}

impl Measured {
    pub(super) fn per_second(&self) -> f64 {
        self.done as f64 / self.taken.as_secs_f64()
    }

    /// The latency that so many percent do not exceed.
    pub(super) fn milliseconds(&self, percent: f64) -> f64 {
        self.latency.value_at_percentile(percent) as f64 / 1000.0
    }

    pub(super) fn to_json(&self) -> anyhow::Result<String> {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        let at = |percent: f64| rounded(self.milliseconds(percent));
        let line = json!({
            "work": self.work,
            "done": self.done,
            "unit": self.unit,
            "seconds": rounded(self.taken.as_secs_f64()),
            "per_second": rounded(self.per_second()),
            "latency_ms": { "p50": at(50.0), "p90": at(90.0), "p99": at(99.0), "p99.9": at(99.9), "max": at(100.0) },
            "failed": self.failed,
        });
        Ok(serde_json::to_string(&line)?)
    }
}
