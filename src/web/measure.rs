//! A measure: what it is, whether it applies, and what it returns to.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Slug, Subject};
use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::views::{self, Assessment};
use crate::wire::Word as _;

use super::board;
use super::commitment::spaced;
use super::party::{begun, name};
use super::visit::Visit;
use super::when::{When, distance};

/// One measure on a list.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) by: String,
    pub(super) against: String,
    pub(super) standing: String,
    pub(super) since: When,
    pub(super) effect: Effect,
    pub(super) next: Option<(When, String)>,
}

/// Whether a measure applies, as a page shows it.
pub(super) struct Effect {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
}

impl Effect {
    pub(super) fn spelled(in_effect: v1::InEffect) -> Self {
        let (class, mark, word) = match in_effect {
            v1::InEffect::Yes => ("applies", "■", "applies"),
            v1::InEffect::No => ("rests", "□", "does not apply"),
            v1::InEffect::Unknown | v1::InEffect::Unspecified => ("unclear", "◆", "texts or sources differ"),
        };
        Effect { class, mark, word }
    }
}

/// A measure as known; none where it is not recorded there.
pub(super) fn line(visit: &Visit, docket: &Docket, id: &Slug) -> Option<Line> {
    let at = visit.at;
    let now = views::measure_now(docket, id, at.as_of, at.known)?;
    let suspensions: Vec<Assessment> =
        about(visit, docket, id).map(|(it, _)| visit.ledger.assess(docket, it, at.as_of, at.known)).collect();
    let (in_effect, next) = now.in_effect(&suspensions.iter().collect::<Vec<_>>());
    let name_of = Subject::Member(Collection::Measures, id.clone()).name_in(visit.ledger.name());
    Some(Line {
        id: id.to_string(),
        href: visit.link_to(&name_of),
        title: now.announced.title.to_string(),
        kind: spaced(word(now.announced.kind.name(), "MEASURE_KIND_")),
        by: begun(&now.announced.by.to_string()),
        against: name(&now.announced.against.to_string()).to_owned(),
        standing: spaced(word(now.standing.name(), "MEASURE_STANDING_")),
        since: When::at(now.since),
        effect: Effect::spelled(in_effect.to_proto()),
        next: next.map(|next| (When::at(next), distance(next, at.as_of))),
    })
}

/// The commitments about a measure, as known.
pub(super) fn about<'a>(
    visit: &'a Visit,
    docket: &'a Docket,
    id: &'a Slug,
) -> impl Iterator<Item = (&'a Slug, &'a CommitmentUndertaken)> {
    // The dossiers that follow the measure are those of the commitments about it, by any undertaking.
    let subject = Subject::Member(Collection::Measures, id.clone());
    let followers: Vec<&Slug> = docket.followers(&subject).collect();
    followers.into_iter().filter_map(move |commitment| {
        let undertaken = board::undertaken(docket, commitment, visit.at.known)?;
        undertaken.measures.contains(id).then_some((commitment, undertaken))
    })
}
