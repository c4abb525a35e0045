//! Records that are known already and take effect, or end, at an instant to come.

use super::super::case::Case;
use super::super::effects::Effect;
use super::super::maintenance::clocks::{at_the_end, returning};
use super::clock::{Clock, Consequence, DeadlineKind, through_instant};
use crate::domain::{EventKind, Instant, Moment, Position};

/// The clocks of records at one instant, each with the reading that it is about. Those that are worth a line by
/// themselves come first; the others are listed only where they change an answer. The effects come by time.
pub(super) fn clocks(case: &Case<'_>, effects: &[Effect], at: Instant) -> Vec<(Option<String>, Clock)> {
    let mut found: Vec<(Option<String>, Clock)> = Vec::new();
    found.extend(of_terms(case, at));
    found.extend(of_relief(case, at).into_iter().map(|clock| (None, clock)));
    let told: Vec<Option<Position>> = found.iter().map(|(_, clock)| clock.position).collect();
    let quiet = |kind| Clock::new(kind, Moment::at(at), Consequence::EvidenceChanges).quietly();
    let first = effects.partition_point(|effect| effect.at < at);
    for effect in effects[first..].iter().take_while(|effect| effect.at == at) {
        if !told.contains(&Some(effect.position)) {
            let ends = effect.ends && effect.kind == EventKind::MeasureObserved;
            let kind = if ends { DeadlineKind::ObservationEnd } else { DeadlineKind::RecordEffective };
            found.push((None, quiet(kind).by(effect.position)));
        }
    }
    let counterpart = case.reciprocity.as_ref().zip(case.dependence());
    if let Some((_, dependence)) = counterpart.filter(|(it, _)| it.triggered.edges().any(|edge| edge == at)) {
        let clock = quiet(DeadlineKind::Counterpart);
        found.push((None, Clock { counterpart: Some(dependence.commitment.clone()), ..clock }));
    }
    found
}

/// Amendments, readings and the end of the instrument.
fn of_terms(case: &Case<'_>, at: Instant) -> Vec<(Option<String>, Clock)> {
    let change = |kind, position| Clock::new(kind, Moment::at(at), Consequence::TermsChange).by(position);
    let mut found = Vec::new();
    for record in &case.records.amendments {
        let clock = change(DeadlineKind::Amendment, record.position());
        if record.body.effective_at.at == at {
            found.push((None, clock));
        } else if record.body.retroactive_to == Some(at) || record.recorded_at() == at {
            found.push((None, clock.quietly()));
        }
    }
    for record in case.records.readings.iter().filter(|record| record.body.effective_at.at == at) {
        found.push((Some(record.body.reading.to_string()), change(DeadlineKind::Reading, record.position())));
    }
    for record in case.records.adoptions.iter().filter(|record| record.body.effective_at.at == at) {
        found.push((Some(record.body.reading.to_string()), change(DeadlineKind::Reading, record.position())));
    }
    if let Some((_, position)) = case.termination(None, at).filter(|(effective, _)| *effective == at) {
        let clock = Clock::new(DeadlineKind::Termination, Moment::at(at), Consequence::DutyEnds).by(position);
        found.push((
            None,
            match case.maintenance() {
                Some(terms) => {
                    let measures = returning(case, terms, at);
                    Clock { consequence: at_the_end(terms, &measures), measures, ..clock }
                }
                None => clock,
            },
        ));
    }
    found
}

/// The known ends of what lets the obligor off.
fn of_relief(case: &Case<'_>, at: Instant) -> Vec<Clock> {
    let resumes = |kind, said| Clock::new(kind, said, Consequence::DutyResumes);
    let mut found = Vec::new();
    for waiver in case.relief.granted(at).filter(|waiver| waiver.span().until == at) {
        let record = case.records.waivers.iter().find(|record| record.position() == waiver.position());
        let clock = resumes(DeadlineKind::WaiverEnd, Moment::at(at)).by(waiver.position());
        let target = record.and_then(|record| record.body.target.as_ref());
        found.push(target.map_or(clock.clone(), |target| clock.of(target)));
    }
    for excuse in case.relief.accepted(at).filter(|excuse| excuse.ends && excuse.span.until == at) {
        let claim = case.records.claims.iter().find(|record| record.position() == excuse.claim);
        let said = through_instant(claim.and_then(|claim| claim.body.until.as_ref()), at);
        found.push(resumes(DeadlineKind::ExcuseEnd, said).by(excuse.claim));
    }
    let ended = case.records.exercises.iter().filter(|record| record.body.until == Some(at));
    found.extend(ended.map(|record| resumes(DeadlineKind::SuspensionEnd, Moment::at(at)).by(record.position())));
    found
}
