//! Breach: what is taken out of the time in which a measure was applied, and what is left of it (specification,
//! section 4).

use super::super::case::Case;
use super::super::intervals::{Span, Spans};
use super::super::{Breach, SpanGround};
use super::applied::{Applied, Trace};
use super::ending::Ending;
use crate::domain::event::Verdict;
use crate::domain::terms::{CureFrom, Maintenance, ReciprocalEffect};
use crate::domain::{Instant, Position};

/// Time that is no breach whatever was applied in it.
pub(super) struct Reductions {
    /// Covered by a valid waiver.
    pub(super) waived: Spans,
    /// Covered by an accepted excuse.
    pub(super) excused: Spans,
    /// The duty was suspended.
    pub(super) suspended: Spans,
    /// A finding says that there was no breach.
    pub(super) cleared: Spans,
    /// An extension came too late to be known (K4).
    pub(super) protected: Spans,
    /// Each span of relief with the events behind it.
    pub(super) sources: Vec<Trace>,
    /// Each use of a right to suspend.
    pub(super) exercises: Vec<Trace>,
}

impl Reductions {
    /// What is known and effective at `as_of`.
    pub(super) fn at(case: &Case<'_>, applied: &Applied, protected: &Spans, as_of: Instant) -> Self {
        let trace = |span: Span, ground: SpanGround, positions: Vec<Position>| Trace { span, ground, positions };
        let granted = case.relief.granted(as_of);
        let waivers: Vec<Trace> = granted.map(|w| trace(w.span(), SpanGround::Waived, vec![w.position()])).collect();
        let accepted = case.relief.accepted(as_of);
        let excuses: Vec<Trace> =
            accepted.map(|e| trace(e.span, SpanGround::Excused, e.positions().collect())).collect();
        let findings = case
            .records
            .findings
            .iter()
            .filter(|finding| finding.body.verdict == Verdict::NoBreach && finding.body.effective_at.at <= as_of);
        let cleared: Vec<Trace> = findings
            .map(|f| trace(Span::new(f.body.from, f.body.until), SpanGround::Cleared, vec![f.position()]))
            .collect();
        let exercises = exercises(case, as_of);
        let suspended = match &case.reciprocity {
            Some(reciprocity) if reciprocity.effect == ReciprocalEffect::AutoSuspend => reciprocity.triggered.clone(),
            _ => time(&exercises),
        };
        Reductions {
            waived: time(&waivers),
            excused: time(&excuses),
            suspended,
            cleared: time(&cleared),
            protected: protected.clone(),
            // Where nothing was applied, relief explains nothing.
            sources: if applied.time().is_empty() { Vec::new() } else { [waivers, excuses, cleared].concat() },
            exercises,
        }
    }

    /// What is left of a time within the term.
    pub(super) fn reduce(&self, time: &Spans, term: &Spans) -> Spans {
        self.reduce_but_protection(time, term).minus(&self.protected)
    }

    /// The same without regard to protected time.
    pub(super) fn reduce_but_protection(&self, time: &Spans, term: &Spans) -> Spans {
        let within = time.within(term);
        within.minus(&self.waived).minus(&self.excused).minus(&self.suspended).minus(&self.cleared)
    }

    /// The events of relief that bear on a span.
    pub(super) fn bearing_on(&self, span: Span) -> impl Iterator<Item = Position> {
        let all = self.sources.iter().chain(&self.exercises);
        all.filter(move |trace| trace.span.meets(span)).flat_map(|trace| trace.positions.iter().copied())
    }

    /// The events by which the duty is suspended at an instant.
    pub(super) fn suspending(&self, as_of: Instant) -> impl Iterator<Item = Position> {
        let holding = self.exercises.iter().filter(move |trace| trace.span.holds(as_of));
        holding.flat_map(|trace| trace.positions.iter().copied())
    }
}

/// The exercises of a right to suspend that have begun by then; without such a right there is nothing to exercise.
fn exercises(case: &Case<'_>, as_of: Instant) -> Vec<Trace> {
    if case.reciprocity.as_ref().is_none_or(|r| r.effect != ReciprocalEffect::RightToSuspend) {
        return Vec::new();
    }
    let begun = case.records.exercises.iter().filter(|record| record.body.effective_at.at <= as_of);
    let traces = begun.map(|record| Trace {
        span: Span::new(record.body.effective_at.at, record.body.until),
        ground: SpanGround::Suspended,
        positions: vec![record.position()],
    });
    traces.collect()
}

