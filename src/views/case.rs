//! Case: one commitment as known at one position, prepared once and then asked about any instant.

use std::collections::BTreeMap;

use super::by_period::{ByPeriod, Spoken};
use super::intervals::{Span, Spans};
use super::purchase::Item;
use super::record::{Corrections, Record, Records};
use super::relief::Relief;
use crate::domain::event::{CohortReported, CommitmentUndertaken, ExcuseClaimed, MetricReported, TerminationMode};
use crate::domain::terms::{Dependence, Maintenance, ReciprocalEffect};
use crate::domain::{Dossier, Instant, Party, Position, Slug, SourceClass, Status, Terms, Zone};

/// One commitment as known at one position.
#[derive(Debug)]
pub(super) struct Case<'a> {
    /// Which commitment.
    pub(super) commitment: &'a Slug,
    /// The base: the first undertaking that stands.
    pub(super) undertaking: Record<'a, CommitmentUndertaken>,
    /// The records that stand.
    pub(super) records: Records<'a>,
    /// Waivers and excuses.
    pub(super) relief: Relief<'a>,
    /// Purchase pledges: the amounts that count.
    pub(super) items: Vec<Item>,
    /// Periodic ceilings: the figures, by period.
    pub(super) metrics: ByPeriod<'a, MetricReported>,
    /// Licensing flows: the cohorts, by period.
    pub(super) cohorts: ByPeriod<'a, CohortReported>,
    /// What the counterpart's conduct means; none where the duty depends on nobody, or where that is left out.
    pub(super) reciprocity: Option<Reciprocity>,
    // The status histories of the commitments that this one depends on, or did, or will.
    counterparts: BTreeMap<&'a Slug, Vec<(Instant, Status)>>,
    // Every instant at which a record begins or stops to bear on the answer, in order.
    instants: Vec<Instant>,
}

/// What the counterpart's conduct means for this duty.
#[derive(Debug)]
pub(super) struct Reciprocity {
    /// What a trigger does.
    pub(super) effect: ReciprocalEffect,
    /// While the counterpart is in a trigger status.
    pub(super) triggered: Spans,
}

impl Reciprocity {
    fn of(dependence: &Dependence, history: &[(Instant, Status)]) -> Self {
        let ends = history.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
        let spans = history.iter().zip(ends);
        let triggers = spans.filter(|((_, status), _)| dependence.triggers.contains(status));
        let triggered = Spans::union(triggers.map(|((from, _), until)| Span::new(*from, until)));
        Reciprocity { effect: dependence.effect, triggered }
    }
}

impl<'a> Case<'a> {
    /// The case as known at a position; none where the commitment is not recorded there (specification, K1).
    pub(super) fn open(dossier: &'a Dossier, known: Position) -> Option<Self> {
        let events = dossier.known(known);
        let corrections = Corrections::among(events);
        let records = Records::standing(events, &corrections)?;
        let undertaking = *records.undertakings.first()?;
        let relief = Relief::among(&records, &corrections, undertaking.body);
        let case = Case {
            commitment: dossier.commitment(),
            undertaking,
            records,
            relief,
            items: Vec::new(),
            metrics: ByPeriod::default(),
            cohorts: ByPeriod::default(),
            reciprocity: None,
            counterparts: BTreeMap::new(),
            instants: Vec::new(),
        };
        Some(case.prepared())
    }

