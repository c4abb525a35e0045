//! What a commitment is linked with: its instrument, measures, the commitments that depend on each other, shocks.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Payload, Position, Product, Slug, Subject, live};
use crate::proto::v1;
use crate::web::badge::Badge;
use crate::web::measure;
use crate::web::party::{capital, words};
use crate::web::visit::Visit;
use crate::web::when::When;

/// What a commitment is linked with.
pub(in crate::web) struct Linked {
    pub(in crate::web) instrument: String,
    pub(in crate::web) measures: Vec<measure::Line>,
    pub(in crate::web) commitments: Vec<Other>,
    pub(in crate::web) shocks: Vec<Shock>,
    pub(in crate::web) products: Vec<String>,
    pub(in crate::web) exposure: String,
    pub(in crate::web) events: String,
}

/// Another commitment whose conduct bears on this one, or the other way round.
pub(in crate::web) struct Other {
    pub(in crate::web) name: String,
    pub(in crate::web) href: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) says: &'static str,
}

/// Something outside that touches it.
pub(in crate::web) struct Shock {
    pub(in crate::web) title: String,
    pub(in crate::web) at: When,
    pub(in crate::web) href: String,
}

/// How many product codes are shown.
const PRODUCTS_MAX: usize = 60;

/// What a commitment is linked with, as known.
pub(super) fn linked(visit: &Visit, docket: &Docket, id: &Slug, undertaken: &CommitmentUndertaken) -> Linked {
    let at = visit.at;
    let subject = Subject::commitment(id.clone());
    let mut products: Vec<String> = docket.products_of(&subject, at.known).iter().map(ToString::to_string).collect();
    products.sort();
    products.dedup();
    let name = subject.name_in(visit.ledger.name());
    Linked {
        instrument: capital(&words(undertaken.instrument.as_str())),
        measures: undertaken.measures.iter().filter_map(|it| measure::line(visit, docket, it)).collect(),
        commitments: others(visit, docket, id),
        shocks: shocks(visit, docket, &subject, undertaken),
        exposure: visit.link_with("/exposure", &[("codes", &codes(docket, &subject, at.known))]),
        products: products.into_iter().take(PRODUCTS_MAX).collect(),
        events: visit.link_with("/events", &[("subject", &name)]),
    }
}

/// The products of a subject as the exposure page takes them, a line each.
pub(in crate::web) fn codes(docket: &Docket, subject: &Subject, known: Position) -> String {
    let mut products = docket.products_of(subject, known);
    products.sort();
    products.dedup();
    let line = |product: &&Product| format!("{}, {}", product.code(), product.nomenclature().name());
    products.iter().take(PRODUCTS_MAX).map(line).collect::<Vec<_>>().join("\n")
}

fn others(visit: &Visit, docket: &Docket, id: &Slug) -> Vec<Other> {
    let counterparts: Vec<&Slug> = docket.dossier(id).into_iter().flat_map(|dossier| dossier.counterparts()).collect();
    let dependents = docket.dependents(id).map(|other| (other, "depends on this one"));
    let mut all: Vec<(&Slug, &'static str)> =
        counterparts.into_iter().map(|other| (other, "this one depends on it")).chain(dependents).collect();
    all.sort();
    all.dedup();
    let other = |(other, says): (&Slug, &'static str)| Other {
        name: capital(&words(other.as_str())),
        href: visit.link_to(&Subject::commitment(other.clone()).name_in(visit.ledger.name())),
        badge: Badge::of(visit.ledger.assess(docket, other, visit.at.as_of, visit.at.known).judgement.status),
        says,
    };
    all.into_iter().map(other).collect()
}

/// The shocks that touch the commitment, its measures or its instrument.
fn shocks(visit: &Visit, docket: &Docket, subject: &Subject, undertaken: &CommitmentUndertaken) -> Vec<Shock> {
    let mut touched = vec![subject.clone(), Subject::Member(Collection::Instruments, undertaken.instrument.clone())];
    touched.extend(undertaken.measures.iter().map(|it| Subject::Member(Collection::Measures, it.clone())));
    let shock = |id: &Slug| {
        let own = live(docket.about(&Subject::Member(Collection::Shocks, id.clone())), visit.at.known);
        own.into_iter().find_map(|event| match &event.submission.payload {
            Payload::ShockRecorded(shock) if shock.touches.iter().any(|it| touched.contains(it)) => Some(Shock {
                title: shock.title.to_string(),
                at: When::at(shock.occurred_at.at),
                href: visit.link(&format!("/events/{}", event.position)),
            }),
            _ => None,
        })
    };
    docket.members(Collection::Shocks).filter_map(shock).collect()
}

/// Who has stood by a commitment, as a sentence.
pub(super) fn standing(standing: v1::Standing) -> &'static str {
    match standing {
        v1::Standing::Agreed => "Both sides have said it, or it stands in a joint text.",
        v1::Standing::ClaimedByObligee => "Only the side to whom it is owed says so.",
        v1::Standing::ClaimedByObligor => "The side that owes it says so.",
        v1::Standing::Confirmed => "One side said it, and the other has confirmed it.",
        v1::Standing::Disowned => "A side to it says that it did not promise this.",
        v1::Standing::Unspecified => "",
    }
}
