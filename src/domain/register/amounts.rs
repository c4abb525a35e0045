//! Which days the figures of a purchase pledge speak for (specification, section 5, allocation): two admissible items of
//! one series and basis, in convertible units, do not overlap.

use std::collections::BTreeMap;

use super::{Charter, Records, Register};
use crate::domain::event::{AmountReported, CommitmentUndertaken};
use crate::domain::map::Map;
use crate::domain::refusal::{Fact, Reason};
use crate::domain::terms::{Basis, Terms};
use crate::domain::{
    Collection, Day, EventId, EventKind, Payload, Position, Refusal, Slug, Subject, Submission, Window,
};

/// The items that stand, by line and first day. Those of one line never overlap, so whether a window is free is one look
/// at the last item that begins in it or before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    lines: Map<Line, BTreeMap<Day, Item>>,
}

/// One series and basis of one commitment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Line {
    commitment: Slug,
    series: Slug,
    basis: Basis,
}

#[derive(Debug, Clone, Copy)]
enum Item {
    /// An item through this day.
    Stands { through: Day, event: EventId },
    /// What stands here in the layer below no longer does.
    Gone,
}

impl Amounts {
    pub(super) fn absorb(&mut self, layer: Amounts, is_lowest: bool) {
        for (line, items) in layer.lines {
            let standing = self.lines.entry(line).or_default();
            for (start, item) in items {
                match item {
                    Item::Gone if is_lowest => standing.remove(&start),
                    item => standing.insert(start, item),
                };
            }
        }
    }

    fn item(&self, line: &Line, start: Day) -> Option<Item> {
        self.lines.get(line)?.get(&start).copied()
    }
}

