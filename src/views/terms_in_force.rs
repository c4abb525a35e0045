//! Terms in force: the base text, the amendments that apply, and one reading of it (specification, K3 and K4).

use std::collections::BTreeSet;

use super::case::Case;
use super::intervals::{Span, Spans};
use super::outcome::raise;
use super::record::Record;
use super::{patch, readings};
use crate::domain::event::{CommitmentAmended, CommitmentUndertaken};
use crate::domain::terms::TermsField;
use crate::domain::{Docket, Flag, Instant, Position, Slug, Terms, TermsPatch};

/// The terms of a commitment in force at `as_of`, as known at a position: with the amendments that apply, in the reading
/// that was adopted or else in the base text. None where the commitment is not recorded there.
pub fn terms_in_force(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Option<Terms> {
    let case = Case::open(docket.dossier(commitment)?, known)?;
    let adopted = readings::adopted(&case, as_of);
    Some(InForce::at(&case, adopted.as_ref(), as_of).terms)
}

/// The terms by which a commitment is judged at one instant, in one reading.
#[derive(Debug)]
pub(super) struct InForce {
    /// The terms, with all that applies set.
    pub(super) terms: Terms,
    /// Maintenance kinds: when the duty runs by its own terms, before any act ends it.
    pub(super) term: Term,
    /// Marks of amendments and extensions.
    pub(super) flags: BTreeSet<Flag>,
    /// The base, the amendments that apply and the reading.
    pub(super) because: BTreeSet<Position>,
    /// The undertaking as it would read now, where by which records it is judged has changed.
    pub(super) reworded: Option<Box<CommitmentUndertaken>>,
}

/// When a maintenance duty runs by its own terms: one interval, or several where it was revived after it had lapsed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Term {
    /// The intervals, in order.
    pub(super) intervals: Vec<Span>,
    /// Time that an extension recorded too late takes out of the breaches.
    pub(super) protected: Spans,
}

impl InForce {
    /// The terms in force at `as_of`: in the base text, or in one reading of it.
    pub(super) fn at(case: &Case<'_>, reading: Option<&Slug>, as_of: Instant) -> Self {
        let base = case.undertaking;
        let mut in_force = InForce {
            terms: base.body.terms.clone(),
            term: Term::of(&base.body.terms),
            flags: BTreeSet::new(),
            because: BTreeSet::from([base.position()]),
            reworded: None,
        };
        let applies = |amendment: &&Record<'_, CommitmentAmended>| applies_from(amendment.body) <= as_of;
        // In ledger order, so the later wins field by field.
        for amendment in case.records.amendments.iter().filter(applies) {
            in_force.amend(base.body, amendment);
        }
        let held = |record: &&Record<'_, crate::domain::event::ReadingRecorded>| {
            Some(&record.body.reading) == reading && record.body.effective_at.at <= as_of
        };
        for record in case.records.readings.iter().filter(held) {
            let mut set = record.body.set.clone();
            let later = |a: &&Record<'_, CommitmentAmended>| a.body.effective_at.at > record.body.effective_at.at;
            for amendment in case.records.amendments.iter().filter(applies).filter(later) {
                patch::displace(&mut set, &amendment.body.set);
            }
            in_force.read(base.body, &set, record.position());
        }
        patch::arrange(&mut in_force.terms);
        if let Some(reworded) = &mut in_force.reworded {
            reworded.terms = in_force.terms.clone();
        }
        in_force
    }

    fn amend(&mut self, base: &CommitmentUndertaken, amendment: &Record<'_, CommitmentAmended>) {
        self.set(base, &amendment.body.set);
        if let Some(until) = until(&amendment.body.set) {
            let flag = self.term.extend(until, applies_from(amendment.body), amendment.recorded_at());
            self.flags.extend(flag);
        }
        raise(&mut self.flags, Flag::Amended, true);
        self.because.insert(amendment.position());
    }

    fn read(&mut self, base: &CommitmentUndertaken, set: &TermsPatch, position: Position) {
        self.set(base, set);
        if let Some(until) = until(set) {
            self.term.read(until);
        }
        self.because.insert(position);
    }

    fn set(&mut self, base: &CommitmentUndertaken, set: &TermsPatch) {
        patch::apply(&mut self.terms, set);
        if let Some(begin) = &set.effective_from {
            self.term.begin(begin.instant());
        }
        if patch::changes_hearing(set) {
            let reworded = self.reworded.get_or_insert_with(|| Box::new(base.clone()));
            if let Some(admissible) = patch::anew(&set.admissible) {
                reworded.admissible = admissible;
            }
            if let Some(zone) = &set.zone {
                reworded.zone = zone.clone();
            }
        }
    }
}

/// The end that a patch sets; [`Span::UNENDING`] where it takes the end away.
fn until(set: &TermsPatch) -> Option<Instant> {
    let unending = set.clears(TermsField::Until).then_some(Span::UNENDING);
    set.until.as_ref().map(crate::domain::Moment::instant).or(unending)
}

impl Term {
    fn of(terms: &Terms) -> Self {
        let maintenance = match terms {
            Terms::MeasureSuspension(maintenance) => maintenance,
            Terms::RateCeiling(ceiling) => &ceiling.maintenance,
            _ => return Term::default(),
        };
        let until = maintenance.until.as_ref().map(crate::domain::Moment::instant);
        let interval = Span::new(maintenance.effective_from.instant(), until);
        Term { intervals: vec![interval], protected: Spans::default() }
    }

    /// When it begins.
    pub(super) fn start(&self) -> Instant {
        self.intervals.first().map_or(Instant::MIN, |interval| interval.from)
    }

    /// When it ends by time; [`Span::UNENDING`] where it runs on.
    pub(super) fn end(&self) -> Instant {
        self.intervals.last().map_or(Span::UNENDING, |interval| interval.until)
    }

    /// An amendment sets another end (K4): one interval where it applies by the old end, else one more.
    fn extend(&mut self, until: Instant, applies_from: Instant, recorded_at: Instant) -> Option<Flag> {
        let old_end = self.end();
        if until <= old_end {
            self.cut(until);
            None
        } else if applies_from > old_end {
            let revived = Span { from: applies_from, until };
            let begins = applies_from < until;
            self.intervals.extend(begins.then_some(revived));
            begins.then_some(Flag::RevivedAfterLapse)
        } else {
            self.move_end(until);
            let is_late = recorded_at > old_end;
            if is_late {
                let protected = Span { from: old_end, until: recorded_at };
                self.protected = Spans::union(self.protected.iter().chain([protected]));
            }
            is_late.then_some(Flag::ExtendedRetroactively)
        }
    }

    /// A reading says that the end is another; it is no extension, so it leaves no gap and protects nothing.
    fn read(&mut self, until: Instant) {
        if until <= self.end() {
            self.cut(until);
        } else {
            self.move_end(until);
        }
    }

    fn begin(&mut self, from: Instant) {
        if let Some(first) = self.intervals.first_mut() {
            first.from = from;
            first.until = first.until.max(from);
        }
    }

    fn move_end(&mut self, until: Instant) {
        if let Some(last) = self.intervals.last_mut() {
            last.until = until;
        }
    }

    fn cut(&mut self, until: Instant) {
        let first = self.start();
        self.intervals.retain(|interval| interval.from == first || interval.from < until);
        self.move_end(until.min(self.end()));
    }
}

/// From when an amendment applies: as far back as it reaches, or from its effective time.
fn applies_from(amendment: &CommitmentAmended) -> Instant {
    amendment.retroactive_to.unwrap_or(amendment.effective_at.at)
}
