//! Exposure: a company's codes against every measure and commitment of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::address::Address;
use super::badge::Badge;
use super::commitment::spaced;
use super::fault::Fault;
use super::frame::Frame;
use super::measure::Effect;
use super::party::{begun, name};
use super::respond::{html, see};
use super::visit::{Visit, id};
use super::when::{self, When, distance};
use crate::auth::Caller;
use crate::exchange::items;
use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::views::{self, Catalogue, Touched};
use crate::wire::{self, Word as _};

/// The most lines of one question; a longer list goes through `entente exposure`.
const ITEMS_MAX: usize = 2_000;
/// The most matches of one page.
const MATCHES_MAX: usize = 20_000;
/// The longest line.
const LINE_BYTES_MAX: usize = 200;
/// A question this short has its codes in the address, so that it can be sent to a colleague.
const ADDRESS_BYTES_MAX: usize = 4_000;

#[derive(Template)]
#[template(path = "exposure.html")]
struct ExposurePage {
    frame: Frame,
    clocks: Vec<(&'static str, String)>,
    codes: String,
    asked: bool,
    items: Vec<Item>,
    measures: Vec<Measure>,
    commitments: Vec<Commitment>,
}

/// One line of the question.
struct Item {
    code: String,
    read: String,
    problem: String,
    matches: Vec<Match>,
}

struct Match {
    kind: String,
    subject: String,
    href: String,
    listed: String,
}

struct Measure {
    key: String,
    href: String,
    title: String,
    says: String,
    effect: Effect,
    standing: String,
    next: Option<(When, String)>,
}

struct Commitment {
    key: String,
    href: String,
    title: String,
    owes: String,
    badge: Badge,
    next: Option<(When, String)>,
}

/// A long list comes in the body of a form; a short one is sent on to an address of its own.
pub(super) async fn post(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path(ledger): Path<String>,
    uri: http::Uri,
    body: axum::body::Bytes,
) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        // The way to the answer is told only to whoever may have it.
        console.door.enter_named(&caller, &ledger)?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let address = Address::read(Some(&text));
        let codes = address.get("codes").unwrap_or_default().to_owned();
        let link = format!("{}{}", uri.path(), address.clocks_and(&[("codes", &codes)]));
        if link.len() <= ADDRESS_BYTES_MAX {
            return Ok(see(&link));
        }
        show(&Visit::begin(&console, &caller, &ledger, address, uri.path())?)
    });
    let made = made.await.unwrap_or_else(|error| Err(Fault::Internal(error.to_string())));
    made.unwrap_or_else(Fault::into_response)
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let codes = visit.address.get("codes").unwrap_or_default();
    let asked = items(codes)?;
    let answer = answer(visit, &asked)?;
    let titles = titles(&answer);
    let field = |field: &str| visit.address.get(field).unwrap_or_default().to_owned();
    let docket = visit.ledger.docket();
    let frame = Frame::of(visit, &docket, "Exposure", None);
    drop(docket);
    let page = ExposurePage {
        frame,
        clocks: ["as_of", "known_at"]
            .into_iter()
            .map(|name| (name, field(name)))
            .filter(|(_, it)| !it.is_empty())
            .collect(),
        codes: codes.to_owned(),
        asked: !asked.is_empty(),
        items: answer.items.iter().zip(&asked).map(|(it, asked)| item(visit, it, asked, &titles)).collect(),
        measures: answer.measures.iter().map(|it| measure(visit, it)).collect(),
        commitments: answer.commitments.iter().map(|it| commitment(visit, it)).collect(),
    };
    Ok(html(page.render()?))
}

/// The items of a text: a code a line, with the list it is of and a name where those are given.
fn items(text: &str) -> Result<Vec<v1::ExposureItem>, Fault> {
    let mut asked = Vec::new();
    for (index, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
        let refuse = |why: String| Fault::field("codes", format!("line {}: {why}", index + 1));
        if line.len() > LINE_BYTES_MAX {
            return Err(refuse(format!("{} bytes; at most {LINE_BYTES_MAX}", line.len())));
        }
        let mut parts = line.splitn(3, [',', ';', '\t']).map(str::trim);
        let mut part = || parts.next().unwrap_or_default();
        let (code, list, name) = (part().to_owned(), part(), part().to_owned());
        let nomenclature = match list {
            "" => 0,
            list => items::parse_nomenclature(list).map_err(refuse)?.number(),
        };
        asked.push(v1::ExposureItem { code, nomenclature, name });
    }
    if asked.len() > ITEMS_MAX {
        let right = "ask in parts, or use entente exposure";
        return Err(Fault::field("codes", format!("{} lines; at most {ITEMS_MAX}: {right}", asked.len())));
    }
    Ok(asked)
}

