//! Ceiling: the limit that was agreed, and which figures are held against it (specification, section 7).

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::super::{Numbers, PeriodVerdict, assess, terms_in_force};
use super::is_exact;
use crate::domain::event::{AskAnswer, MetricReported};
use crate::domain::terms::{Comparator, PeriodicTerms};
use crate::domain::{
    Collection, Docket, Event, Instant, Payload, Position, Slug, SourceClass, Subject, Terms, Window, Zone,
};

/// The limit of a periodic commitment.
#[derive(Debug)]
pub struct Ceiling {
    /// The commitment: the subject itself, or the one that came of an ask.
    pub commitment: Slug,
    /// The terms in force.
    pub terms: PeriodicTerms,
    /// Whether the figures are about the commitment itself, and so are held against the limit.
    pub is_of_subject: bool,
    pub(super) zone: Zone,
    admissible: Vec<SourceClass>,
    verdicts: BTreeMap<Slug, PeriodVerdict>,
}

impl Ceiling {
    /// The ceiling of a commitment, or of what came of an ask by then.
    pub(super) fn of(
        docket: &Docket,
        subject: &Subject,
        own: &[&Event],
        as_of: Instant,
        known: Position,
    ) -> Option<Self> {
        let (commitment, is_of_subject) = match subject {
            Subject::Member(Collection::Commitments, id) => (id.clone(), true),
            _ => (own.iter().filter_map(|event| came_of(event, as_of)).next_back()?, false),
        };
        let Terms::PeriodicCeiling(terms) = terms_in_force(docket, &commitment, as_of, known)? else { return None };
        let (_, undertaken) = docket.undertaking(&commitment, known)?;
        let verdicts = match assess(docket, &commitment, as_of, known).numbers {
            Numbers::Periodic { periods } => {
                periods.into_iter().filter_map(|period| Some((period.id, period.verdict?))).collect()
            }
            _ => BTreeMap::new(),
        };
        let (zone, admissible) = (undertaken.zone.clone(), undertaken.admissible.clone());
        Some(Ceiling { commitment, terms, is_of_subject, zone, admissible, verdicts })
    }

    /// The test period a figure is for, and its days.
    pub(super) fn place(&self, metric: &MetricReported) -> (Option<Slug>, Option<Window>) {
        let named = |id: &Slug| self.terms.periods.iter().find(|period| period.id == *id);
        let dated = || self.terms.periods.iter().find(|period| Some(period.window) == metric.window);
        match metric.period.as_ref().map_or_else(dated, named) {
            Some(period) => (Some(period.id.clone()), Some(period.window)),
            None => (metric.period.clone(), metric.window),
        }
    }

    /// The verdict on a test period.
    pub(super) fn verdict(&self, period: &Slug) -> Option<PeriodVerdict> {
        self.verdicts.get(period).copied().filter(|_| self.is_of_subject)
    }

    /// On which side of the limit a figure is: an exact one, of a series that is heard and a class that counts, for a
    /// test period. PASS at equality where the comparator says so.
    pub(super) fn side(&self, event: &Event, metric: &MetricReported, value: &BigRational) -> Option<PeriodVerdict> {
        let terms = &self.terms;
        let heard = terms.series.is_empty() || terms.series.contains(&metric.series) || terms.primary == metric.series;
        let counts = event.submission.source_class().is_none_or(|class| self.admissible.contains(&class));
        let in_period = self.place(metric).0.is_some_and(|id| terms.periods.iter().any(|period| period.id == id));
        if !(self.is_of_subject && heard && counts && in_period && is_exact(metric)) {
            return None;
        }
        let limit = terms.limit.fraction();
        let passes = match terms.comparator {
            Comparator::Le => *value <= limit,
            Comparator::Lt => *value < limit,
            Comparator::Ge => *value >= limit,
            Comparator::Gt => *value > limit,
        };
        Some(if passes { PeriodVerdict::Pass } else { PeriodVerdict::Fail })
    }
}

/// The commitment that came of an ask by this answer.
fn came_of(event: &Event, as_of: Instant) -> Option<Slug> {
    match &event.submission.payload {
        Payload::AskAnswered(answered)
            if answered.answer == AskAnswer::Accepted && answered.answered_at.at <= as_of =>
        {
            answered.commitment.clone()
        }
        _ => None,
    }
}
