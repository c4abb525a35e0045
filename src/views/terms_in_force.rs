//! Terms in force: the base text, the amendments that apply, and one reading of it (specification, K3 and K4).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::case::Case;
use super::intervals::{Span, Spans};
use super::outcome::raise;
use super::record::Record;
use super::{patch, readings};
use crate::domain::event::{CommitmentAmended, CommitmentUndertaken, ReadingRecorded};
use crate::domain::terms::TermsField;
use crate::domain::{Docket, Flag, Instant, Position, Slug, Terms, TermsPatch};

/// The terms of a commitment in force at `as_of`, as known at a position: with the amendments that apply, in the reading
/// that was adopted or else in the base text. None where the commitment is not recorded there.
pub fn terms_in_force(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Option<Terms> {
    let case = Case::open(docket.dossier(commitment)?, known)?;
    let adopted = readings::adopted(&case, as_of);
    Some(InForce::at(&case, adopted.as_ref(), as_of).terms.into_owned())
}

/// The terms by which a commitment is judged at one instant, in one reading.
#[derive(Debug)]
pub(super) struct InForce<'a> {
    /// The terms, with all that applies set; those of the undertaking where nothing sets any.
    pub(super) terms: Cow<'a, Terms>,
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

impl<'a> InForce<'a> {
    /// The terms in force at `as_of`: in the base text, or in one reading of it.
    pub(super) fn at(case: &Case<'a>, reading: Option<&Slug>, as_of: Instant) -> Self {
        let base = case.undertaking;
        let mut in_force = InForce {
            terms: Cow::Borrowed(&base.body.terms),
            term: Term::of(&base.body.terms),
            flags: BTreeSet::new(),
            because: BTreeSet::from([base.position()]),
            reworded: None,
        };
        let (amendments, readings) = setters(case, reading, as_of);
        for step in steps_of(&amendments, &readings) {
            let (position, set) = match &step {
                Step::Amended(amendment) => (amendment.position(), &amendment.body.set),
                Step::Read(record, set) => (record.position(), set.as_ref()),
            };
            in_force.set(base.body, set);
            in_force.because.insert(position);
            raise(&mut in_force.flags, Flag::Amended, matches!(step, Step::Amended(_)));
        }
        if !patch::is_arranged(&in_force.terms) {
            patch::arrange(in_force.terms.to_mut());
        }
        if let Some(reworded) = &mut in_force.reworded {
            reworded.terms = in_force.terms.as_ref().clone();
        }
        let is_extended_late = in_force.term.run(&amendments, readings);
        raise(&mut in_force.flags, Flag::ExtendedRetroactively, is_extended_late);
        raise(&mut in_force.flags, Flag::RevivedAfterLapse, in_force.term.intervals.len() > 1);
        in_force
    }

    fn set(&mut self, base: &CommitmentUndertaken, set: &TermsPatch) {
        patch::apply(self.terms.to_mut(), set);
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

type Amendment<'a> = Record<'a, CommitmentAmended>;
type Reading<'a> = Record<'a, ReadingRecorded>;

/// One record that sets fields of the terms.
pub(super) enum Step<'a> {
    /// By agreement.
    Amended(Amendment<'a>),
    /// By one text: what it still sets, without the fields that a later amendment has taken over.
    Read(Reading<'a>, Box<TermsPatch>),
}

/// The records that set fields of the terms at `as_of`, in the order in which they do, so that the later wins field by
/// field: the amendments in ledger order, and then what the reading says.
pub(super) fn steps<'a>(case: &Case<'a>, reading: Option<&Slug>, as_of: Instant) -> Vec<Step<'a>> {
    let (amendments, readings) = setters(case, reading, as_of);
    steps_of(&amendments, &readings)
}

fn setters<'a>(case: &Case<'a>, reading: Option<&Slug>, as_of: Instant) -> (Vec<Amendment<'a>>, Vec<Reading<'a>>) {
    let amendments = case.records.amendments.iter().filter(|record| applies_from(record.body) <= as_of);
    let readings = case
        .records
        .readings
        .iter()
        .filter(|record| Some(&record.body.reading) == reading && record.body.effective_at.at <= as_of);
    (amendments.copied().collect(), readings.copied().collect())
}

fn steps_of<'a>(amendments: &[Amendment<'a>], readings: &[Reading<'a>]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = amendments.iter().map(|amendment| Step::Amended(*amendment)).collect();
    for record in readings {
        let mut set = Box::new(record.body.set.clone());
        for amendment in amendments.iter().filter(|amendment| is_later(amendment, record)) {
            patch::displace(&mut set, &amendment.body.set);
        }
        steps.push(Step::Read(*record, set));
    }
    steps
}

/// Whether an amendment takes over the fields that a reading set.
fn is_later(amendment: &Amendment<'_>, reading: &Reading<'_>) -> bool {
    amendment.body.effective_at.at > reading.body.effective_at.at
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

    /// Moves the end as the amendments say, in ledger order. A reading says what the end was before the amendments that
    /// are effective later: whether one of those comes before or after the old end depends on the reading. True if an
    /// extension was recorded too late.
    fn run(&mut self, amendments: &[Amendment<'_>], mut readings: Vec<Reading<'_>>) -> bool {
        let mut is_extended_late = false;
        for amendment in amendments {
            let Some(until) = until(&amendment.body.set) else { continue };
            readings.retain(|reading| {
                let takes_over = is_later(amendment, reading);
                if takes_over {
                    self.read(reading);
                }
                !takes_over
            });
            is_extended_late |= self.extend(until, applies_from(amendment.body), amendment.recorded_at());
        }
        readings.iter().for_each(|reading| self.read(reading));
        is_extended_late
    }

    /// An amendment sets another end (K4): one interval where it applies by the old end, else one more. True if it was
    /// recorded after the end that it moves.
    fn extend(&mut self, until: Instant, applies_from: Instant, recorded_at: Instant) -> bool {
        let old_end = self.end();
        if until <= old_end {
            self.cut(until);
            return false;
        }
        if applies_from > old_end {
            let begins = applies_from < until;
            self.intervals.extend(begins.then_some(Span { from: applies_from, until }));
            return false;
        }
        self.move_end(until);
        let is_late = recorded_at > old_end;
        if is_late {
            let protected = Span { from: old_end, until: recorded_at };
            self.protected = Spans::union(self.protected.iter().chain([protected]));
        }
        is_late
    }

    /// A reading says that the end is another; it is no extension, so it leaves no gap and protects nothing.
    fn read(&mut self, reading: &Reading<'_>) {
        match until(&reading.body.set) {
            Some(until) if until <= self.end() => self.cut(until),
            Some(until) => self.move_end(until),
            None => {}
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
pub(super) fn applies_from(amendment: &CommitmentAmended) -> Instant {
    amendment.retroactive_to.unwrap_or(amendment.effective_at.at)
}
