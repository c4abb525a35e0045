//! Applied: when the measure was seen applied, for certain or contested, and when it was not yet implemented
//! (specification, section 4).

use std::collections::BTreeSet;

use super::super::SpanGround;
use super::super::case::Case;
use super::super::intervals::{Span, Spans};
use super::super::record::Record;
use super::rates;
use crate::domain::event::{MeasureReinstated, MeasureState, Verdict};
use crate::domain::terms::Maintenance;
use crate::domain::{Collection, Decimal, Instant, Kind, Position, Slug, SourceClass, Subject};

/// What the evidence says of the measure, before relief and before the term.
pub(super) struct Applied {
    /// Time in which the measure was applied, uncontested, with the events that say so.
    pub(super) certain: Vec<Trace>,
    /// Observations that another class of source contradicts, each as a whole, with both sides.
    pub(super) contested: Vec<Trace>,
    /// Whether a finding of breach settles a contested observation.
    pub(super) confirmed: bool,
    /// When what had to be done was done.
    pub(super) implemented: Option<Instant>,
    /// The events that say so.
    pub(super) implemented_by: Vec<Position>,
    /// The classes of source that were heard; none is one of its own.
    pub(super) classes: BTreeSet<Option<SourceClass>>,
    /// Whether a source that does not count said something.
    pub(super) inadmissible: bool,
}

/// A span of time with the events that show it.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    /// The span.
    pub(super) span: Span,
    /// What it is: a way of applying the measure, or a reason why that is no breach.
    pub(super) ground: SpanGround,
    /// The events.
    pub(super) positions: Vec<Position>,
}

/// One observation that counts.
struct Sighting<'a> {
    state: MeasureState,
    span: Span,
    class: Option<SourceClass>,
    subject: &'a Subject,
    position: Position,
}

impl Applied {
    /// What is known and effective at `as_of`.
    pub(super) fn at(case: &Case<'_>, terms: &Maintenance, limit: Option<Decimal>, as_of: Instant) -> Self {
        let heard = Heard::by(case, as_of);
        let mut applied = Applied {
            certain: Vec::new(),
            contested: Vec::new(),
            confirmed: false,
            implemented: None,
            implemented_by: Vec::new(),
            classes: heard.classes,
            inadmissible: heard.inadmissible,
        };
        let sightings = sightings(case, as_of);
        for sighting in sightings.iter().filter(|sighting| sighting.state == MeasureState::Applied) {
            applied.weigh(case, sighting, &sightings, as_of);
        }
        if let Some((implemented, by)) = implemented(case, as_of) {
            applied.implemented = Some(implemented);
            applied.implemented_by = by;
        }
        if let Some(implement_by) = &terms.implement_by {
            let span = Span::new(implement_by.instant(), applied.implemented);
            let positions = applied.implemented_by.clone();
            applied.certain.push(Trace { span, ground: SpanGround::NotImplemented, positions });
        }
        applied.certain.extend(limit.into_iter().flat_map(|limit| rates::above(case, limit, as_of)));
        applied
    }

    fn weigh(&mut self, case: &Case<'_>, seen: &Sighting<'_>, all: &[Sighting<'_>], as_of: Instant) {
        let contradictions = all.iter().filter(|other| {
            let other_side = other.state == MeasureState::NotApplied && other.class != seen.class;
            other_side && other.span.meets(seen.span) && same_thing(other.subject, seen.subject)
        });
        let against: Vec<Position> = contradictions.map(|other| other.position).collect();
        let mut positions = vec![seen.position];
        let confirmation = case.records.findings.iter().find(|finding| {
            let effective = finding.body.verdict == Verdict::Breach && finding.body.effective_at.at <= as_of;
            effective && Span::new(finding.body.from, finding.body.until).meets(seen.span)
        });
        if against.is_empty() {
            self.certain.push(Trace { span: seen.span, ground: SpanGround::Observed, positions });
        } else if let Some(finding) = confirmation {
            positions.push(finding.position());
            self.confirmed = true;
            self.certain.push(Trace { span: seen.span, ground: SpanGround::Confirmed, positions });
        } else {
            positions.extend(against);
            self.contested.push(Trace { span: seen.span, ground: SpanGround::Contested, positions });
        }
    }

    /// Time in which the measure was applied for certain.
    pub(super) fn certain_time(&self) -> Spans {
        Spans::union(self.certain.iter().map(|trace| trace.span))
    }

    /// Time in which whether it was applied is contested.
    pub(super) fn contested_time(&self) -> Spans {
        Spans::union(self.contested.iter().map(|trace| trace.span))
    }

    /// Both.
    pub(super) fn time(&self) -> Spans {
        Spans::union(self.certain.iter().chain(&self.contested).map(|trace| trace.span))
    }
}

/// Who was heard by then, and whether somebody was not.
#[derive(Default)]
struct Heard {
    classes: BTreeSet<Option<SourceClass>>,
    inadmissible: bool,
}

impl Heard {
    fn by(case: &Case<'_>, as_of: Instant) -> Self {
        let mut heard = Heard::default();
        let records = &case.records;
        let mut note = |effective: Instant, class: Option<SourceClass>, is_evidence: bool| {
            if effective <= as_of && !case.admits(class) {
                heard.inadmissible = true;
            } else if effective <= as_of && is_evidence {
                heard.classes.insert(class);
            }
        };
        records.observations.iter().for_each(|r| note(r.body.from, r.class(), true));
        let by_obligor = records.reinstatements.iter().filter(|r| is_by_obligor(case, r));
        by_obligor.for_each(|r| note(r.body.effective_at.at, OBLIGOR, true));
        match case.undertaking.body.terms.kind() {
            Kind::MeasureSuspension => {
                records.suspensions.iter().for_each(|r| note(r.body.effective_at.at, r.class(), true));
            }
            _ => {
                records.implementations.iter().for_each(|r| note(r.body.effective_at.at, r.class(), true));
                records.rates.iter().for_each(|r| note(r.body.effective_at.at, r.class(), true));
            }
        }
        records.voids.iter().for_each(|r| note(r.body.effective_at.at, r.class(), false));
        heard
    }
}

/// The class of a reinstatement, whoever reports it: it is the obligor's own act.
const OBLIGOR: Option<SourceClass> = Some(SourceClass::ObligorOfficial);

pub(super) fn is_by_obligor(case: &Case<'_>, record: &Record<'_, MeasureReinstated>) -> bool {
    record.body.by == case.undertaking.body.obligor
}

fn sightings<'a>(case: &Case<'a>, as_of: Instant) -> Vec<Sighting<'a>> {
    let observed = case.records.observations.iter().map(|record| Sighting {
        state: record.body.state,
        span: Span::new(record.body.from, record.body.until),
        class: record.class(),
        subject: &record.event.submission.subject,
        position: record.position(),
    });
    let by_obligor = case.records.reinstatements.iter().filter(|record| is_by_obligor(case, record));
    let reinstated = by_obligor.map(|record| Sighting {
        state: MeasureState::Applied,
        span: Span::new(record.body.effective_at.at, suspended_again(case, record, as_of)),
        class: OBLIGOR,
        subject: &record.event.submission.subject,
        position: record.position(),
    });
    let begun = observed.chain(reinstated).filter(|sighting| sighting.span.from <= as_of);
    begun.filter(|sighting| case.admits(sighting.class)).collect()
}

