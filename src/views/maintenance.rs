//! Maintenance: duties that are kept by not doing something, measure suspension and rate ceiling (specification,
//! section 4).

mod applied;
mod breach;
pub(super) mod clocks;
mod ending;
mod explain;
mod fate;
mod rates;
mod table;

use std::collections::BTreeSet;

use num_rational::BigRational;

pub(super) use explain::explain;

use applied::Applied;
use breach::{Breaches, Reductions};
use ending::Ending;
use table::Facts;

use super::case::Case;
use super::outcome::{Outcome, Wake, raise};
use super::terms_in_force::InForce;
use super::{InEffect, Numbers, rule};
use crate::domain::event::TerminationMode;
use crate::domain::terms::{Maintenance, OnEnd, ReciprocalEffect};
use crate::domain::{Decimal, Evidence, Flag, Instant, Position, Subject};

/// Everything that is found out before the table is read.
struct Inquiry<'c, 'a> {
    case: &'c Case<'a>,
    terms: &'c Maintenance,
    as_of: Instant,
    ending: Ending,
    applied: Applied,
    reductions: Reductions,
    breaches: Breaches,
    value: Option<BigRational>,
}

/// The outcome for a duty in time; `limit` is that of a rate ceiling, in percentage points.
pub(super) fn judge(
    case: &Case<'_>,
    in_force: &InForce<'_>,
    terms: &Maintenance,
    limit: Option<Decimal>,
    as_of: Instant,
) -> Outcome {
    Inquiry::at(case, in_force, terms, limit, as_of).outcome(limit.is_some())
}

impl<'c, 'a> Inquiry<'c, 'a> {
    fn at(
        case: &'c Case<'a>,
        in_force: &InForce<'_>,
        terms: &'c Maintenance,
        limit: Option<Decimal>,
        as_of: Instant,
    ) -> Self {
        let ending = Ending::at(case, &in_force.term, terms, as_of);
        let applied = Applied::at(case, terms, limit, as_of);
        let reductions = Reductions::at(case, &applied, &in_force.term.protected, as_of);
        let breaches =
            Breaches::at(case, terms, &ending, reductions.reduce(&applied.certain_time(), &ending.term), as_of);
        let value = limit.and_then(|_| rates::value_at(case, as_of));
        Inquiry { case, terms, as_of, ending, applied, reductions, breaches, value }
    }

    fn outcome(self, is_ceiling: bool) -> Outcome {
        let facts = self.facts(is_ceiling);
        let (row, (lifecycle, status)) = rule::first(&table::rules(&facts));
        let mut outcome = Outcome::of(row, lifecycle, status, self.wake());
        outcome.evidence = self.evidence();
        outcome.flags = self.flags(&facts);
        raise(&mut outcome.flags, Flag::CuredLate, row == "M7" && facts.late);
        raise(&mut outcome.flags, Flag::EndedInBreach, row == "M9" && facts.in_breach_at_the_end);
        outcome.because = self.because(&facts);
        outcome.numbers = Numbers::Maintenance {
            measure_in_effect: self.measure_in_effect(&facts),
            breaches: self.breaches.listed(),
            value: self.value,
            end: Some(self.ending.end).filter(|end| *end < super::intervals::Span::UNENDING),
        };
        outcome
    }

    fn facts(&self, is_ceiling: bool) -> Facts {
        let (as_of, ending) = (self.as_of, &self.ending);
        let live = ending.is_live(as_of);
        let certain = self.applied.certain_time();
        let contested = self.reductions.reduce(&self.applied.contested_time(), &ending.term);
        Facts {
            void: self.case.voided(as_of).is_some(),
            ended_before_it_began: ending.ended_before_it_began(as_of),
            before_start: as_of < ending.start,
            live,
            by_act: ending.by_act(),
            ongoing: live && self.breaches.ongoing().is_some(),
            within_cure: self.breaches.ongoing().is_some_and(|breach| as_of < breach.cure_end),
            contested: contested.iter().any(|span| span.from <= as_of),
            suspended: live && self.reductions.suspended.holds(as_of),
            waived: live && certain.holds(as_of) && self.reductions.waived.holds(as_of),
            excused: live && certain.holds(as_of) && self.reductions.excused.holds(as_of),
            past: self.breaches.any_over(),
            late: self.breaches.any_late(),
            in_breach_at_the_end: !live && self.breaches.any_not_over(),
            unknown_rate: is_ceiling && self.value.is_none(),
        }
    }

    fn wake(&self) -> Wake {
        let mut wake = Wake::after(self.as_of);
        wake.at_each(self.ending.wakes.iter().copied());
        wake.at_each(self.terms.implement_by.as_ref().map(crate::domain::Moment::instant));
        wake.at_each(self.breaches.wakes.iter().copied());
        wake
    }

