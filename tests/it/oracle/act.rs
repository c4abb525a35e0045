//! One-off act: section 6 of the specification.

use serde_json::json;

use super::pledge::on_missing;
use super::record::{Record, View};
use super::terms::Terms;
use super::time::{Day, Instant, NEVER, day};
use super::verdict::Verdict;

/// The acts and reversals known by `as_of`, as steps of the running count.
struct Count {
    steps: Vec<(Instant, i64)>,
    target: i64,
}

impl Count {
    fn of(view: &View, terms: &Terms, as_of: Instant) -> Count {
        let target = terms.get("count").and_then(serde_json::Value::as_i64).unwrap_or(1);
        let done = view.effective("act", as_of).filter(|act| act.is_admissible && is_effective_stage(act));
        let undone = view.effective("reversal", as_of).filter(|reversal| reversal.is_admissible);
        let steps = done.map(|act| (act, 1)).chain(undone.map(|reversal| (reversal, -1)));
        let steps = steps.filter_map(|(record, sign)| Some((record.at?, sign * record.count()))).collect();
        Count { steps, target }
    }

    /// N at an instant, with what was performed at it.
    fn at(&self, instant: Instant) -> i64 {
        self.steps.iter().filter(|(at, _)| *at <= instant).map(|(_, step)| step).sum()
    }

    /// t: the first time that the target was reached.
    fn reached(&self) -> Option<Instant> {
        let times = self.steps.iter().map(|(at, _)| *at);
        times.filter(|at| self.at(*at) >= self.target).min()
    }
}

fn is_effective_stage(act: &Record) -> bool {
    act.text("stage").is_none_or(|stage| stage == "EFFECTIVE")
}

/// Judges one text at one instant.
pub(super) fn judge(view: &View, terms: &Terms, as_of: Instant) -> Verdict {
    let mut verdict = Verdict::new();
    verdict.flag_records(view, as_of);
    verdict.flag_if(terms.is_amended, "AMENDED");
    let is_claim = |record: &Record| !record.is_admissible && record.is_effective(as_of);
    let claims = view.of("act").chain(view.of("reversal")).any(is_claim);
    verdict.flag_if(claims, "INADMISSIBLE_CLAIM");

    let count = Count::of(view, terms, as_of);
    let reached = count.reached();
    let last = day(terms.text("through").expect("an act has a last day"));
    let cure_end = view.calendar.end_of(last + terms.int("cure_days") as Day);
    let persists = terms.text("persist_through").map(|through| view.calendar.end_of(day(through)));
    let final_end = cure_end.max(persists.unwrap_or(Instant::MIN));
    let start = terms.instant("effective_from").unwrap_or(Instant::MIN);
    verdict.status = status(view, terms, as_of, &count, &mut verdict);
    let is_ended = view.terminated(None, as_of).is_some_and(|at| at < final_end);
    verdict.lifecycle = if is_ended || view.is_instrument_void(as_of) {
        "TERMINATED"
    } else if as_of < start {
        "PENDING"
    } else if as_of >= final_end {
        "LAPSED"
    } else {
        "IN_FORCE"
    };
    let mut acts = view.effective("act", as_of).filter(|act| act.is_admissible);
    let (is_announced, is_done) = acts.by_ref().fold((false, false), |(announced, done), act| {
        let is_effective = is_effective_stage(act);
        (announced || !is_effective, done || is_effective)
    });
    verdict.flag_if(is_announced && !is_done, "ANNOUNCED_ONLY");
    let is_reversed = count.steps.iter().any(|(at, step)| *step < 0 && *at > reached.unwrap_or(NEVER));
    verdict.flag_if(is_reversed, "REVERSED");
    verdict.show("numbers", json!({"done": count.at(as_of).to_string(), "target": count.target.to_string()}));
    verdict.show("evidence", if count.steps.is_empty() { "NONE" } else { "SINGLE" });
    verdict
}

/// The rows of section 6, the first that matches. N at the persistence end is what it was when that time was over: what is
/// done or undone at the very end is outside of it (T1).
fn status(view: &View, terms: &Terms, as_of: Instant, count: &Count, verdict: &mut Verdict) -> &'static str {
    let calendar = &view.calendar;
    let start = terms.instant("effective_from").unwrap_or(Instant::MIN);
    let last = day(terms.text("through").expect("an act has a last day"));
    let last_cure = last + terms.int("cure_days") as Day;
    let lag = terms.int("reporting_lag_days") as Day;
    let (due, cure_end) = (calendar.end_of(last), calendar.end_of(last_cure));
    let persists = terms.text("persist_through").map(|through| calendar.end_of(day(through)));
    let reached = count.reached();
    let is_reached_before = |limit: Instant| reached.is_some_and(|at| at < limit);
    let is_below_now = count.at(as_of) < count.target;
    if view.is_instrument_void(as_of) {
        "MOOT"
    } else if as_of < start {
        "PENDING"
    } else if reached.is_some() && is_below_now && persists.is_some_and(|end| as_of < end) {
        "BREACHED"
    } else if persists.is_some_and(|end| as_of >= end && count.at(end - 1) < count.target) {
        "NOT_MET"
    } else if is_reached_before(due) {
        "MET"
    } else if is_reached_before(cure_end) {
        "MET_LATE"
    } else if view.is_waived(None, as_of) {
        "WAIVED"
    } else if view.terminated(None, as_of).is_some_and(|at| at < due) {
        "MOOT"
    } else if as_of < due {
        "OPEN"
    } else if as_of < calendar.end_of(last + lag) {
        verdict.flags.insert("AWAITING_DATA");
        "UNVERIFIED"
    } else if as_of < cure_end {
        "IN_GRACE"
    } else if reached.is_some() {
        verdict.flags.insert("LATE_PERFORMANCE");
        "NOT_MET"
    } else if as_of < calendar.end_of(last_cure + lag) {
        verdict.flags.insert("AWAITING_DATA");
        "UNVERIFIED"
    } else {
        on_missing(terms)
    }
}
