//! A measure as the API shows it.

use std::sync::Arc;

use super::clocks::Resolved;
use super::commitment;
use crate::domain::{Collection, Docket, Slug, Subject};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{self, Assessment, Held};
use crate::wire::{self, ToProto as _, Word as _};

/// What is known of a measure at the clocks given; `None` where it is not recorded there.
pub(super) fn describe(docket: &Docket, ledger: &Ledger, id: &Slug, at: Resolved) -> Option<v1::Measure> {
    let subject = Subject::Member(Collection::Measures, id.clone());
    let now = views::measure_now(docket, id, at.as_of, at.known)?;
    let submission = &now.event.submission;
    let about_it: Vec<&Slug> =
        commitment::picked(docket, &subject, at, |promised| promised.measures.contains(id)).collect();
    let told: Vec<Arc<Held>> =
        about_it.iter().map(|commitment| ledger.recall(docket, commitment, at.as_of, at.known)).collect();
    let suspensions: Vec<&Assessment> = told.iter().map(|held| &held.assessment).collect();
    let (in_effect, _) = now.in_effect(&suspensions);
    let ledger = ledger.name();
    Some(v1::Measure {
        name: subject.name_in(ledger),
        announced: Some(now.announced.to_proto_in(ledger)),
        standing: now.standing.number(),
        standing_since: Some(wire::instant_to_proto(now.since)),
        rates: now.rates.iter().map(|set| wire::rate_component_to_proto(set)).collect(),
        commitments: about_it.iter().map(|it| Subject::commitment((*it).clone()).name_in(ledger)).collect(),
        revision: commitment::revision(docket, &subject, at),
        sources: submission.sources.iter().map(|source| source.to_proto_in(ledger)).collect(),
        note: submission.note.as_ref().map_or_else(String::new, ToString::to_string),
        in_effect: in_effect.number(),
    })
}