    /// The same records as they are heard under an undertaking that reads otherwise.
    pub(super) fn under<'b>(&self, reworded: &'b CommitmentUndertaken) -> Case<'b>
    where
        'a: 'b,
    {
        let case: Case<'b> = Case {
            commitment: self.commitment,
            undertaking: Record { event: self.undertaking.event, body: reworded },
            records: self.records.clone(),
            relief: self.relief.clone(),
            items: Vec::new(),
            metrics: ByPeriod::default(),
            cohorts: ByPeriod::default(),
            reciprocity: None,
            counterparts: self.counterparts.clone(),
            instants: Vec::new(),
        };
        case.prepared()
    }

    /// The case with what follows from its undertaking.
    fn prepared(mut self) -> Self {
        match &self.undertaking.body.terms {
            Terms::PurchasePledge(terms) => {
                self.items = Item::all(&self.records.amounts, terms, self.undertaking.body);
            }
            Terms::PeriodicCeiling(_) => {
                let days = |metric: &MetricReported| metric.window.map(Spoken::Days);
                let spoken =
                    |metric: &'a MetricReported| metric.period.as_ref().map(Spoken::Name).or_else(|| days(metric));
                self.metrics = ByPeriod::of(&self.records.metrics, spoken);
            }
            Terms::LicensingFlow(_) => {
                self.cohorts = ByPeriod::of(&self.records.cohorts, |cohort| Some(Spoken::Name(&cohort.period)));
            }
            Terms::MeasureSuspension(_) | Terms::RateCeiling(_) | Terms::OneOffAct(_) => {}
        }
        self.instants = self.record_instants();
        let dependence = self.dependence();
        let history = dependence.and_then(|dependence| self.counterparts.get(&dependence.commitment));
        if let (Some(dependence), Some(history)) = (dependence, history) {
            let reciprocity = Reciprocity::of(dependence, history);
            self.instants.extend(reciprocity.triggered.edges());
            self.reciprocity = Some(reciprocity);
        }
        self.instants.sort_unstable();
        self.instants.dedup();
        self
    }

    /// The case with the status histories of its counterparts: each entry holds from its instant until the next.
    pub(super) fn heed(mut self, history: impl Fn(&Slug) -> Vec<(Instant, Status)>) -> Self {
        let amended = self.records.amendments.iter().filter_map(|amendment| amendment.body.set.depends_on.as_ref());
        let read = self.records.readings.iter().filter_map(|reading| reading.body.set.depends_on.as_ref());
        let dependences = self.dependence().into_iter().chain(amended).chain(read);
        self.counterparts =
            dependences.map(|dependence| (&dependence.commitment, history(&dependence.commitment))).collect();
        if self.counterparts.is_empty() { self } else { self.prepared() }
    }

    /// The zone its days are read in.
    pub(super) fn zone(&self) -> &'a Zone {
        &self.undertaking.body.zone
    }

    /// What its duty depends on, where it does.
    pub(super) fn dependence(&self) -> Option<&'a Dependence> {
        self.undertaking.body.terms.dependence()
    }

    /// Whether a record of this class counts: a class that the terms list, or none (specification, section 3).
    pub(super) fn admits(&self, class: Option<SourceClass>) -> bool {
        class.is_none_or(|class| self.undertaking.body.admissible.contains(&class))
    }

    /// Whether a party can let the obligor off or put it on notice.
    pub(super) fn is_obligee(&self, party: Party) -> bool {
        super::relief::speaks_for_obligee(party, self.undertaking.body)
    }

    /// The first two instants from `as_of` on at which a record begins or stops to bear on the answer: that of the
    /// question itself, where it is one, and the first after it are among them.
    pub(super) fn next_instants(&self, as_of: Instant) -> impl Iterator<Item = Instant> {
        let first = self.instants.partition_point(|instant| *instant < as_of);
        self.instants[first..].iter().copied().take(2)
    }

    /// The first instant after `as_of` from which something is to be told that changes neither lifecycle nor status: an
    /// allegation, or who stands by the commitment.
    pub(super) fn next_remark(&self, as_of: Instant) -> Option<Instant> {
        let records = &self.records;
        let confirmed = records.confirmations.iter().map(|r| r.body.effective_at.at);
        let denied = records.denials.iter().map(|r| r.body.effective_at.at);
        let alleged = records.allegations.iter().map(|r| r.body.effective_at.at);
        confirmed.chain(denied).chain(alleged).filter(|instant| *instant > as_of).min()
    }

    /// The earliest termination effective by `as_of` that this commitment, or one tranche of it, does not survive.
    pub(super) fn termination(&self, tranche: Option<&Slug>, as_of: Instant) -> Option<(Instant, Position)> {
        let effective = self.records.terminations.iter().filter(|record| record.body.effective_at.at <= as_of);
        let ends = effective.filter(|record| {
            let survives = record.body.surviving.iter().any(|survivor| {
                let whole_or_this = survivor.tranche.is_none() || survivor.tranche.as_ref() == tranche;
                survivor.commitment == *self.commitment && whole_or_this
            });
            !survives || record.body.mode == TerminationMode::Void
        });
        ends.map(|record| (record.body.effective_at.at, record.position())).min()
    }

    /// The first termination effective by `as_of` that makes the instrument void.
    pub(super) fn voided(&self, as_of: Instant) -> Option<Position> {
        let mut terminations = self.records.terminations.iter();
        terminations
            .find(|t| t.body.mode == TerminationMode::Void && t.body.effective_at.at <= as_of)
            .map(Record::position)
    }

    /// What is promised, where it is a duty in time.
    pub(super) fn maintenance(&self) -> Option<&'a Maintenance> {
        match &self.undertaking.body.terms {
            Terms::MeasureSuspension(maintenance) => Some(maintenance),
            Terms::RateCeiling(terms) => Some(&terms.maintenance),
            _ => None,
        }
    }

    fn record_instants(&self) -> Vec<Instant> {
        let records = &self.records;
        let mut instants = self.term_instants();
        let many = [records.observations.len() * 2, self.items.len(), records.cohorts.len(), records.acts.len()];
        instants.reserve(many.into_iter().sum());
        instants.extend(records.announcements.iter().map(|r| r.body.announced_at.at));
        instants.extend(records.implementations.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.suspensions.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.reinstatements.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.voids.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.rates.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.observations.iter().flat_map(|r| edges(r.body.from, r.body.until)));
        instants.extend(self.items.iter().map(|item| item.over_at));
        instants.extend(records.cohorts.iter().map(|r| self.zone().end_of(r.body.snapshot_through)));
        instants.extend(records.acts.iter().map(|r| r.body.performed_at.at));
        instants.extend(records.reversals.iter().map(|r| r.body.performed_at.at));
        instants.extend(records.notices.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.clocks.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.resolutions.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.findings.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.findings.iter().flat_map(|r| edges(r.body.from, r.body.until)));
        instants.extend(records.waivers.iter().map(|r| r.body.effective_at.at));
        instants.extend(self.relief.waivers.iter().flat_map(|waiver| [waiver.span().from, waiver.span().until]));
        instants.extend(records.claims.iter().map(|r: &Record<'_, ExcuseClaimed>| r.body.from.instant()));
        instants.extend(self.relief.excuses.iter().flat_map(|excuse| [excuse.span.from, excuse.span.until]));
        let exercises = records.exercises.iter();
        instants.extend(exercises.flat_map(|r| edges(r.body.effective_at.at, r.body.until)));
        instants
    }

    fn term_instants(&self) -> Vec<Instant> {
        let records = &self.records;
        let mut instants = Vec::new();
        for amendment in &records.amendments {
            instants
                .extend([Some(amendment.body.effective_at.at), amendment.body.retroactive_to].into_iter().flatten());
            instants.push(amendment.recorded_at());
        }
        instants.extend(records.readings.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.adoptions.iter().map(|r| r.body.effective_at.at));
        instants.extend(records.terminations.iter().map(|r| r.body.effective_at.at));
        instants
    }
}

fn edges(from: Instant, until: Option<Instant>) -> impl Iterator<Item = Instant> {
    [Some(from), until].into_iter().flatten()
}
