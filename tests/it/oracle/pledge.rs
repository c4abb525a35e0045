//! Purchase pledge: the second half of section 5 of the specification (rows Q0 to Q14, series rules, roll-up, numbers).

use std::collections::BTreeSet;

use num_traits::{Signed, Zero};
use serde_json::{Map, Value};

use super::allocation::{Allocation, Item, Tranche, covered_until, items, tranches};
use super::number::{Number, number, show, whole};
use super::record::{Record, View};
use super::spans::holds;
use super::terms::Terms;
use super::time::{Day, Instant, month_label, months_after, show_day, whole_months};
use super::verdict::{Verdict, excused};

/// One series: what it says, and what each tranche gets of it.
struct Series {
    name: String,
    items: Vec<Item>,
    given: Allocation,
    /// D, by tranche.
    covered: Vec<Day>,
}

/// How one tranche stands in one series.
struct Standing {
    status: &'static str,
    row: &'static str,
    flags: Vec<&'static str>,
}

struct Pledge<'v> {
    view: &'v View<'v>,
    terms: &'v Terms<'v>,
    as_of: Instant,
    tranches: Vec<Tranche<'v>>,
    series: Vec<Series>,
    /// The index of the primary series.
    primary: usize,
    lag: Day,
}

/// Judges one text at one instant; without the numbers where nobody will look at them.
pub(super) fn judge(view: &View, terms: &Terms, as_of: Instant, is_full: bool) -> Verdict {
    let mut verdict = Verdict::new();
    verdict.flag_records(view, as_of);
    verdict.flag_if(terms.is_amended, "AMENDED");
    let claims = view.of("amount").any(|amount| !amount.is_admissible && amount.to.is_none_or(|end| end <= as_of));
    verdict.flag_if(claims, "INADMISSIBLE_CLAIM");
    let pledge = Pledge::gather(view, terms, as_of, &mut verdict);
    let mut statuses = Vec::new();
    for index in 0..pledge.tranches.len() {
        statuses.push(pledge.tranche(index, &mut verdict));
    }
    let evidence = pledge.evidence();
    verdict.flag_if(evidence == "CONTESTED", "SOURCES_DISAGREE");
    let plain: Vec<&str> = statuses.iter().map(|(status, _)| *status).collect();
    verdict.status = roll_up(&plain);
    verdict.lifecycle = pledge.lifecycle(&plain);
    verdict.show("evidence", evidence);
    if is_full {
        pledge.show(&statuses, &mut verdict);
    }
    verdict
}

