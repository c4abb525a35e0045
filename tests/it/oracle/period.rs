//! Periodic ceiling and licensing flow: sections 7 and 8 of the specification.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};
use serde_json::{Map, Value};

use super::number::{Number, number, show, whole};
use super::pledge::on_missing;
use super::record::{Record, View, text};
use super::terms::Terms;
use super::time::{Day, Instant, day};
use super::verdict::Verdict;

/// The verdict on one period.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Pass,
    Fail,
    Missing,
    Disputed,
    Skip,
    /// Skipped for want of applications: does not stand in the way of a final outcome.
    TooFew,
}

impl Mark {
    fn is_skipped(self) -> bool {
        matches!(self, Mark::Skip | Mark::TooFew)
    }

    fn label(self) -> &'static str {
        match self {
            Mark::Pass => "PASS",
            Mark::Fail => "FAIL",
            Mark::Missing => "MISSING",
            Mark::Disputed => "DISPUTED",
            Mark::Skip | Mark::TooFew => "SKIP",
        }
    }
}

struct Period<'t> {
    id: &'t str,
    last: Day,
}

struct Judge<'v> {
    view: &'v View<'v>,
    terms: &'v Terms<'v>,
    as_of: Instant,
    flags: BTreeSet<&'static str>,
    values: Map<String, Value>,
    /// The series heard, and whether two of them ever differed by more than is allowed.
    heard: BTreeSet<&'v str>,
    is_contested: bool,
}

/// Judges one text at one instant.
pub(super) fn judge(view: &View, terms: &Terms, as_of: Instant) -> Verdict {
    let mut verdict = Verdict::new();
    verdict.flag_records(view, as_of);
    verdict.flag_if(terms.is_amended, "AMENDED");
    let read = |json| Period {
        id: text(json, "id").unwrap_or_default(),
        last: day(text(json, "through").expect("a period has a last day")),
    };
    let mut periods: Vec<Period> = terms.list("periods").iter().map(read).collect();
    let all_end = periods.iter().map(|period| view.calendar.end_of(period.last)).max().unwrap_or(Instant::MIN);
    let terminated = view.terminated(None, as_of);
    periods.retain(|period| terminated.is_none_or(|at| view.calendar.end_of(period.last) <= at));
    let start = terms.instant("effective_from").unwrap_or(Instant::MIN);
    verdict.lifecycle = if view.is_instrument_void(as_of) {
        "TERMINATED"
    } else if as_of < start {
        "PENDING"
    } else if terminated.is_some_and(|at| at < all_end) {
        "TERMINATED"
    } else if as_of >= all_end {
        "LAPSED"
    } else {
        "IN_FORCE"
    };
    let (flags, values) = (BTreeSet::new(), Map::new());
    let mut judge = Judge { view, terms, as_of, flags, values, heard: BTreeSet::new(), is_contested: false };
    let marks: Vec<Mark> = periods.iter().map(|period| judge.mark(period)).collect();
    judge.flag_claims(terms);
    judge.flag_missing();
    let last_is_over = periods.last().is_none_or(|period| view.calendar.end_of(period.last) <= as_of);
    verdict.status = if view.is_instrument_void(as_of) {
        "MOOT"
    } else if as_of < start {
        "PENDING"
    } else {
        judge.status(&marks, last_is_over, verdict.lifecycle == "IN_FORCE")
    };
    let evidence = judge.evidence();
    verdict.flags.extend(judge.flags);
    if let Some(evidence) = evidence {
        verdict.show("evidence", evidence);
    }
    let labels = periods.iter().zip(&marks).map(|(period, mark)| (period.id.to_owned(), Value::from(mark.label())));
    verdict.show("periods", labels.collect::<Map<_, _>>());
    verdict.show("values", judge.values);
    verdict
}

impl<'v> Judge<'v> {
    fn end_of(&self, day: Day) -> Instant {
        self.view.calendar.end_of(day)
    }

    fn lag(&self) -> Day {
        self.terms.int("reporting_lag_days") as Day
    }

    fn mark(&mut self, period: &Period) -> Mark {
        if self.as_of < self.end_of(period.last) {
            return Mark::Skip;
        }
        let mark = if self.view.kind == "licensing_flow" { self.cohort(period) } else { self.metrics(period) };
        if mark == Mark::Fail && self.view.is_waived(Some(period.id), self.as_of) {
            self.flags.insert("WAIVER_APPLIED");
            return Mark::Pass;
        }
        mark
    }

