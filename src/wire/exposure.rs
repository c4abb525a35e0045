//! Exposure, to the wire.

use crate::domain::event::RateSet;
use crate::domain::{Collection, Slug, Subject};
use crate::proto::v1;
use crate::views::{Codes, ExposedCommitment, ExposedMeasure, Item, Match, Reading, Standings, Touch};

use super::assessment::{AssessedIn, assessment_to_proto};
use super::spell::{Spelled as _, Speller, instant_to_proto};
use super::value::optional_instant_to_proto;
use super::word::Word as _;

/// The item of a message. A nomenclature that is no number of the list is read as none; the caller has refused it.
pub fn item_from_proto(item: &v1::ExposureItem) -> Item {
    let nomenclature = v1::Nomenclature::try_from(item.nomenclature).ok().and_then(super::Word::from_proto);
    Item { code: item.code.clone(), nomenclature, name: item.name.clone() }
}

/// What touches one item, as a message; `index` is its place in the list.
pub fn item_exposure_to_proto(index: usize, reading: &Reading, matches: &[Match], ledger: &Slug) -> v1::ItemExposure {
    let to = Speller::new(ledger, true);
    let mut shown = v1::ItemExposure { index: count(index), ..v1::ItemExposure::default() };
    match reading {
        Reading::Codes(lists) => shown.codes = lists.iter().map(codes).collect(),
        Reading::Words(words) => shown.words.clone_from(words),
        Reading::Unreadable(problem) => shown.problem.clone_from(problem),
    }
    shown.matches = matches.iter().map(|it| touching(it, &to)).collect();
    shown
}

/// What is true of everything touched, as messages.
pub fn standings_to_proto(
    standings: &Standings<'_>,
    made: &AssessedIn<'_>,
) -> (Vec<v1::ExposedMeasure>, Vec<v1::ExposedCommitment>) {
    let to = Speller::new(made.ledger, true);
    let measures = standings.measures.iter().map(|it| measure(it, &to)).collect();
    let commitments = standings.commitments.iter().map(|it| commitment(it, made)).collect();
    (measures, commitments)
}

/// One component of a rate, as last set.
pub fn rate_component_to_proto(set: &RateSet) -> v1::RateComponent {
    v1::RateComponent {
        component: set.component.to_string(),
        rate: set.rate.map(|rate| rate.to_string()),
        effective_at: Some(instant_to_proto(set.effective_at.at)),
    }
}

fn codes(codes: &Codes) -> v1::CodeReading {
    v1::CodeReading {
        nomenclature: codes.nomenclature.number(),
        from: codes.from.clone(),
        through: codes.through.clone(),
    }
}

fn touching(it: &Match, to: &Speller<'_>) -> v1::ExposureMatch {
    let mut shown = v1::ExposureMatch {
        subject: to.subject(&Subject::from(&it.touched)),
        kind: it.kind().number(),
        through: to.optional_name(Collection::Measures, it.through.as_ref()),
        ..v1::ExposureMatch::default()
    };
    match &it.touch {
        Touch::Code { listed, listed_count, .. } => {
            shown.listed = Some(listed.spell(to));
            shown.listed_count = count(*listed_count);
        }
        Touch::Text(found) => shown.found_in = found.number(),
    }
    shown
}

fn measure(it: &ExposedMeasure<'_>, to: &Speller<'_>) -> v1::ExposedMeasure {
    let announced = it.now.announced;
    v1::ExposedMeasure {
        name: to.name(Collection::Measures, &it.id),
        title: announced.title.to_string(),
        kind: announced.kind.number(),
        by: announced.by.to_string(),
        against: announced.against.to_string(),
        standing: it.now.standing.number(),
        standing_since: Some(instant_to_proto(it.now.since)),
        rates: it.now.rates.iter().map(|set| rate_component_to_proto(set)).collect(),
        in_effect: it.in_effect.number(),
        next_change_at: optional_instant_to_proto(it.next_change_at),
        commitments: to.names(Collection::Commitments, &it.commitments),
    }
}

fn commitment(it: &ExposedCommitment<'_>, made: &AssessedIn<'_>) -> v1::ExposedCommitment {
    v1::ExposedCommitment {
        title: it.undertaken.title.to_string(),
        obligor: it.undertaken.obligor.to_string(),
        obligee: it.undertaken.obligee.to_string(),
        assessment: Some(assessment_to_proto(&it.assessment, made)),
    }
}

/// A count as messages hold it; what is counted here is bounded far below.
fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
