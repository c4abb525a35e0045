//! Measure suspension and rate ceiling: section 4 of the specification.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::number::{Number, number, show};
use super::record::{Record, View};
use super::spans::{Span, holds, meet, merged, span, within, without};
use super::terms::Terms;
use super::time::{DAY_SECONDS, Instant, NEVER, show_instant};
use super::verdict::{Verdict, excused, is_triggered, triggered};
use num_traits::Zero;

/// What the records say of the duty, as of one instant and under one text.
struct Duty<'v> {
    view: &'v View<'v>,
    terms: &'v Terms<'v>,
    as_of: Instant,
    start: Instant,
    end: Instant,
    /// Whether a termination or a snapback ended it, or will have: before the term's own end.
    is_ended_by_act: bool,
    is_snapped_back: bool,
    waived: Vec<Span>,
    excused: Vec<Span>,
    suspended: Vec<Span>,
    cleared: Vec<Span>,
    /// Applied and not contested, before anything is taken off.
    applied: Vec<Span>,
    /// Applied and contested, before anything is taken off.
    contested: Vec<Span>,
    /// Whether a finding of BREACH confirmed an observation that was contested.
    is_confirmed: bool,
}

/// One breach.
struct Breach {
    from: Instant,
    to: Instant,
    cure_end: Instant,
    awaits_notice: bool,
    is_over: bool,
}

impl Breach {
    fn is_late(&self) -> bool {
        self.is_over && self.to > self.cure_end
    }
}

/// Judges one text at one instant.
pub(super) fn judge(view: &View, terms: &Terms, as_of: Instant) -> Verdict {
    let duty = Duty::gather(view, terms, as_of);
    let mut verdict = Verdict::new();
    verdict.flag_records(view, as_of);
    duty.flag(&mut verdict);
    let open = duty.taken_off(&duty.contested, true);
    let breaches = duty.breaches(&mut verdict);
    let (row, lifecycle, status) = duty.row(&breaches, !open.is_empty(), &mut verdict);
    verdict.lifecycle = lifecycle;
    verdict.status = status;
    if view.kind == "rate_ceiling" {
        let value = duty.rate(as_of);
        verdict.show("value", value.as_ref().map(show));
        if value.is_none() && !matches!(row, "M0" | "M0a" | "M1") {
            // No row decided, so what only a row says is not said.
            verdict.status = "UNVERIFIED";
            verdict.flags.remove("CURED_LATE");
            verdict.flags.remove("ENDED_IN_BREACH");
        } else {
            verdict.show("row", row);
        }
    } else {
        verdict.show("row", row);
        verdict.show("measure_in_effect", duty.measure_in_effect());
    }
    let listed = breaches.iter().map(|breach| {
        let to = breach.is_over.then(|| show_instant(breach.to));
        json!({"from": show_instant(breach.from), "to": to})
    });
    verdict.show("breaches", listed.collect::<Vec<Value>>());
    verdict.show("evidence", duty.evidence());
    verdict
}

