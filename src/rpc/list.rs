//! Lists: pages of a collection, in order of the names, all at the clocks of the first page.

use prost::Message as _;

use super::clocks::{self, Resolved};
use super::filter::{self, CommitmentFilter};
use super::page::{self, PageToken};
use super::question::board_line;
use super::status::Fault;
use super::{commitment, instrument, measure, name};
use crate::domain::event::MeasureAnnounced;
use crate::domain::{Collection, Docket, Party, Payload, Slug, Subject, live};
use crate::ledger::Ledgers;
use crate::proto::v1;
use crate::views;

/// What every list request has.
pub(super) struct ListRequest {
    pub(super) parent: String,
    pub(super) page_size: u32,
    pub(super) page_token: String,
    pub(super) clocks: Option<v1::Clocks>,
    /// The request without its token and page size: what all pages of one list have in common.
    pub(super) question: Vec<u8>,
}

/// One page of a list.
pub(super) struct PageOf<T> {
    pub(super) entries: Vec<T>,
    pub(super) next_page_token: String,
    pub(super) clocks: v1::ResolvedClocks,
}

/// The parts of a request that every list has, taken out of any of their messages.
macro_rules! list_request {
    ($request:expr) => {{
        let mut question = $request.clone();
        question.page_size = 0;
        question.page_token.clear();
        ListRequest {
            question: question.encode_to_vec(),
            parent: $request.parent,
            page_size: $request.page_size,
            page_token: $request.page_token,
            clocks: $request.clocks,
        }
    }};
}

/// A page of a collection; `show` leaves out what is not wanted.
pub(super) async fn page<T: Send + 'static>(
    ledgers: &Ledgers,
    request: ListRequest,
    collection: Collection,
    show: impl Fn(&Docket, &Slug, &Slug, Resolved) -> Option<T> + Send + 'static,
) -> Result<PageOf<T>, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let size = page::size(request.page_size)?;
    let token = PageToken::decode(&request.page_token, &request.question)?;
    let (at, after) = match token {
        Some(token) => (Resolved { as_of: token.as_of, known: token.known }, Some(token.after)),
        None => (clocks::resolve(&ledger, request.clocks, ledgers.clock().now()).await?, None),
    };
    let shared = ledger.clone();
    let collect = move || {
        let docket = shared.docket();
        let later = |id: &&Slug| after.as_deref().is_none_or(|after| id.as_str() > after);
        let mut entries = Vec::new();
        let mut last = String::new();
        for id in docket.members(collection).filter(later) {
            let Some(shown) = show(&docket, shared.name(), id, at) else { continue };
            if entries.len() == size {
                return (entries, Some(last));
            }
            entries.push(shown);
            last = id.to_string();
        }
        (entries, None)
    };
    let (entries, last) =
        tokio::task::spawn_blocking(collect).await.map_err(|error| Fault::Internal(error.to_string()))?;
    let next_page_token = last.map_or_else(String::new, |after| {
        PageToken { as_of: at.as_of, known: at.known, after }.encode(&request.question)
    });
    Ok(PageOf { entries, next_page_token, clocks: at.echo(&ledger) })
}

/// The board.
pub(super) async fn assessments(
    ledgers: &Ledgers,
    request: v1::ListAssessmentsRequest,
) -> Result<v1::ListAssessmentsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name())?;
    let line = move |docket: &Docket, _: &Slug, id: &Slug, at: Resolved| {
        if !filter.takes(docket, id, at.known) {
            return None;
        }
        let assessment = views::assess(docket, id, at.as_of, at.known);
        let taken = filter.takes_status(assessment.judgement.status);
        taken.then(|| board_line(docket, &ledger, id, &assessment)).flatten()
    };
    let page = page(ledgers, list_request!(request), Collection::Commitments, line).await?;
    Ok(v1::ListAssessmentsResponse {
        lines: page.entries,
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

/// Commitments, by name.
pub(super) async fn commitments(
    ledgers: &Ledgers,
    request: v1::ListCommitmentsRequest,
) -> Result<v1::ListCommitmentsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name())?;
    if filter.asks_for_statuses() {
        return Err(Fault::field("filter.statuses", "is for ListAssessments, which tells statuses"));
    }
    let show = move |docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved| {
        filter.takes(docket, id, at.known).then(|| commitment::describe(docket, ledger, id, at)).flatten()
    };
    let page = page(ledgers, list_request!(request), Collection::Commitments, show).await?;
    Ok(v1::ListCommitmentsResponse {
        commitments: page.entries,
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

/// Measures, by name.
pub(super) async fn measures(
    ledgers: &Ledgers,
    request: v1::ListMeasuresRequest,
) -> Result<v1::ListMeasuresResponse, Fault> {
    let parties = filter::parties(&request.parties, "parties")?;
    let prefixes = filter::prefixes(request.product_prefixes.clone(), "product_prefixes")?;
    let show = move |docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved| {
        let wanted = takes_measure(docket, id, at, &parties, &prefixes);
        wanted.then(|| measure::describe(docket, ledger, id, at)).flatten()
    };
    let page = page(ledgers, list_request!(request), Collection::Measures, show).await?;
    Ok(v1::ListMeasuresResponse {
        measures: page.entries,
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

/// Instruments, by name.
pub(super) async fn instruments(
    ledgers: &Ledgers,
    request: v1::ListInstrumentsRequest,
) -> Result<v1::ListInstrumentsResponse, Fault> {
    let page = page(ledgers, list_request!(request), Collection::Instruments, instrument::describe).await?;
    Ok(v1::ListInstrumentsResponse {
        instruments: page.entries,
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

fn takes_measure(docket: &Docket, id: &Slug, at: Resolved, parties: &[Party], prefixes: &[String]) -> bool {
    let subject = Subject::Member(Collection::Measures, id.clone());
    let named = |announced: &MeasureAnnounced| {
        parties.is_empty() || parties.contains(&announced.by) || parties.contains(&announced.against)
    };
    let by_party = live(docket.about(&subject), at.known)
        .iter()
        .any(|event| matches!(&event.submission.payload, Payload::MeasureAnnounced(announced) if named(announced)));
    let products = docket.products_of(&subject, at.known);
    by_party && (prefixes.is_empty() || products.iter().any(|it| prefixes.iter().any(|prefix| it.touches(prefix))))
}
