//! A measure at one instant: how it stands by the acts recorded, and whether it applies.

use std::collections::BTreeMap;

use super::{Assessment, InEffect};
use crate::domain::event::{MeasureAnnounced, RateSet};
use crate::domain::{Collection, Docket, Event, Instant, Kind, Lifecycle, Payload, Position, Slug, Subject, live};

/// How a measure stands by the acts recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureStanding {
    /// Announced; no act puts it in effect.
    Announced,
    /// An act put it in effect.
    InEffect,
    /// An act suspended it.
    Suspended,
    /// Its legal basis was taken away.
    Void,
}

/// What is known of a measure at one instant, by its own acts.
#[derive(Debug, Clone)]
pub struct MeasureNow<'a> {
    /// The event that made it known.
    pub event: &'a Event,
    /// What that event says.
    pub announced: &'a MeasureAnnounced,
    /// How it stands.
    pub standing: MeasureStanding,
    /// Since when.
    pub since: Instant,
    /// The components of its rate, each as last set, by name.
    pub rates: Vec<&'a RateSet>,
    /// When the next act that is known already takes effect.
    pub next_act_at: Option<Instant>,
}

/// A measure at `as_of`, as known at a position; none where it is not recorded there.
pub fn measure_now<'a>(docket: &'a Docket, measure: &Slug, as_of: Instant, known: Position) -> Option<MeasureNow<'a>> {
    let subject = Subject::Member(Collection::Measures, measure.clone());
    let own = live(docket.about(&subject), known);
    let (event, announced) = own.iter().find_map(|event| match &event.submission.payload {
        Payload::MeasureAnnounced(announced) => Some((*event, announced)),
        _ => None,
    })?;
    let acts: Vec<(MeasureStanding, Instant)> = own.iter().filter_map(|event| act(&event.submission.payload)).collect();
    let sets = || own.iter().filter_map(|event| rate(&event.submission.payload));
    let (standing, since) = standing(&acts, as_of).unwrap_or((MeasureStanding::Announced, announced.announced_at.at));
    let effective = acts.iter().map(|(_, at)| *at).chain(sets().map(|set| set.effective_at.at));
    let next_act_at = effective.filter(|at| *at > as_of).min();
    Some(MeasureNow { event, announced, standing, since, rates: in_force(sets(), as_of), next_act_at })
}

impl MeasureNow<'_> {
    /// Whether it applies, and when that may change next: by its own acts, and by what is said of the promises to
    /// suspend it. A duty of which some points were set when it was suspended, or later, applies with these.
    pub fn in_effect(&self, suspensions: &[&Assessment]) -> (InEffect, Option<Instant>) {
        let running: Vec<InEffect> = suspensions.iter().filter_map(|assessment| suspended(assessment)).collect();
        let changes = suspensions.iter().filter(|it| it.kind == Some(Kind::MeasureSuspension));
        let next_change_at = changes.filter_map(|it| it.next_change_at).chain(self.next_act_at).min();
        let told = |one: InEffect| running.contains(&one).then_some(one);
        // One suspension that runs holds it off, whatever became of the others.
        let agreed = told(InEffect::Unknown).or(told(InEffect::No)).or(told(InEffect::Yes));
        let kept = |set: &&&RateSet| self.standing != MeasureStanding::Suspended || set.effective_at.at >= self.since;
        let some_points = self.rates.iter().filter(kept).any(|set| set.rate.is_some_and(|rate| !rate.is_zero()));
        let in_effect = match (self.standing, agreed) {
            (MeasureStanding::Void, _) => InEffect::No,
            _ if some_points => InEffect::Yes,
            (_, Some(agreed)) => agreed,
            _ if !self.rates.is_empty() => InEffect::No,
            (MeasureStanding::InEffect, None) => InEffect::Yes,
            (MeasureStanding::Announced | MeasureStanding::Suspended, None) => InEffect::No,
        };
        (in_effect, next_change_at)
    }
}

/// What a promise to suspend the measure says of it; none before it begins, and for promises of another kind.
fn suspended(assessment: &Assessment) -> Option<InEffect> {
    let begun = !matches!(assessment.judgement.lifecycle, Lifecycle::NotRecorded | Lifecycle::Pending);
    assessment.in_effect().filter(|_| begun && assessment.kind == Some(Kind::MeasureSuspension))
}

fn act(payload: &Payload) -> Option<(MeasureStanding, Instant)> {
    match payload {
        Payload::MeasureImplemented(act) => Some((MeasureStanding::InEffect, act.effective_at.at)),
        Payload::MeasureSuspended(act) => Some((MeasureStanding::Suspended, act.effective_at.at)),
        Payload::MeasureReinstated(act) => Some((MeasureStanding::InEffect, act.effective_at.at)),
        Payload::MeasureVoided(act) => Some((MeasureStanding::Void, act.effective_at.at)),
        _ => None,
    }
}

fn rate(payload: &Payload) -> Option<&RateSet> {
    match payload {
        Payload::RateSet(set) => Some(set),
        _ => None,
    }
}

/// How it stands by the acts in effect: a void basis ends it for good, otherwise the latest act.
fn standing(acts: &[(MeasureStanding, Instant)], as_of: Instant) -> Option<(MeasureStanding, Instant)> {
    let effective: Vec<_> = acts.iter().filter(|(_, at)| *at <= as_of).copied().collect();
    let voided = effective.iter().filter(|(standing, _)| *standing == MeasureStanding::Void).min_by_key(|(_, at)| *at);
    // Of two acts of one instant the later recorded one stands.
    voided.or_else(|| effective.iter().max_by_key(|(_, at)| *at)).copied()
}

/// The latest of each component by then.
fn in_force<'a>(sets: impl Iterator<Item = &'a RateSet>, as_of: Instant) -> Vec<&'a RateSet> {
    let mut latest: BTreeMap<&Slug, &RateSet> = BTreeMap::new();
    for set in sets.filter(|set| set.effective_at.at <= as_of) {
        if latest.get(&set.component).is_none_or(|known| known.effective_at.at <= set.effective_at.at) {
            latest.insert(&set.component, set);
        }
    }
    latest.into_values().collect()
}