/// Items are matched without the docket, which the writer waits for; it is held only to gather and to judge.
fn answer(visit: &Visit, asked: &[v1::ExposureItem]) -> Result<v1::FindExposureResponse, Fault> {
    let mut response = v1::FindExposureResponse::default();
    if asked.is_empty() {
        return Ok(response);
    }
    let catalogue = Catalogue::of(&visit.ledger.docket(), visit.at.known);
    let mut touched: BTreeSet<Touched> = BTreeSet::new();
    let mut count = 0;
    for (index, item) in asked.iter().enumerate() {
        let (reading, matches) = catalogue.touching(&wire::item_from_proto(item));
        count += matches.len();
        if count > MATCHES_MAX {
            let wrong = format!("touch more than {MATCHES_MAX} measures and commitments together; ask in parts");
            return Err(Fault::field("codes", wrong));
        }
        response.items.push(wire::item_exposure_to_proto(index, &reading, &matches, visit.ledger.name()));
        touched.extend(matches.into_iter().map(|it| it.touched));
    }
    let docket = visit.ledger.docket();
    let at = visit.at;
    let assess = |id: &crate::domain::Slug| visit.ledger.assess(&docket, id, at.as_of, at.known);
    let standings = views::standings(&docket, &touched, at.as_of, at.known, assess);
    (response.measures, response.commitments) = wire::standings_to_proto(&standings, &visit.made(&docket));
    Ok(response)
}

fn titles(answer: &v1::FindExposureResponse) -> BTreeMap<String, String> {
    let measures = answer.measures.iter().map(|it| (it.name.clone(), it.title.clone()));
    let commitments = answer
        .commitments
        .iter()
        .map(|it| (it.assessment.as_ref().map(|it| it.commitment.clone()).unwrap_or_default(), it.title.clone()));
    measures.chain(commitments).collect()
}

fn item(visit: &Visit, it: &v1::ItemExposure, asked: &v1::ExposureItem, titles: &BTreeMap<String, String>) -> Item {
    let read = it.codes.iter().map(|code| {
        let list = word(code.nomenclature().as_str_name(), "NOMENCLATURE_").replace('_', "-");
        let through = if code.through.is_empty() || code.through == code.from {
            String::new()
        } else {
            format!("–{}", code.through)
        };
        format!("{list} {}{through}", code.from)
    });
    let words = (!it.words.is_empty()).then(|| format!("words: {}", it.words.join(" ")));
    let found = |found: &v1::ExposureMatch| Match {
        kind: spaced(word(found.kind().as_str_name(), "MATCH_KIND_")),
        subject: titles.get(&found.subject).cloned().unwrap_or_else(|| id(&found.subject).to_owned()),
        href: visit.link_to(&found.subject),
        listed: found.listed.as_ref().map_or_else(String::new, |listed| {
            let list = word(listed.nomenclature().as_str_name(), "NOMENCLATURE_").replace('_', "-");
            format!("{list} {}", listed.code)
        }),
    };
    Item {
        code: if asked.name.is_empty() { asked.code.clone() } else { format!("{} {}", asked.code, asked.name) },
        read: read.chain(words).collect::<Vec<_>>().join(", "),
        problem: it.problem.clone(),
        matches: it.matches.iter().map(found).collect(),
    }
}

fn measure(visit: &Visit, it: &v1::ExposedMeasure) -> Measure {
    Measure {
        key: id(&it.name).to_owned(),
        href: visit.link_to(&it.name),
        title: it.title.clone(),
        says: format!(
            "{} of {} against {}",
            spaced(word(it.kind().as_str_name(), "MEASURE_KIND_")),
            name(&it.by),
            name(&it.against)
        ),
        effect: Effect::spelled(it.in_effect()),
        standing: spaced(word(it.standing().as_str_name(), "MEASURE_STANDING_")),
        next: next(visit, it.next_change_at),
    }
}

fn commitment(visit: &Visit, it: &v1::ExposedCommitment) -> Commitment {
    let assessment = it.assessment.clone().unwrap_or_default();
    Commitment {
        key: id(&assessment.commitment).to_owned(),
        href: visit.link_to(&assessment.commitment),
        title: it.title.clone(),
        owes: format!("{} to {}", begun(&it.obligor), name(&it.obligee)),
        badge: Badge::spelled(assessment.status()),
        next: next(visit, assessment.next_change_at),
    }
}

fn next(visit: &Visit, at: Option<prost_types::Timestamp>) -> Option<(When, String)> {
    when::instant(at).map(|next| (When::at(next), distance(next, visit.at.as_of)))
}
