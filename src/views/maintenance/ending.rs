//! Ending: when a duty begins and ends, by time or by act (specification, section 4).

use super::super::case::Case;
use super::super::intervals::{Span, Spans};
use super::super::record::Record;
use super::super::terms_in_force::Term;
use crate::domain::terms::Maintenance;
use crate::domain::{Instant, Position};

/// When the duty begins and ends, as far as is known and effective at the instant asked about.
pub(super) struct Ending {
    /// When it begins.
    pub(super) start: Instant,
    /// When it ends: the earliest of term end, termination and snapback.
    pub(super) end: Instant,
    /// When it runs, up to its end.
    pub(super) term: Spans,
    /// Whether a notice of non-compliance is running.
    pub(super) clock_running: bool,
    /// When anything of this can differ.
    pub(super) wakes: Vec<Instant>,
    /// The settlements that stopped a notice of non-compliance.
    pub(super) settled_by: Vec<Position>,
    act: Option<Act>,
}

/// The act that ended it before its own end.
#[derive(Clone, Copy)]
struct Act {
    at: Instant,
    snapback: bool,
    position: Position,
}

impl Ending {
    /// The ending of the term at `as_of`.
    pub(super) fn at(case: &Case<'_>, term: &Term, terms: &Maintenance, as_of: Instant) -> Self {
        let own_end = term.end();
        let mut settled_by = Vec::new();
        let clocks = clocks(case, terms, as_of, &mut settled_by);
        let termination = case.termination(None, as_of).map(|(at, position)| Act { at, snapback: false, position });
        // At the same instant the clock has run to its end too: the snapback is named before the termination.
        let earliest =
            clocks.iter().copied().chain(termination).min_by_key(|act| (act.at, !act.snapback, act.position));
        let act = earliest.filter(|act| act.at < own_end);
        let end = act.map_or(own_end, |act| act.at);
        let until_end = Spans::union([Span { from: Instant::MIN, until: end }]);
        let intervals = term.intervals.iter().copied();
        let mut wakes: Vec<Instant> = intervals.clone().flat_map(|interval| [interval.from, interval.until]).collect();
        wakes.extend(clocks.iter().map(|clock| clock.at));
        wakes.extend(term.protected.edges());
        Ending {
            start: term.start(),
            end,
            term: Spans::union(intervals).within(&until_end),
            clock_running: Span::is_before(as_of, end) && clocks.iter().any(|clock| as_of < clock.at),
            wakes,
            settled_by,
            act,
        }
    }

    /// Whether the duty runs at `as_of`.
    pub(super) fn is_live(&self, as_of: Instant) -> bool {
        self.start <= as_of && Span::is_before(as_of, self.end)
    }

    /// Whether an act ends it before its own end.
    pub(super) fn by_act(&self) -> bool {
        self.act.is_some()
    }

    /// Whether an act has ended it by `as_of`, at or before its start (row M0a).
    pub(super) fn ended_before_it_began(&self, as_of: Instant) -> bool {
        self.act.is_some_and(|act| act.at <= self.start && act.at <= as_of)
    }

    /// Whether the act that ends it is a snapback, now or later.
    pub(super) fn by_snapback(&self) -> bool {
        self.act.is_some_and(|act| act.snapback)
    }

    /// Whether a snapback has ended it by `as_of`.
    pub(super) fn is_snapped_back(&self, as_of: Instant) -> bool {
        self.act.is_some_and(|act| act.snapback && act.at <= as_of)
    }

    /// Whether that act is a snapback.
    pub(super) fn is_snapback(&self) -> bool {
        self.act.is_some_and(|act| act.snapback)
    }

    /// The event of the act.
    pub(super) fn cause(&self) -> Option<Position> {
        self.act.map(|act| act.position)
    }
}

/// The notices of non-compliance that nothing resolves by `as_of`, each with the instant at which it ends the duty; and
/// the settlements that stopped the others.
fn clocks(case: &Case<'_>, terms: &Maintenance, as_of: Instant, settled_by: &mut Vec<Position>) -> Vec<Act> {
    let Some(days) = terms.snapback_notice_days else { return Vec::new() };
    let notices = case.records.clocks.iter();
    let valid = notices.filter(|notice| case.is_obligee(notice.body.by) && notice.body.effective_at.at <= as_of);
    let clocks = valid.filter_map(|notice| {
        let from = notice.body.effective_at.at;
        let at = from.plus_elapsed_days(i64::from(days));
        let resolved = case.records.resolutions.iter().find(|resolution| {
            let effective = resolution.body.effective_at.at;
            resolution.body.claim == notice.id() && effective <= as_of && from <= effective && effective < at
        });
        settled_by.extend(resolved.map(Record::position));
        resolved.is_none().then_some(Act { at, snapback: true, position: notice.position() })
    });
    clocks.collect()
}