impl Register<'_> {
    /// Takes in what an event does to the days that figures speak for; `before` is what the commitment was until then.
    pub(super) fn note_amounts(
        &mut self,
        submission: &Submission,
        before: Option<&CommitmentUndertaken>,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        let Subject::Member(Collection::Commitments, commitment) = &submission.subject else { return Ok(()) };
        if let Some(undone) = self.undone(submission, EventKind::AmountReported) {
            self.free(commitment, undone, &submission.subject, records);
        }
        match &submission.payload {
            Payload::AmountReported(amount) => {
                let rule = self.charter(commitment).map(Charter::undertaken);
                let counts = rule.is_some_and(|rule| counts(rule, submission, amount));
                match amount.window().filter(|_| counts) {
                    Some(window) => self.take(commitment, amount, window, submission),
                    None => Ok(()),
                }
            }
            Payload::CommitmentUndertaken(rule) if before.is_some_and(|before| !count_alike(before, rule)) => {
                self.recount(commitment, submission, rule, records)
            }
            _ => Ok(()),
        }
    }

    fn take(
        &mut self,
        commitment: &Slug,
        amount: &AmountReported,
        window: Window,
        submission: &Submission,
    ) -> Result<(), Refusal> {
        let line = Line::of(commitment, amount);
        if let Some((event, taken)) = self.last_in(&line, window) {
            return Err(self.overlap(amount, window, event, taken));
        }
        let item = Item::Stands { through: window.through(), event: submission.event_id };
        self.amounts.lines.entry(line).or_default().insert(window.start(), item);
        Ok(())
    }

    /// The last item of a line that shares a day with a window.
    fn last_in(&self, line: &Line, window: Window) -> Option<(EventId, Window)> {
        let mut layer = Some(self);
        let mut above: Vec<&Amounts> = Vec::new();
        while let Some(register) = layer {
            let items = register.amounts.lines.get(line).into_iter().flat_map(|items| items.range(..=window.through()));
            for (start, item) in items.rev() {
                let Item::Stands { through, event } = item else { continue };
                // Items of one layer do not overlap: those that begin before one that ends too early end too early.
                if *through < window.start() {
                    break;
                }
                if above.iter().any(|amounts| amounts.item(line, *start).is_some()) {
                    continue;
                }
                return Window::new(*start, *through).ok().map(|taken| (*event, taken));
            }
            above.push(&register.amounts);
            layer = register.settled;
        }
        None
    }

    fn free(&mut self, commitment: &Slug, event: EventId, subject: &Subject, records: &Records<'_>) {
        let Some(position) = self.fate(event).map(|fate| fate.position) else { return };
        let Some(Payload::AmountReported(amount)) = records.at(subject, position).map(|undone| &undone.payload) else {
            return;
        };
        let Some(window) = amount.window() else { return };
        let line = Line::of(commitment, amount);
        // Another item may stand at the same place: one that does not count takes none.
        if matches!(self.item(&line, window.start()), Some(Item::Stands { event: holder, .. }) if holder == event) {
            self.remove(line, window.start());
        }
    }

    fn item(&self, line: &Line, start: Day) -> Option<Item> {
        self.amounts.item(line, start).or_else(|| self.settled?.item(line, start))
    }

    fn remove(&mut self, line: Line, start: Day) {
        let items = self.amounts.lines.entry(line).or_default();
        if self.settled.is_none() {
            items.remove(&start);
        } else {
            items.insert(start, Item::Gone);
        }
    }

    /// After a change of what counts, every figure of the commitment is weighed again.
    fn recount(
        &mut self,
        commitment: &Slug,
        cause: &Submission,
        rule: &CommitmentUndertaken,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        let mut outcome = Ok(());
        let figures = records.about(&cause.subject).filter_map(|submission| match &submission.payload {
            Payload::AmountReported(amount) if self.stands(submission.event_id) => Some((submission, amount)),
            _ => None,
        });
        let figures: Vec<(&Submission, &AmountReported)> = figures.collect();
        for (submission, _) in &figures {
            self.free(commitment, submission.event_id, &cause.subject, records);
        }
        for (submission, amount) in figures {
            let Some(window) = amount.window().filter(|_| counts(rule, submission, amount)) else { continue };
            let taken = self.take(commitment, amount, window, submission).map_err(|refusal| {
                let id = submission.event_id;
                let position = self.position(id);
                let message = format!("under these terms the figure {id} ({window}) would count too, and {refusal}");
                let mut recounted =
                    Refusal::new(refusal.reason(), "commitment_undertaken", message).with(Fact::Event { id, position });
                for fact in refusal.facts() {
                    recounted = recounted.with(fact.clone());
                }
                recounted
            });
            outcome = outcome.and(taken);
        }
        outcome
    }

    fn position(&self, event: EventId) -> Position {
        self.fate(event).map_or(Position::ORIGIN, |fate| fate.position)
    }

    fn overlap(&self, amount: &AmountReported, window: Window, event: EventId, taken: Window) -> Refusal {
        let position = self.position(event);
        let message = format!(
            "{window} overlaps {taken}, for which event {event} at position {position} already gives the {} of series \
             {}; supersede that event if this is its revision, otherwise correct the days",
            amount.basis, amount.series
        );
        Refusal::new(Reason::OverlappingAmount, "amount_reported.from", message)
            .with(Fact::Event { id: event, position })
            .with(Fact::Window(taken))
    }
}

/// Whether a figure can count: exact and for a period, of a class that is admissible or unsaid, in a known unit.
fn counts(rule: &CommitmentUndertaken, submission: &Submission, amount: &AmountReported) -> bool {
    let class_counts = submission.source_class().is_none_or(|class| rule.admissible.contains(&class));
    let unit_counts = match &rule.terms {
        Terms::PurchasePledge(terms) => terms.unit == amount.unit || terms.conversions.contains_key(&amount.unit),
        _ => false,
    };
    amount.is_countable() && class_counts && unit_counts
}

/// Whether the same figures count under both.
fn count_alike(one: &CommitmentUndertaken, other: &CommitmentUndertaken) -> bool {
    let units_alike = match (&one.terms, &other.terms) {
        (Terms::PurchasePledge(one), Terms::PurchasePledge(other)) => {
            one.unit == other.unit && one.conversions.keys().eq(other.conversions.keys())
        }
        (Terms::PurchasePledge(_), _) | (_, Terms::PurchasePledge(_)) => false,
        _ => true,
    };
    units_alike && one.admissible == other.admissible
}

impl Line {
    fn of(commitment: &Slug, amount: &AmountReported) -> Self {
        Line { commitment: commitment.clone(), series: amount.series.clone(), basis: amount.basis }
    }
}
