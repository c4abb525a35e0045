//! A measure as the API shows it.

use super::clocks::Resolved;
use super::commitment;
use crate::domain::{Collection, Docket, Slug, Subject};
use crate::proto::v1;
use crate::views;
use crate::wire::{self, ToProto as _, Word as _};

/// What is known of a measure at the clocks given; `None` where it is not recorded there.
pub(super) fn describe(docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved) -> Option<v1::Measure> {
    let subject = Subject::Member(Collection::Measures, id.clone());
    let now = views::measure_now(docket, id, at.as_of, at.known)?;
    let submission = &now.event.submission;
    Some(v1::Measure {
        name: subject.name_in(ledger),
        announced: Some(now.announced.to_proto_in(ledger)),
        standing: now.standing.number(),
        standing_since: Some(wire::instant_to_proto(now.since)),
        rates: now.rates.iter().map(|set| wire::rate_component_to_proto(set)).collect(),
        commitments: commitment::names(docket, ledger, at, |undertaken| undertaken.measures.contains(id)),
        revision: commitment::revision(docket, &subject, at),
        sources: submission.sources.iter().map(|source| source.to_proto_in(ledger)).collect(),
        note: submission.note.as_ref().map_or_else(String::new, ToString::to_string),
    })
}