    fn flags(&self, facts: &Facts) -> BTreeSet<Flag> {
        let mut flags = BTreeSet::new();
        let as_of = self.as_of;
        let reductions = &self.reductions;
        let implement_by = self.terms.implement_by.as_ref().map(crate::domain::Moment::instant);
        let implemented = self.applied.implemented;
        raise(&mut flags, Flag::NotImplemented, implement_by.is_some_and(|by| by <= as_of) && implemented.is_none());
        let late = implement_by.zip(implemented).is_some_and(|(by, implemented)| by < implemented);
        raise(&mut flags, Flag::ImplementedLate, late);
        raise(&mut flags, Flag::InadmissibleClaim, self.applied.inadmissible);
        raise(&mut flags, Flag::SourcesDisagree, !self.applied.contested.is_empty());
        raise(&mut flags, Flag::LegalBasisVoid, self.legal_basis_is_void());
        raise(&mut flags, Flag::DeMinimis, !self.breaches.dropped.is_empty());
        raise(&mut flags, Flag::FindingApplied, !reductions.cleared.is_empty() || self.applied.confirmed);
        let unprotected = reductions.reduce_but_protection(&self.applied.time(), &self.ending.term);
        let mattered = unprotected.within(&reductions.protected).iter().any(|span| span.from <= as_of);
        raise(&mut flags, Flag::RetroProtected, mattered);
        raise(&mut flags, Flag::AwaitingNotice, self.breaches.awaits_notice);
        raise(&mut flags, Flag::SnapbackClockRunning, self.ending.clock_running);
        raise(&mut flags, Flag::Snapback, self.ending.is_snapped_back(as_of));
        raise(&mut flags, Flag::ReciprocalSuspension, facts.suspended);
        raise(&mut flags, Flag::ReciprocalRightAvailable, self.right_is_available());
        flags
    }

    fn right_is_available(&self) -> bool {
        let Some(reciprocity) = &self.case.reciprocity else { return false };
        let mut exercises = self.case.records.exercises.iter();
        let exercised = exercises.any(|record| record.body.effective_at.at <= self.as_of);
        let is_right = reciprocity.effect == ReciprocalEffect::RightToSuspend;
        is_right && !exercised && reciprocity.triggered.holds(self.as_of)
    }

    fn measure_in_effect(&self, facts: &Facts) -> InEffect {
        let applied = self.applied.certain_time().holds(self.as_of);
        let doubted = self.applied.contested_time().holds(self.as_of) && !self.reductions.cleared.holds(self.as_of);
        if self.legal_basis_is_void() {
            InEffect::No
        } else if facts.before_start || (facts.live && applied) {
            InEffect::Yes
        } else if facts.live && doubted {
            InEffect::Unknown
        } else if !facts.live && self.terms.on_end == OnEnd::Revive {
            InEffect::Yes
        } else {
            InEffect::No
        }
    }

    /// The basis of the whole duty is void when that is said of the commitment, or of every measure it names.
    fn legal_basis_is_void(&self) -> bool {
        let voids = self.case.records.voids.iter();
        let voided: Vec<&Subject> = voids
            .filter(|record| record.body.effective_at.at <= self.as_of && self.case.admits(record.class()))
            .map(|record| record.subject())
            .collect();
        let measures = &self.case.undertaking.body.measures;
        let whole = voided.contains(&&Subject::commitment(self.case.commitment.clone()));
        let every = measures.iter().all(|measure| voided.contains(&&applied::about_measure(measure)));
        whole || (!measures.is_empty() && every)
    }

    fn evidence(&self) -> Evidence {
        match self.applied.classes.len() {
            _ if !self.applied.contested.is_empty() => Evidence::Contested,
            0 => Evidence::None,
            1 => Evidence::Single,
            _ => Evidence::Corroborated,
        }
    }

    fn because(&self, facts: &Facts) -> BTreeSet<Position> {
        let mut because = BTreeSet::new();
        let voiding = self.case.records.terminations.iter().filter(|record| record.body.mode == TerminationMode::Void);
        because.extend(voiding.filter(|r| r.body.effective_at.at <= self.as_of).map(|r| r.position()));
        if !facts.live && !facts.before_start || facts.ended_before_it_began {
            because.extend(self.ending.cause());
        }
        if facts.void || facts.ended_before_it_began || facts.before_start {
            return because;
        }
        because.extend(self.applied.implemented_by.iter().copied());
        let within_term = |trace: &&applied::Trace| trace.span.from <= self.as_of && self.ending.term.meet(trace.span);
        for trace in self.applied.certain.iter().chain(&self.applied.contested).filter(within_term) {
            because.extend(trace.positions.iter().copied());
            because.extend(self.reductions.bearing_on(trace.span));
        }
        because.extend(self.breaches.notices.iter().copied());
        because.extend(self.reductions.suspending(self.as_of));
        if self.value.is_some() {
            because.extend(rates::components_at(self.case, self.as_of).into_iter().map(|(position, _)| position));
        }
        because
    }
}
