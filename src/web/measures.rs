//! The measures, and one of them: what it is, whether it applies, what holds it off, and what it returns to.

use askama::Template;
use axum::response::Response;

use super::badge::{self, Badge};
use super::commitment::{self, Source};
use super::fault::Fault;
use super::frame::Frame;
use super::lead::{self, Lead};
use super::measure::{self, Line};
use super::party::{capital, of_party};
use super::respond::html;
use super::visit::Visit;
use super::when::When;
use crate::domain::{Collection, Docket, Payload, Slug, Subject, live};
use crate::views;
use crate::wire::{self, ToProto as _};

/// The most measures on one page.
const LINES_MAX: usize = 1000;
/// The most product codes on one page.
const PRODUCTS_MAX: usize = 400;

#[derive(Template)]
#[template(path = "measures.html")]
struct MeasuresPage {
    frame: Frame,
    groups: Vec<(String, Vec<Line>)>,
    count: usize,
    shown: usize,
}

#[derive(Template)]
#[template(path = "measure.html")]
struct MeasurePage {
    frame: Frame,
    line: Line,
    reference: String,
    announced: When,
    rates: Vec<Rate>,
    holding: Vec<Holding>,
    acts: Vec<Act>,
    products: Vec<String>,
    products_left: usize,
    exposure: String,
    note: String,
    it: Sources,
}

/// The sources of the event that made the measure known.
struct Sources {
    sources: Vec<Source>,
}

/// One component of its rate.
struct Rate {
    component: String,
    points: String,
    since: When,
}

/// A commitment about it.
struct Holding {
    name: String,
    href: String,
    title: String,
    badge: Badge,
    lifecycle: &'static str,
    lead: Option<Lead>,
}

/// One event about it.
struct Act {
    position: u64,
    href: String,
    recorded: When,
    gist: String,
}

pub(super) fn show_all(visit: &Visit) -> Result<Response, Fault> {
    let docket = visit.ledger.docket();
    let ids: Vec<&Slug> = docket.members(Collection::Measures).collect();
    let count = ids.len();
    let mut lines: Vec<Line> =
        ids.into_iter().take(LINES_MAX).filter_map(|id| measure::line(visit, &docket, id)).collect();
    let frame = Frame::of(visit, &docket, "Measures", None);
    drop(docket);
    lines.sort_by(|a, b| (&a.by, &a.id).cmp(&(&b.by, &b.id)));
    let shown = lines.len();
    let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
    for line in lines {
        match groups.last_mut() {
            Some((by, lines)) if *by == line.by => lines.push(line),
            _ => groups.push((line.by.clone(), vec![line])),
        }
    }
    Ok(html(MeasuresPage { frame, groups, count, shown }.render()?))
}

pub(super) fn show(visit: &Visit, id: &str) -> Result<Response, Fault> {
    let unknown =
        || Fault::not_found("measure", format!("{id} in {} at position {}", visit.ledger.name(), visit.at.known));
    let slug = Slug::parse(id).map_err(|_| unknown())?;
    let docket = visit.ledger.docket();
    let page = page(visit, &docket, &slug).ok_or_else(unknown)?;
    drop(docket);
    Ok(html(page.render()?))
}

fn page(visit: &Visit, docket: &Docket, id: &Slug) -> Option<MeasurePage> {
    let at = visit.at;
    let line = measure::line(visit, docket, id)?;
    let now = views::measure_now(docket, id, at.as_of, at.known)?;
    let subject = Subject::Member(Collection::Measures, id.clone());
    let mut products: Vec<String> = docket.products_of(&subject, at.known).iter().map(ToString::to_string).collect();
    products.sort();
    products.dedup();
    let about: Vec<Slug> = measure::about(visit, docket, id).map(|(it, _)| it.clone()).collect();
    let submission = &now.event.submission;
    Some(MeasurePage {
        frame: Frame::of(visit, docket, &line.title, Some(&about)),
        reference: now.announced.reference.as_ref().map_or_else(String::new, ToString::to_string),
        announced: When::at(now.announced.announced_at.at),
        rates: now.rates.iter().map(|set| rate(set)).collect(),
        holding: measure::about(visit, docket, id)
            .map(|(it, undertaken)| holding(visit, docket, it, undertaken))
            .collect(),
        acts: acts(visit, docket, &subject),
        exposure: visit.link_with("/exposure", &[("codes", &commitment::codes(docket, &subject, at.known))]),
        products_left: products.len().saturating_sub(PRODUCTS_MAX),
        products: products.into_iter().take(PRODUCTS_MAX).collect(),
        note: submission.note.as_ref().map_or_else(String::new, ToString::to_string),
        it: Sources {
            sources: submission
                .sources
                .iter()
                .map(|source| commitment::source(&source.to_proto_in(visit.ledger.name())))
                .collect(),
        },
        line,
    })
}

fn rate(set: &crate::domain::event::RateSet) -> Rate {
    let shown = wire::rate_component_to_proto(set);
    Rate {
        component: shown.component,
        points: shown.rate.unwrap_or_else(|| "taken away".to_owned()),
        since: When::at(set.effective_at.at),
    }
}

fn holding(
    visit: &Visit,
    docket: &Docket,
    id: &Slug,
    undertaken: &crate::domain::event::CommitmentUndertaken,
) -> Holding {
    let assessment = visit.ledger.assess(docket, id, visit.at.as_of, visit.at.known);
    Holding {
        name: capital(&of_party(id.as_str(), &undertaken.obligor.to_string())),
        href: visit.link_to(&Subject::commitment(id.clone()).name_in(visit.ledger.name())),
        title: undertaken.title.to_string(),
        badge: Badge::of(assessment.judgement.status),
        lifecycle: badge::lifecycle(assessment.judgement.lifecycle),
        lead: lead::of(visit, docket, undertaken, &assessment),
    }
}

fn acts(visit: &Visit, docket: &Docket, subject: &Subject) -> Vec<Act> {
    let own = live(docket.about(subject), visit.at.known);
    let is_act = |payload: &Payload| !matches!(payload, Payload::MeasureAnnounced(_));
    let acts = own.into_iter().rev().filter(|event| is_act(&event.submission.payload)).map(|event| Act {
        position: event.position.get(),
        href: visit.link(&format!("/events/{}", event.position)),
        recorded: When::at(event.recorded_at),
        gist: views::gist(&event.submission.payload),
    });
    acts.collect()
}