impl<'v> Duty<'v> {
    fn gather(view: &'v View<'v>, terms: &'v Terms<'v>, as_of: Instant) -> Duty<'v> {
        let own_end = terms.spans.last().map_or(Instant::MIN, |last| last.1);
        let mut duty = Duty {
            view,
            terms,
            as_of,
            start: terms.instant("effective_from").unwrap_or(Instant::MIN),
            end: own_end,
            is_ended_by_act: false,
            is_snapped_back: false,
            waived: Vec::new(),
            excused: excused(view, as_of),
            suspended: Vec::new(),
            cleared: Vec::new(),
            applied: Vec::new(),
            contested: Vec::new(),
            is_confirmed: false,
        };
        let terminated = view.terminated(None, as_of).unwrap_or(NEVER);
        let snapback = duty.snapback().unwrap_or(NEVER);
        duty.end = own_end.min(terminated).min(snapback);
        duty.is_ended_by_act = duty.end < own_end;
        duty.is_snapped_back = duty.is_ended_by_act && duty.end == snapback;
        let waivers = view.waivers(as_of);
        let covers = |waiver: &Record| waiver.text("covers_from").map(super::time::instant).or(waiver.at);
        duty.waived = waivers.map(|waiver| span(covers(waiver).unwrap_or(Instant::MIN), waiver.to)).collect();
        // Without a right in the terms there is nothing to exercise.
        if view.commitment["depends_on"]["effect"] == "RIGHT_TO_SUSPEND" {
            duty.suspended = view.effective("exercise_suspension", as_of).map(Record::span).collect();
        }
        if view.commitment["depends_on"]["effect"] == "AUTO_SUSPEND" {
            duty.suspended.extend(triggered(view, as_of));
        }
        duty.cleared = duty.findings("NO_BREACH").map(Record::span).collect();
        duty.observe();
        duty.applied.extend(duty.implement_late());
        duty.applied.extend(duty.over_the_limit());
        duty
    }

    fn findings(&self, verdict: &'static str) -> impl Iterator<Item = &'v Record<'v>> {
        let found = self.view.effective("finding", self.as_of);
        found.filter(move |finding| finding.text("verdict") == Some(verdict))
    }

    /// Sorts APPLIED observations into contested ones and others.
    fn observe(&mut self) {
        let seen = self.view.of("observe").filter(|seen| seen.is_admissible && seen.has_begun(self.as_of));
        let (applied, not): (Vec<_>, Vec<_>) = seen.partition(|seen| seen.text("state") == Some("APPLIED"));
        for one in applied {
            let is_denied = not.iter().any(|other| other.class != one.class && meet(other.span(), one.span()));
            let is_confirmed = self.findings("BREACH").any(|finding| meet(finding.span(), one.span()));
            self.is_confirmed |= is_denied && is_confirmed;
            let list = if is_denied && !is_confirmed { &mut self.contested } else { &mut self.applied };
            list.push(one.span());
        }
    }

    fn implemented(&self) -> Option<Instant> {
        let done = self.view.effective("implement", self.as_of).filter(|done| done.is_admissible);
        done.filter_map(|done| done.at).min()
    }

    fn implement_late(&self) -> Option<Span> {
        self.terms.instant("implement_by").map(|by| span(by, self.implemented()))
    }

    /// The components' rates known at an instant; none where no rate is known at all.
    fn rate(&self, at: Instant) -> Option<Number> {
        let mut set: Vec<_> = self.view.effective("rate_set", at).filter(|rate| rate.is_admissible).collect();
        set.sort_by_key(|rate| rate.at);
        let mut components = BTreeMap::new();
        for rate in set {
            components.insert(rate.text("component").unwrap_or_default(), number(&rate.json["rate"]));
        }
        if components.is_empty() {
            return None;
        }
        Some(components.into_values().flatten().fold(Number::zero(), |sum, rate| sum + rate))
    }

    fn over_the_limit(&self) -> Vec<Span> {
        let Some(limit) = self.terms.number("limit") else { return Vec::new() };
        let mut turns: Vec<_> = self.view.effective("rate_set", self.as_of).filter_map(|rate| rate.at).collect();
        turns.sort_unstable();
        let mut over = Vec::new();
        for (index, turn) in turns.iter().enumerate() {
            if self.rate(*turn).is_some_and(|rate| rate > limit) {
                over.push((*turn, turns.get(index + 1).copied().unwrap_or(NEVER)));
            }
        }
        over
    }

    fn is_from_obligee(&self, record: &Record) -> bool {
        self.view.is_from_obligee(record)
    }

    /// The notices of non-compliance that count, each with the instant its clock ends; resolved ones left out.
    fn clocks(&self) -> Vec<Span> {
        let Some(days) = self.terms.get("snapback").and_then(|snapback| snapback["notice_days"].as_i64()) else {
            return Vec::new();
        };
        let notices = self.view.effective("notify_noncompliance", self.as_of);
        let clocks = notices.filter(|notice| self.is_from_obligee(notice)).filter_map(|notice| {
            let from = notice.at?;
            let to = from + days * DAY_SECONDS;
            let mut resolves = self.view.effective("resolve", self.as_of);
            let is_resolved = resolves.any(|resolve| {
                resolve.text("target") == Some(notice.id) && resolve.at.is_some_and(|at| from <= at && at < to)
            });
            (!is_resolved).then_some((from, to))
        });
        clocks.collect()
    }

    /// The first clock that has run out by `as_of`.
    fn snapback(&self) -> Option<Instant> {
        self.clocks().into_iter().map(|(_, to)| to).filter(|to| *to <= self.as_of).min()
    }

    /// Clipped to the term and reduced, as far as begun by `as_of`.
    fn taken_off(&self, spans: &[Span], is_protection_taken: bool) -> Vec<Span> {
        let term: Vec<Span> = self.terms.spans.iter().map(|(from, to)| (*from, (*to).min(self.end))).collect();
        let mut left = within(spans, &term);
        for taken in [&self.waived, &self.excused, &self.suspended, &self.cleared] {
            left = without(&left, taken);
        }
        if is_protection_taken {
            left = without(&left, &self.terms.protected);
        }
        left.retain(|(from, _)| *from <= self.as_of);
        left
    }

    fn breaches(&self, verdict: &mut Verdict) -> Vec<Breach> {
        let tolerated = self.terms.int("tolerance_hours") * 3600;
        let mut kept = Vec::new();
        for (from, to) in merged(self.taken_off(&self.applied, true)) {
            let length = to.min(self.as_of).min(self.end) - from;
            verdict.flag_if(length < tolerated, "DE_MINIMIS");
            if length >= tolerated {
                kept.push((from, to));
            }
        }
        let breaches: Vec<Breach> = kept.iter().enumerate().map(|(index, span)| self.breach(index, *span)).collect();
        verdict.flag_if(breaches.iter().any(|breach| breach.awaits_notice), "AWAITING_NOTICE");
        breaches
    }

    fn breach(&self, before: usize, (from, to): Span) -> Breach {
        let is_over = to <= self.as_of && to != self.end;
        let mut breach = Breach { from, to, cure_end: from, awaits_notice: false, is_over };
        let Some(cure) = self.terms.get("cure") else { return breach };
        let max = cure.get("max").and_then(Value::as_u64);
        if max.is_some_and(|max| before as u64 >= max) {
            return breach;
        }
        let days = cure["days"].as_i64().unwrap_or(0) * DAY_SECONDS;
        if cure["from"] == "notice" {
            let notices = self.view.effective("notice", self.as_of).filter(|notice| self.is_from_obligee(notice));
            let first = notices.filter_map(|notice| notice.at).filter(|at| *at >= from).min();
            breach.cure_end = first.map_or(NEVER, |at| at + days);
            breach.awaits_notice = first.is_none();
        } else {
            breach.cure_end = from + days;
        }
        breach
    }

    /// The table of section 4.
    fn row(
        &self,
        breaches: &[Breach],
        is_contested: bool,
        verdict: &mut Verdict,
    ) -> (&'static str, &'static str, &'static str) {
        let as_of = self.as_of;
        if self.view.is_instrument_void(as_of) {
            return ("M0", "TERMINATED", "MOOT");
        }
        if self.is_ended_by_act && self.end <= self.start {
            return ("M0a", "TERMINATED", "MOOT");
        }
        if as_of < self.start {
            return ("M1", "PENDING", "PENDING");
        }
        let is_late = breaches.iter().any(Breach::is_late);
        if as_of < self.end {
            let is_suspended = holds(&self.suspended, as_of);
            verdict.flag_if(is_suspended, "RECIPROCAL_SUSPENSION");
            let lifecycle = if is_suspended { "SUSPENDED" } else { "IN_FORCE" };
            let (row, status) = self.live_row(breaches, is_contested, is_suspended);
            verdict.flag_if(row == "M7" && is_late, "CURED_LATE");
            return (row, lifecycle, status);
        }
        let lifecycle = if self.is_ended_by_act { "TERMINATED" } else { "LAPSED" };
        let is_ongoing = breaches.iter().any(|breach| breach.to == self.end);
        verdict.flag_if(is_ongoing, "ENDED_IN_BREACH");
        if is_ongoing || is_late {
            ("M9", lifecycle, "NOT_MET")
        } else if is_contested {
            ("M10", lifecycle, "DISPUTED")
        } else if !breaches.is_empty() {
            ("M11", lifecycle, "CURED")
        } else {
            ("M12", lifecycle, "MET")
        }
    }

    fn live_row(&self, breaches: &[Breach], is_contested: bool, is_suspended: bool) -> (&'static str, &'static str) {
        if let Some(breach) = breaches.iter().find(|breach| !breach.is_over) {
            return if self.as_of < breach.cure_end { ("M2", "IN_GRACE") } else { ("M3", "BREACHED") };
        }
        let is_applied = holds(&self.applied, self.as_of);
        if is_contested {
            ("M4", "DISPUTED")
        } else if is_suspended {
            ("M5", "EXCUSED")
        } else if is_applied && holds(&self.waived, self.as_of) {
            ("M6", "WAIVED")
        } else if is_applied && holds(&self.excused, self.as_of) {
            ("M6", "EXCUSED")
        } else if !breaches.is_empty() {
            ("M7", "CURED")
        } else {
            ("M8", "ON_TRACK")
        }
    }

    fn flag(&self, verdict: &mut Verdict) {
        let (view, as_of) = (self.view, self.as_of);
        verdict.flag_if(self.terms.is_amended, "AMENDED");
        verdict.flag_if(self.terms.is_revived(), "REVIVED_AFTER_LAPSE");
        verdict.flag_if(self.terms.is_extended_retroactively, "EXTENDED_RETROACTIVELY");
        let begun = [(Instant::MIN, as_of + 1)];
        let left = |spans: &[Span], is_taken: bool| within(&self.taken_off(spans, is_taken), &begun);
        let matters = |spans: &[Span]| left(spans, true) != left(spans, false);
        verdict.flag_if(matters(&self.applied) || matters(&self.contested), "RETRO_PROTECTED");
        verdict.flag_if(!self.cleared.is_empty() || self.is_confirmed, "FINDING_APPLIED");
        verdict.flag_if(!self.contested.is_empty(), "SOURCES_DISAGREE");
        verdict.flag_if(self.is_basis_void(), "LEGAL_BASIS_VOID");
        if let Some(by) = self.terms.instant("implement_by") {
            let done = self.implemented();
            verdict.flag_if(done.is_none() && as_of >= by, "NOT_IMPLEMENTED");
            verdict.flag_if(done.is_some_and(|done| done > by), "IMPLEMENTED_LATE");
        }
        let is_running = as_of < self.end && self.clocks().iter().any(|(from, to)| *from <= as_of && as_of < *to);
        verdict.flag_if(is_running, "SNAPBACK_CLOCK_RUNNING");
        verdict.flag_if(self.is_snapped_back, "SNAPBACK");
        let is_exercised = view.effective("exercise_suspension", as_of).next().is_some();
        let is_right = view.commitment["depends_on"]["effect"] == "RIGHT_TO_SUSPEND";
        verdict.flag_if(is_right && !is_exercised && is_triggered(view, as_of), "RECIPROCAL_RIGHT_AVAILABLE");
        let is_claim = |record: &&Record| !record.is_admissible && record.has_begun(as_of);
        let kinds = ["observe", "rate_set", "implement", "measure_void"];
        let claims = kinds.into_iter().any(|kind| view.of(kind).any(|record| is_claim(&record)));
        verdict.flag_if(claims, "INADMISSIBLE_CLAIM");
    }

    fn is_basis_void(&self) -> bool {
        self.view.effective("measure_void", self.as_of).any(|void| void.is_admissible)
    }

    fn measure_in_effect(&self) -> Option<bool> {
        if self.is_basis_void() {
            Some(false)
        } else if self.as_of < self.start {
            Some(true)
        } else if self.as_of >= self.end {
            Some(self.terms.text("on_end") == Some("revive"))
        } else if holds(&self.applied, self.as_of) {
            Some(true)
        } else if holds(&self.contested, self.as_of) && !holds(&self.cleared, self.as_of) {
            None
        } else {
            Some(false)
        }
    }

    /// Every record of a class that counts is evidence: what was seen, the rates set, and the doing of what was promised.
    fn evidence(&self) -> &'static str {
        let counted = self.view.of("observe").chain(self.view.of("rate_set")).chain(self.view.of("implement"));
        let counted = counted.filter(|record| record.is_admissible && record.has_begun(self.as_of));
        let classes: std::collections::BTreeSet<_> = counted.map(|record| record.class).collect();
        match classes.len() {
            _ if !self.contested.is_empty() => "CONTESTED",
            0 => "NONE",
            1 => "SINGLE",
            _ => "CORROBORATED",
        }
    }
}
