//! One commitment: whether it is kept and for how long, what was promised in each reading, how it came to stand so, what
//! proves it, and why.

mod evidence;
mod linked;
mod numbers;
mod pace;
mod terms;
mod timeline;
mod why;

pub(super) use evidence::{Source, confidence, source, spaced};
pub(super) use linked::codes;

use askama::Template;
use axum::response::Response;

use super::badge::{self, Badge};
use super::board::{self, Evidence};
use super::fault::Fault;
use super::frame::Frame;
use super::lead::{self, Lead};
use super::legend;
use super::party::{begun, capital, name, of_party};
use super::proof::{self, TreeHead};
use super::respond::html;
use super::trail::WIDTH;
use super::visit::Visit;
use super::when::{When, distance};
use crate::domain::{Docket, Slug, Subject};
use crate::exchange::figures;
use crate::exchange::plain_words::word;
use crate::views;
use crate::wire;

#[derive(Template)]
#[template(path = "commitment.html")]
struct CommitmentPage {
    frame: Frame,
    name: String,
    title: String,
    kind: String,
    obligor: String,
    obligee: String,
    badge: Badge,
    lifecycle: &'static str,
    /// What its status means.
    meaning: &'static str,
    row: String,
    evidence: Evidence,
    standing: &'static str,
    standing_said: &'static str,
    sure: Vec<&'static str>,
    flags: Vec<String>,
    next: Option<(When, String)>,
    readings: Vec<(String, Badge, &'static str)>,
    /// What each reading makes of the figures, where these differ.
    figures: Vec<(String, String)>,
    adopted: String,
    lead: Option<Lead>,
    numbers: numbers::Shown,
    terms: terms::Table,
    timeline: timeline::Timeline,
    width: i64,
    used: Vec<evidence::Record>,
    aside: Vec<evidence::Record>,
    meanings: Vec<(String, String)>,
    note: String,
    pace: Option<pace::Shown>,
    why: Vec<why::Reading>,
    linked: linked::Linked,
    tree: TreeHead,
    /// All its records in one file; each has its own too.
    bundle: Option<(&'static str, String)>,
}

pub(super) fn show(visit: &Visit, id: &str) -> Result<Response, Fault> {
    let unknown =
        || Fault::not_found("commitment", format!("{id} in {} at position {}", visit.ledger.name(), visit.at.known));
    let slug = Slug::parse(id).map_err(|_| unknown())?;
    let tree = proof::tree_head(visit);
    let docket = visit.ledger.docket();
    let page = page(visit, &docket, &slug, tree).ok_or_else(unknown)?;
    drop(docket);
    Ok(html(page.render()?))
}

fn page(visit: &Visit, docket: &Docket, id: &Slug, tree: TreeHead) -> Option<CommitmentPage> {
    let at = visit.at;
    let undertaken = board::undertaken(docket, id, at.known)?;
    let explanation = views::explain(docket, id, at.as_of, at.known);
    let assessment = &explanation.assessment;
    let shown = wire::assessment_to_proto(assessment, &visit.made(docket));
    let explained = wire::explanation_to_proto(&explanation, visit.ledger.name());
    let title = capital(&of_party(id.as_str(), &undertaken.obligor.to_string()));
    let readings = assessment.by_reading.iter();
    let own = crate::domain::live(docket.about(&Subject::commitment(id.clone())), at.known);
    let note = own.first().and_then(|event| event.submission.note.as_ref());
    let pace = pace::shown(visit, docket, id);
    let frame = Frame::of(visit, docket, &title, Some(std::slice::from_ref(id)));
    let flags = shown.flags().map(|flag| word(flag.as_str_name(), "FLAG_").to_owned()).collect();
    let records = evidence::records(visit, docket, id, &explained).into_iter();
    let (used, aside): (Vec<_>, Vec<_>) = records.partition(|record| record.is_used || record.is_contested);
    Some(CommitmentPage {
        frame: if pace.as_ref().is_some_and(|pace| !pace.charts.is_empty()) { frame.with_chart() } else { frame },
        title: undertaken.title.to_string(),
        kind: undertaken.terms.kind().to_string().to_lowercase().replace('_', " "),
        obligor: begun(&undertaken.obligor.to_string()),
        obligee: name(&undertaken.obligee.to_string()).to_owned(),
        badge: Badge::of(assessment.judgement.status),
        lifecycle: badge::lifecycle(assessment.judgement.lifecycle),
        meaning: legend::meaning(shown.status()),
        row: shown.row.clone(),
        evidence: board::evidence(shown.evidence()),
        standing: word(shown.standing().as_str_name(), "STANDING_"),
        standing_said: linked::standing(shown.standing()),
        sure: lead::sure(assessment),
        flags,
        next: assessment.next_change_at.map(|next| (When::at(next), distance(next, at.as_of))),
        readings: readings
            .map(|(name, it)| (lead::reading_name(name), Badge::of(it.status), badge::lifecycle(it.lifecycle)))
            .collect(),
        figures: figures::by_reading(&shown).into_iter().map(|(name, it)| (lead::reading_name(name), it)).collect(),
        adopted: shown.adopted_reading.clone(),
        lead: lead::of(visit, docket, undertaken, assessment),
        numbers: numbers::shown(&shown),
        terms: terms::table(&explained),
        timeline: timeline::timeline(visit, docket, id),
        width: WIDTH,
        meanings: evidence::meanings(&explained),
        used: evidence::folded(used),
        aside: evidence::folded(aside),
        note: note.map_or_else(String::new, ToString::to_string),
        pace,
        why: why::readings(visit, &explained),
        linked: linked::linked(visit, docket, id, undertaken),
        tree,
        bundle: Some((
            "Every event that bears on it, with proofs",
            format!("{}/bundle.json{}", visit.path, visit.address.clocks_and(&[])),
        )),
        name: title,
    })
}
