//! A measure as the API shows it.

use std::collections::BTreeMap;

use super::clocks::Resolved;
use super::commitment;
use crate::domain::event::{CommitmentUndertaken, RateSet};
use crate::domain::{Collection, Docket, Event, Instant, Kind, Payload, Slug, Subject, live};
use crate::proto::v1;
use crate::views::{self, InEffect, Numbers};
use crate::wire::{self, ToProto as _, Word as _};

/// What is known of a measure at the clocks given; `None` where it is not recorded there.
pub(super) fn describe(docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved) -> Option<v1::Measure> {
    let subject = Subject::Member(Collection::Measures, id.clone());
    let own = live(docket.about(&subject), at.known);
    let (event, announced) = own.iter().find_map(|event| match &event.submission.payload {
        Payload::MeasureAnnounced(announced) => Some((*event, announced)),
        _ => None,
    })?;
    let (standing, since) =
        standing(&own, at.as_of).unwrap_or((v1::MeasureStanding::Announced, announced.announced_at.at));
    Some(v1::Measure {
        name: subject.name_in(ledger),
        announced: Some(announced.to_proto_in(ledger)),
        standing: standing.into(),
        standing_since: Some(wire::instant_to_proto(since)),
        rates: rates(&own, at.as_of),
        commitments: commitment::names(docket, ledger, at, |undertaken| undertaken.measures.contains(id)),
        revision: commitment::revision(docket, &subject, at),
        sources: event.submission.sources.iter().map(|source| source.to_proto_in(ledger)).collect(),
        note: event.submission.note.as_ref().map_or_else(String::new, ToString::to_string),
        in_effect: in_effect(docket, id, standing, at).number(),
    })
}

/// Whether it applies: by its acts, and where those suspended it, by the suspensions that were promised. A promise that
/// has lapsed puts the measure back without an act.
fn in_effect(docket: &Docket, id: &Slug, standing: v1::MeasureStanding, at: Resolved) -> InEffect {
    match standing {
        v1::MeasureStanding::InEffect => return InEffect::Yes,
        v1::MeasureStanding::Suspended => {}
        v1::MeasureStanding::Announced | v1::MeasureStanding::Void | v1::MeasureStanding::Unspecified => {
            return InEffect::No;
        }
    }
    let suspends = |promised: &CommitmentUndertaken| {
        promised.measures.contains(id) && promised.terms.kind() == Kind::MeasureSuspension
    };
    let told: Vec<InEffect> = commitment::picked(docket, at, suspends)
        .filter_map(|commitment| match views::assess(docket, commitment, at.as_of, at.known).numbers {
            Numbers::Maintenance { measure_in_effect, .. } => Some(measure_in_effect),
            _ => None,
        })
        .collect();
    if told.contains(&InEffect::Unknown) {
        InEffect::Unknown
    } else if told.is_empty() || told.contains(&InEffect::No) {
        InEffect::No
    } else {
        InEffect::Yes
    }
}

/// How it stands by the acts in effect: a void basis ends it for good, otherwise the latest act.
fn standing(own: &[&Event], as_of: Instant) -> Option<(v1::MeasureStanding, Instant)> {
    let acts = own.iter().filter_map(|event| {
        let (standing, dated) = match &event.submission.payload {
            Payload::MeasureImplemented(act) => (v1::MeasureStanding::InEffect, act.effective_at),
            Payload::MeasureSuspended(act) => (v1::MeasureStanding::Suspended, act.effective_at),
            Payload::MeasureReinstated(act) => (v1::MeasureStanding::InEffect, act.effective_at),
            Payload::MeasureVoided(act) => (v1::MeasureStanding::Void, act.effective_at),
            _ => return None,
        };
        (dated.at <= as_of).then_some((standing, dated.at))
    });
    let acts: Vec<_> = acts.collect();
    let voided = acts.iter().filter(|(standing, _)| *standing == v1::MeasureStanding::Void).min_by_key(|(_, at)| *at);
    // Of two acts of one instant the later recorded one stands.
    voided.or_else(|| acts.iter().max_by_key(|(_, at)| *at)).copied()
}

fn rates(own: &[&Event], as_of: Instant) -> Vec<v1::RateComponent> {
    let mut latest: BTreeMap<&Slug, &RateSet> = BTreeMap::new();
    for event in own {
        if let Payload::RateSet(set) = &event.submission.payload
            && set.effective_at.at <= as_of
            && latest.get(&set.component).is_none_or(|known| known.effective_at.at <= set.effective_at.at)
        {
            latest.insert(&set.component, set);
        }
    }
    let shown = latest.values().map(|set| v1::RateComponent {
        component: set.component.to_string(),
        rate: set.rate.map(|rate| rate.to_string()),
        effective_at: Some(wire::instant_to_proto(set.effective_at.at)),
    });
    shown.collect()
}