impl<'v> Pledge<'v> {
    fn gather(view: &'v View<'v>, terms: &'v Terms<'v>, as_of: Instant, verdict: &mut Verdict) -> Pledge<'v> {
        let tranches = tranches(view, terms, as_of);
        let mut names: Vec<&str> = terms.list("series").iter().filter_map(Value::as_str).collect();
        if names.is_empty() {
            names = view
                .of("amount")
                .filter_map(|amount| amount.text("series"))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
        }
        let mut series = Vec::new();
        for name in &names {
            let items = items(view, terms, name, as_of, &mut verdict.flags);
            let given = Allocation::of(view, terms, &tranches, name, &items, as_of);
            verdict.flags.extend(&given.flags);
            let covered = tranches.iter().map(|tranche| covered_until(tranche, &items)).collect();
            series.push(Series { name: (*name).to_owned(), items, given, covered });
        }
        // What is claimed in a series that nobody hears is marked all the same.
        let series_of = |amount: &Record| amount.text("series").is_some_and(|name| names.contains(&name));
        let unheard: BTreeSet<&str> =
            view.of("amount").filter(|amount| !series_of(amount)).filter_map(|amount| amount.text("series")).collect();
        for name in unheard {
            items(view, terms, name, as_of, &mut verdict.flags);
        }
        let primary = names.iter().position(|name| Some(*name) == terms.text("primary")).unwrap_or(0);
        let lag = terms.int("reporting_lag_days") as Day;
        let pledge = Pledge { view, terms, as_of, tranches, series, primary, lag };
        pledge.flag_periods(verdict);
        pledge
    }

    /// The flags of periods that lie across an edge of a window, or beyond a hole.
    fn flag_periods(&self, verdict: &mut Verdict) {
        for series in &self.series {
            for (tranche, covered) in self.tranches.iter().zip(&series.covered) {
                for item in &series.items {
                    let due = tranche.moved_due();
                    verdict.flag_if(item.from < due && item.end > due, "STRADDLES_DUE");
                    let is_early = item.from < tranche.start && item.end > tranche.start;
                    verdict.flag_if(item.covers && is_early, "STRADDLES_START");
                    let is_in_window = item.from >= tranche.start && item.from < tranche.cure_end();
                    verdict.flag_if(item.covers && is_in_window && item.from > *covered, "COVERAGE_GAP");
                }
            }
        }
    }

    fn begins(&self, day: Day) -> Instant {
        self.view.calendar.start_of(day)
    }

    /// The instant at which the day before is over.
    fn ends(&self, day: Day) -> Instant {
        self.view.calendar.end_of(day - 1)
    }

    fn is_terminated_before_due(&self, tranche: &Tranche) -> bool {
        let due = self.ends(tranche.moved_due());
        self.view.terminated(Some(tranche.id), self.as_of).is_some_and(|at| at < due)
    }

    fn is_excused(&self, tranche: &Tranche) -> bool {
        let cure_end = self.ends(tranche.cure_end());
        let began: Vec<_> = excused(self.view, self.as_of).into_iter().filter(|(from, _)| *from < cure_end).collect();
        holds(&began, self.as_of)
    }

    /// E(D); none where the pace is NONE.
    fn expected(&self, index: usize, series: &Series) -> Option<Number> {
        let tranche = &self.tranches[index];
        let target = tranche.target(&series.name);
        let reached = series.covered[index];
        let pace = self.terms.get("pace")?;
        let share = match pace["method"].as_str()? {
            "LINEAR_DAYS" => {
                let excused = tranche.excused.iter().filter(|day| **day < reached).count() as i32;
                Number::new((reached - tranche.start - excused).into(), (tranche.due - tranche.start).into())
            }
            "LINEAR_MONTHS" => {
                match whole_months(tranche.start, tranche.due) {
                    // A window without a whole month is one step: all is expected once it is covered.
                    0 => whole(i64::from(reached >= tranche.due)),
                    total => Number::new(whole_months(tranche.start, reached).into(), total.into()),
                }
            }
            "SEASONAL" => {
                let weights = pace["weights"].as_object();
                let counted = weights.into_iter().flatten().filter(|(month, _)| {
                    let inside = months_inside(tranche.start, reached);
                    inside.contains(month)
                });
                counted.filter_map(|(_, weight)| number(weight)).fold(Number::zero(), |sum, weight| sum + weight)
            }
            _ => return None,
        };
        Some((target.clone() * share).min(target))
    }

    /// The table of section 5.
    fn standing(&self, index: usize, series: &Series) -> Standing {
        let (tranche, as_of) = (&self.tranches[index], self.as_of);
        let target = tranche.target(&series.name);
        let (due, cure_end) = (tranche.moved_due(), tranche.cure_end());
        let reached = series.covered[index];
        let is_terminated = self.is_terminated_before_due(tranche);
        let by = |day: Day| series.given.by(index, day);
        let is = |row, status| Standing { status, row, flags: Vec::new() };
        let flagged = |row, status, flag| Standing { status, row, flags: vec![flag] };
        if self.view.is_instrument_void(as_of) {
            is("Q0", "MOOT")
        } else if as_of < self.begins(tranche.start) && !is_terminated {
            is("Q1", "PENDING")
        } else if by(due) >= target {
            is("Q2", "MET")
        } else if as_of >= self.ends(due) && by(cure_end) >= target {
            is("Q3", "MET_LATE")
        } else if self.view.is_waived(Some(tranche.id), as_of) {
            is("Q4", "WAIVED")
        } else if self.is_excused(tranche) && !is_terminated {
            is("Q5", "EXCUSED")
        } else if is_terminated {
            is("Q6", "MOOT")
        } else if as_of < self.ends(due) {
            self.running(index, series, reached, by(reached))
        } else if reached < due && as_of < self.ends(due + self.lag) {
            flagged("Q10", "UNVERIFIED", "AWAITING_DATA")
        } else if as_of < self.ends(cure_end) {
            let flags = if reached < due { vec!["EVIDENCE_INCOMPLETE"] } else { Vec::new() };
            Standing { status: "IN_GRACE", row: "Q11", flags }
        } else if reached < cure_end && as_of < self.ends(cure_end + self.lag) {
            flagged("Q12", "UNVERIFIED", "AWAITING_DATA")
        } else if reached < cure_end {
            flagged("Q13", on_missing(self.terms), "EVIDENCE_INCOMPLETE")
        } else if series.given.total(index) >= target {
            flagged("Q14", "NOT_MET", "LATE_PERFORMANCE")
        } else {
            is("Q14", "NOT_MET")
        }
    }

    /// Q7 to Q9.
    fn running(&self, index: usize, series: &Series, reached: Day, performed: Number) -> Standing {
        let start = self.tranches[index].start;
        let is = |row, status| Standing { status, row, flags: Vec::new() };
        if reached == start {
            let is_silent = self.as_of >= self.begins(start + self.lag);
            return is("Q7", if is_silent { "UNVERIFIED" } else { "OPEN" });
        }
        let Some(expected) = self.expected(index, series) else { return is("Q8", "OPEN") };
        let tolerance = self.terms.get("pace").and_then(|pace| number(&pace["tolerance_pct"]));
        let tolerance = tolerance.unwrap_or_else(Number::zero) / whole(100);
        let is_on_track = performed >= expected * (whole(1) - tolerance);
        is("Q9", if is_on_track { "ON_TRACK" } else { "BEHIND" })
    }

    /// The series rule on one tranche: its status, and its row where one row decided.
    fn tranche(&self, index: usize, verdict: &mut Verdict) -> (&'static str, Option<&'static str>) {
        let Some(primary) = self.series.get(self.primary) else { return ("OPEN", None) };
        let rule = self.terms.text("series_rule").unwrap_or("PRIMARY");
        let heard: Vec<&Series> = self.series.iter().filter(|series| !series.items.is_empty()).collect();
        let all: Vec<Standing> = heard.iter().map(|series| self.standing(index, series)).collect();
        let is_missing =
            |at: usize, series: &Series| series.items.is_empty() && (rule != "PRIMARY" || at != self.primary);
        let missing = self.series.iter().enumerate().any(|(at, series)| is_missing(at, series));
        verdict.flag_if(missing, "SERIES_MISSING");
        verdict.flag_if(all.iter().any(|one| one.status != all[0].status), "SOURCES_DISAGREE");
        let used = if rule == "PRIMARY" || all.is_empty() { vec![self.standing(index, primary)] } else { all };
        for one in &used {
            verdict.flags.extend(&one.flags);
        }
        let status = match rule {
            "CONSERVATIVE" => {
                *WORST.iter().find(|worst| used.iter().any(|one| one.status == **worst)).unwrap_or(&"OPEN")
            }
            _ if used.iter().all(|one| one.status == used[0].status) => used[0].status,
            _ => "DISPUTED",
        };
        let mut deciding = used.iter().filter(|one| one.status == status).map(|one| one.row);
        let row = deciding.next().filter(|row| deciding.all(|other| other == *row));
        (status, row)
    }

    fn evidence(&self) -> &'static str {
        let heard: Vec<&Series> = self.series.iter().filter(|series| !series.items.is_empty()).collect();
        let is_contested = heard.iter().enumerate().any(|(at, a)| heard[at + 1..].iter().any(|b| self.differ(a, b)));
        match heard.len() {
            0 => "NONE",
            1 => "SINGLE",
            _ if is_contested => "CONTESTED",
            _ => "CORROBORATED",
        }
    }

    /// Whether the totals of two series over what both cover differ by more than is allowed. Common coverage is the days
    /// that both cover with whole periods, as a period is never split (T5).
    fn differ(&self, a: &Series, b: &Series) -> bool {
        let Some(allowed) = self.terms.number("disagreement_pct") else { return false };
        let covering = |series: &'_ Series| -> Vec<(Day, Day, Number)> {
            let items = series.items.iter().filter(|item| item.covers);
            items.map(|item| (item.from, item.end, item.value.clone())).collect()
        };
        let (mut a, mut b) = (covering(a), covering(b));
        loop {
            let days = |items: &[(Day, Day, Number)]| -> BTreeSet<Day> {
                items.iter().flat_map(|(from, end, _)| *from..*end).collect()
            };
            let common: BTreeSet<Day> = days(&a).intersection(&days(&b)).copied().collect();
            let before = a.len() + b.len();
            a.retain(|(from, end, _)| (*from..*end).all(|day| common.contains(&day)));
            b.retain(|(from, end, _)| (*from..*end).all(|day| common.contains(&day)));
            if a.len() + b.len() == before {
                break;
            }
        }
        let total = |items: &[(Day, Day, Number)]| items.iter().map(|item| &item.2).sum::<Number>();
        let (a, b) = (total(&a), total(&b));
        (&a - &b).abs() > a.abs().max(b.abs()) * allowed / whole(100)
    }

    fn lifecycle(&self, statuses: &[&str]) -> &'static str {
        let last = self.tranches.iter().map(Tranche::cure_end).max().map_or(Instant::MAX, |day| self.ends(day));
        if self.view.terminated(None, self.as_of).is_some_and(|at| at < last) {
            "TERMINATED"
        } else if statuses.contains(&"EXCUSED") {
            "SUSPENDED"
        } else if statuses.iter().all(|status| *status == "PENDING") {
            "PENDING"
        } else if self.as_of >= last {
            "LAPSED"
        } else {
            "IN_FORCE"
        }
    }

    fn show(&self, statuses: &[(&'static str, Option<&'static str>)], verdict: &mut Verdict) {
        let (mut by_tranche, mut rows, mut numbers) = (Map::new(), Map::new(), Map::new());
        let spoken = |series: &&Series| !series.items.is_empty();
        let primary = self.series.get(self.primary);
        let Some(shown) = primary.filter(spoken).or(self.series.iter().find(spoken)).or(primary) else { return };
        let mut latest = None;
        for (index, (tranche, (status, row))) in self.tranches.iter().zip(statuses).enumerate() {
            let own = self.numbers(index, shown);
            if self.as_of >= self.begins(tranche.start) {
                latest = Some(own.clone());
            }
            by_tranche.insert(tranche.id.to_owned(), Value::from(*status));
            if let Some(row) = row {
                rows.insert(tranche.id.to_owned(), Value::from(*row));
            }
            numbers.insert(tranche.id.to_owned(), own);
        }
        verdict.show("tranches", by_tranche);
        verdict.show("rows", rows);
        verdict.show("tranche_numbers", numbers);
        if let Some(latest) = latest {
            verdict.show("numbers", latest);
        }
    }

    fn numbers(&self, index: usize, series: &Series) -> Value {
        let tranche = &self.tranches[index];
        let target = tranche.target(&series.name);
        let performed = series.given.total(index);
        let reached = series.covered[index];
        let shortfall = (&target - &performed).max(Number::zero());
        let days = tranche.moved_due() - reached;
        let mut numbers = Map::new();
        let mut put = |key: &str, value: Option<Number>| {
            numbers.insert(key.to_owned(), Value::from(value.as_ref().map(show)));
        };
        put("required_per_day", (days > 0).then(|| &shortfall / whole(days.into())));
        put("ratio", (!target.is_zero()).then(|| &performed / &target));
        put("expected", self.expected(index, series));
        put("performed", Some(performed));
        put("target", Some(target));
        put("shortfall", Some(shortfall));
        let through = (reached > tranche.start).then(|| show_day(reached - 1));
        numbers.insert("data_through".to_owned(), Value::from(through));
        Value::Object(numbers)
    }
}