    /// Section 7: the latest admissible record of each series, and the series rule.
    fn metrics(&mut self, period: &Period) -> Mark {
        let listed: Vec<&str> = self.terms.list("series").iter().filter_map(Value::as_str).collect();
        let primary = self.terms.text("primary");
        let mut latest: BTreeMap<&'v str, &'v Record<'v>> = BTreeMap::new();
        for record in self.view.of("metric").filter(|metric| metric.is_admissible && is_exact(metric)) {
            let series = record.text("series").unwrap_or_default();
            if record.text("period") == Some(period.id) && (listed.is_empty() || listed.contains(&series)) {
                latest.insert(series, record);
            }
        }
        let mut values: Vec<(&str, Number)> = Vec::new();
        for (series, record) in latest {
            let denominator = record.json.get("den").map_or(Some(whole(1)), number);
            match (number(&record.json["num"]), denominator) {
                (Some(_), Some(den)) if den.is_zero() => {
                    self.flags.insert("ZERO_DENOMINATOR");
                }
                (Some(num), Some(den)) => {
                    self.heard.insert(series);
                    values.push((series, num / den));
                }
                _ => {}
            }
        }
        let shown = values.iter().find(|(series, _)| primary.is_none() || Some(*series) == primary);
        if let Some((_, value)) = shown {
            self.values.insert(period.id.to_owned(), Value::from(show(value)));
        }
        self.compare(&values);
        let marks: Vec<Mark> = values.iter().map(|(_, value)| self.test(value)).collect();
        let is_split = marks.iter().any(|mark| *mark != marks[0]);
        if is_split {
            self.flags.insert("SOURCES_DISAGREE");
        }
        let found = match self.terms.text("series_rule").unwrap_or("PRIMARY") {
            "PRIMARY" => shown.map(|(_, value)| self.test(value)),
            "CONSERVATIVE" => marks.iter().find(|mark| **mark == Mark::Fail).or(marks.first()).copied(),
            _ if is_split => Some(Mark::Disputed),
            _ => marks.first().copied(),
        };
        found.unwrap_or_else(|| self.silent(self.end_of(period.last + self.lag())))
    }

    fn test(&self, value: &Number) -> Mark {
        let limit = self.terms.number("limit").unwrap_or_else(Number::zero);
        let passes = match self.terms.text("comparator").unwrap_or("LE") {
            "LT" => *value < limit,
            "GE" => *value >= limit,
            "GT" => *value > limit,
            _ => *value <= limit,
        };
        if passes { Mark::Pass } else { Mark::Fail }
    }

    fn compare(&mut self, values: &[(&str, Number)]) {
        let Some(allowed) = self.terms.number("disagreement_pct") else { return };
        for (at, (_, a)) in values.iter().enumerate() {
            for (_, b) in &values[at + 1..] {
                let larger = a.abs().max(b.abs());
                if (a - b).abs() > larger * &allowed / whole(100) {
                    self.is_contested = true;
                    self.flags.insert("SOURCES_DISAGREE");
                }
            }
        }
    }

    /// Nothing is known of a period that is over.
    fn silent(&mut self, lag_end: Instant) -> Mark {
        if self.as_of >= lag_end {
            return Mark::Missing;
        }
        self.flags.insert("AWAITING_DATA");
        Mark::Skip
    }

    /// Section 8: the latest snapshot that is over and covers the period.
    fn cohort(&mut self, period: &Period) -> Mark {
        let matures = period.last + self.terms.int("decide_within_days") as Day;
        let lag_end = self.end_of(matures + self.lag());
        let snapshots = self.view.of("cohort").filter(|cohort| {
            let is_over = cohort.to.is_some_and(|end| end <= self.as_of);
            cohort.is_admissible
                && cohort.text("period") == Some(period.id)
                && is_over
                && cohort.last >= Some(period.last)
        });
        let Some(snapshot) = snapshots.max_by_key(|cohort| cohort.last) else { return self.silent(lag_end) };
        self.heard.insert("");
        let count = |field: &str| snapshot.json.get(field).and_then(Value::as_i64).unwrap_or(0);
        let n = count("submitted") - count("withdrawn");
        if n != 0 {
            let share = whole(count("on_time")) / whole(n);
            self.values.insert(period.id.to_owned(), Value::from(show(&share)));
        }
        if n < self.terms.int("min_sample") {
            self.flags.insert("INSUFFICIENT_SAMPLE");
            return Mark::TooFew;
        }
        let needed = self.terms.number("min_share").unwrap_or_else(Number::zero) * whole(n);
        if whole(count("on_time")) >= needed {
            Mark::Pass
        } else if whole(n - count("late")) < needed || snapshot.last >= Some(matures) {
            Mark::Fail
        } else if self.as_of >= lag_end {
            Mark::Missing
        } else {
            self.flags.insert("IMMATURE_COHORT");
            Mark::Skip
        }
    }