/// When a measure that was put back in force was suspended once more, by then.
fn suspended_again(case: &Case<'_>, reinstated: &Record<'_, MeasureReinstated>, as_of: Instant) -> Option<Instant> {
    let suspensions = case.records.suspensions.iter().filter(|record| case.admits(record.class()));
    let same = suspensions.filter(|record| record.subject() == reinstated.subject() || is_commitment(record.subject()));
    let later = same.map(|record| record.body.effective_at.at);
    later.filter(|effective| reinstated.body.effective_at.at < *effective && *effective <= as_of).min()
}

/// Whether two observations can contradict each other: they are about one measure, or one is about the duty as a whole.
fn same_thing(a: &Subject, b: &Subject) -> bool {
    a == b || is_commitment(a) || is_commitment(b)
}

fn is_commitment(subject: &Subject) -> bool {
    matches!(subject, Subject::Member(Collection::Commitments, _))
}

/// The subject of events about a measure.
pub(super) fn about_measure(measure: &Slug) -> Subject {
    Subject::Member(Collection::Measures, measure.clone())
}

/// When the duty was implemented, by then: by a record on the commitment itself, or else once every named measure that
/// has been announced has its own.
fn implemented(case: &Case<'_>, as_of: Instant) -> Option<(Instant, Vec<Position>)> {
    let mut firsts: Vec<(&Subject, Instant, Position)> = Vec::new();
    for (subject, effective, position) in implementations(case, as_of) {
        match firsts.iter_mut().find(|(seen, ..)| *seen == subject) {
            Some(first) if effective < first.1 => *first = (subject, effective, position),
            Some(_) => {}
            None => firsts.push((subject, effective, position)),
        }
    }
    let whole = firsts.iter().find(|(subject, ..)| is_commitment(subject)).map(|(_, at, by)| (*at, vec![*by]));
    let of_measures: Vec<_> = firsts.iter().filter(|(subject, ..)| !is_commitment(subject)).collect();
    let announced = case.records.announcements.iter().filter(|record| record.body.announced_at.at <= as_of);
    let all_done = announced.map(|record| record.subject()).all(|measure| of_measures.iter().any(|f| f.0 == measure));
    let latest = of_measures.iter().map(|(_, at, _)| *at).max().filter(|_| all_done);
    let each = latest.map(|at| (at, of_measures.iter().map(|(_, _, by)| *by).collect()));
    [whole, each].into_iter().flatten().min()
}

/// The records that say so: MeasureSuspended for the suspension of a measure, MeasureImplemented for other duties.
fn implementations<'a>(case: &Case<'a>, as_of: Instant) -> Vec<(&'a Subject, Instant, Position)> {
    let records = &case.records;
    let mut all: Vec<(&Subject, Instant, Position)> = Vec::new();
    if case.undertaking.body.terms.kind() == Kind::MeasureSuspension {
        let counted = records.suspensions.iter().filter(|r| case.admits(r.class()));
        all.extend(counted.map(|r| (&r.event.submission.subject, r.body.effective_at.at, r.position())));
    } else {
        let counted = records.implementations.iter().filter(|r| case.admits(r.class()));
        all.extend(counted.map(|r| (&r.event.submission.subject, r.body.effective_at.at, r.position())));
    }
    all.retain(|(_, effective, _)| *effective <= as_of);
    all
}