/// The order of CONSERVATIVE, worst first.
const WORST: [&str; 15] = [
    "NOT_MET",
    "BREACHED",
    "DISPUTED",
    "IN_GRACE",
    "UNVERIFIED",
    "BEHIND",
    "EXCUSED",
    "ON_TRACK",
    "OPEN",
    "PENDING",
    "CURED",
    "MET_LATE",
    "WAIVED",
    "MOOT",
    "MET",
];

/// The roll-up over tranches.
fn roll_up(statuses: &[&'static str]) -> &'static str {
    const RUNNING: [&str; 9] =
        ["NOT_MET", "BREACHED", "DISPUTED", "IN_GRACE", "UNVERIFIED", "BEHIND", "EXCUSED", "ON_TRACK", "OPEN"];
    const FINAL: [&str; 5] = ["CURED", "MET_LATE", "MET", "WAIVED", "MOOT"];
    let first = |order: &[&'static str]| order.iter().find(|status| statuses.contains(status)).copied();
    if let Some(found) = first(&RUNNING) {
        found
    } else if statuses.iter().all(|status| *status == "PENDING") {
        "PENDING"
    } else if statuses.contains(&"PENDING") {
        "OPEN"
    } else {
        first(&FINAL).unwrap_or("OPEN")
    }
}

/// What silence means after the lag; where the terms do not say, nobody knows.
pub(super) fn on_missing(terms: &Terms) -> &'static str {
    if terms.text("on_missing") == Some("NOT_MET") { "NOT_MET" } else { "UNVERIFIED" }
}

/// The labels of the calendar months that lie fully between two days.
fn months_inside(start: Day, end: Day) -> Vec<String> {
    let mut labels = Vec::new();
    let mut month = super::time::first_of_month(start);
    while months_after(month, 1, false) <= end {
        if month >= start {
            labels.push(month_label(month));
        }
        month = months_after(month, 1, false);
    }
    labels
}