fn time(traces: &[Trace]) -> Spans {
    Spans::union(traces.iter().map(|trace| trace.span))
}

/// The breaches begun by the instant asked about.
pub(super) struct Breaches {
    /// Those that count, in order.
    pub(super) found: Vec<Found>,
    as_of: Instant,
    /// Those that were dropped because they are shorter than the tolerance.
    pub(super) dropped: Vec<Span>,
    /// Whether a cure period waits for a notice.
    pub(super) awaits_notice: bool,
    /// The notices from which cure periods run.
    pub(super) notices: Vec<Position>,
    /// When anything of this can differ.
    pub(super) wakes: Vec<Instant>,
}

/// One breach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its time.
    pub(super) span: Span,
    /// When its cure period ends; [`Span::UNENDING`] while it waits for a notice.
    pub(super) cure_end: Instant,
    /// The notice from which its cure period runs, where it runs from one.
    pub(super) notice: Option<Position>,
    /// Whether it is over: one that ends exactly at the end of the duty is not.
    pub(super) over: bool,
}

impl Found {
    /// Whether it is over and ended after its cure period.
    pub(super) fn is_late(&self) -> bool {
        self.over && self.span.until > self.cure_end
    }
}

impl Breaches {
    /// The breaches in this time, begun by `as_of`.
    pub(super) fn at(case: &Case<'_>, terms: &Maintenance, ending: &Ending, time: Spans, as_of: Instant) -> Self {
        let mut breaches = Breaches {
            found: Vec::new(),
            as_of,
            dropped: Vec::new(),
            awaits_notice: false,
            notices: Vec::new(),
            wakes: Vec::new(),
        };
        let tolerance = i64::from(terms.tolerance_hours) * 3600;
        for span in time.iter().filter(|span| span.from <= as_of) {
            breaches.wakes.push(span.from.plus_seconds(tolerance));
            let so_far = Span { from: span.from, until: span.until.min(as_of) };
            if so_far.seconds() < tolerance {
                breaches.dropped.push(span);
            } else {
                breaches.find(case, terms, ending, span);
            }
        }
        breaches
    }

    fn find(&mut self, case: &Case<'_>, terms: &Maintenance, ending: &Ending, span: Span) {
        let over = span.until <= self.as_of && span.until != ending.end;
        let cure = terms.cure.filter(|cure| cure.breaches_max.is_none_or(|max| self.found.len() < max as usize));
        let mut from_notice = None;
        let cure_end = match cure {
            None => span.from,
            Some(cure) if cure.from == CureFrom::Breach => span.from.plus_elapsed_days(i64::from(cure.days)),
            Some(cure) => match first_notice(case, span.from, self.as_of) {
                Some((notice, position)) => {
                    self.notices.push(position);
                    from_notice = Some(position);
                    notice.plus_elapsed_days(i64::from(cure.days))
                }
                None => {
                    self.awaits_notice = true;
                    Span::UNENDING
                }
            },
        };
        self.wakes.push(cure_end);
        self.found.push(Found { span, cure_end, notice: from_notice, over });
    }

    /// The breach that goes on.
    pub(super) fn ongoing(&self) -> Option<&Found> {
        self.found.iter().find(|found| found.span.holds(self.as_of))
    }

    /// Whether one is over.
    pub(super) fn any_over(&self) -> bool {
        self.found.iter().any(|found| found.over)
    }

    /// Whether one is not over.
    pub(super) fn any_not_over(&self) -> bool {
        self.found.iter().any(|found| !found.over)
    }

    /// Whether one is over and ended after its cure period.
    pub(super) fn any_late(&self) -> bool {
        self.found.iter().any(Found::is_late)
    }

    /// All of them, as an answer lists them.
    pub(super) fn listed(&self) -> Vec<Breach> {
        let listed = self.found.iter();
        listed.map(|f| Breach { from: f.span.from, until: f.over.then_some(f.span.until) }).collect()
    }
}

/// The first notice at or after an instant, known and effective by then, from somebody who can give one.
fn first_notice(case: &Case<'_>, from: Instant, as_of: Instant) -> Option<(Instant, Position)> {
    let valid = case.records.notices.iter().filter(|notice| case.is_obligee(notice.body.by));
    let dated = valid.map(|notice| (notice.body.effective_at.at, notice.position()));
    dated.filter(|(at, _)| from <= *at && *at <= as_of).min()
}