    /// Section 7: the status over the sequence that is not skipped.
    fn status(&mut self, marks: &[Mark], last_is_over: bool, is_in_force: bool) -> &'static str {
        if last_is_over && !marks.is_empty() && marks.iter().all(|mark| *mark == Mark::TooFew) {
            return "MOOT";
        }
        let kept: Vec<Mark> = marks.iter().copied().filter(|mark| !mark.is_skipped()).collect();
        let is_curable = self.terms.text("cure") == Some("next_period");
        let is_cured = |at: usize| is_curable && kept.get(at + 1) == Some(&Mark::Pass);
        let fails: Vec<usize> = (0..kept.len()).filter(|at| kept[*at] == Mark::Fail).collect();
        let is_final = last_is_over && !marks.contains(&Mark::Skip);
        let Some(last) = kept.last() else { return "OPEN" };
        if kept.contains(&Mark::Disputed) {
            "DISPUTED"
        } else if kept.iter().all(|mark| *mark == Mark::Missing) {
            "UNVERIFIED"
        } else if is_final {
            if fails.iter().any(|at| !is_cured(*at)) {
                "NOT_MET"
            } else if kept.contains(&Mark::Missing) {
                on_missing(self.terms)
            } else if fails.is_empty() {
                "MET"
            } else {
                "CURED"
            }
        } else if *last == Mark::Missing {
            "UNVERIFIED"
        } else if *last == Mark::Fail {
            let is_repeated = kept.len() > 1 && kept[kept.len() - 2] == Mark::Fail;
            if is_curable && !is_repeated && is_in_force { "IN_GRACE" } else { "BREACHED" }
        } else if !fails.is_empty() {
            if !fails.iter().all(|at| is_cured(*at)) {
                self.flags.insert("CURED_LATE");
            }
            "CURED"
        } else {
            if kept.contains(&Mark::Missing) {
                self.flags.insert("COVERAGE_GAP");
            }
            "ON_TRACK"
        }
    }

    /// As in section 5: a series that the terms list and nobody has heard, unless it is the one that decides alone.
    fn flag_missing(&mut self) {
        let decides_alone = |name: &str| {
            self.terms.text("series_rule").unwrap_or("PRIMARY") == "PRIMARY" && Some(name) == self.terms.text("primary")
        };
        let mut listed = self.terms.list("series").iter().filter_map(Value::as_str);
        if listed.any(|name| !self.heard.contains(name) && !decides_alone(name)) {
            self.flags.insert("SERIES_MISSING");
        }
    }

    fn flag_claims(&mut self, terms: &Terms) {
        let last_days: BTreeMap<&str, Day> = terms
            .list("periods")
            .iter()
            .filter_map(|json| Some((text(json, "id")?, day(text(json, "through")?))))
            .collect();
        let records: Vec<&Record> = self.view.of("metric").chain(self.view.of("cohort")).collect();
        let is_begun = |record: &Record| {
            let last = record.text("period").and_then(|id| last_days.get(id));
            // A snapshot has its own last day; a figure has that of its period.
            record.to.or(last.map(|last| self.end_of(*last))).is_none_or(|end| end <= self.as_of)
        };
        let begun: Vec<&Record> = records.into_iter().filter(|record| is_begun(record)).collect();
        for record in begun {
            if !record.is_admissible {
                self.flags.insert("INADMISSIBLE_CLAIM");
            } else if !is_exact(record) {
                self.flags.insert("BOUND_ONLY");
            }
        }
    }

    /// None where several series are heard and the terms do not say when they disagree.
    fn evidence(&self) -> Option<&'static str> {
        match self.heard.len() {
            0 => Some("NONE"),
            1 => Some("SINGLE"),
            _ if self.is_contested => Some("CONTESTED"),
            _ => self.terms.get("disagreement_pct").map(|_| "CORROBORATED"),
        }
    }
}

/// A bound is shown and does not count, as in section 5.
fn is_exact(record: &Record) -> bool {
    record.text("bound").is_none_or(|bound| bound == "EXACT")
}
