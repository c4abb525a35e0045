//! Lists: pages of a collection, in order of the names, all at the clocks of the first page.

use std::sync::Arc;

use prost::Message as _;

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::filter::{self, CommitmentFilter};
use super::kept::{Lists, Which};
use super::order::{Key, Order};
use super::page::{self, PageToken};
use super::question::board_line;
use super::status::Fault;
use super::{commitment, instrument, measure, name};
use crate::domain::event::MeasureAnnounced;
use crate::domain::{Collection, Docket, Party, Payload, Slug, Subject};
use crate::ledger::Ledger;
use crate::proto::mask::ReadMask;
use crate::proto::v1;

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

pub(super) use list_request;

/// A page of a list in an order of its own. `collect` gives all of it, each entry with its key in ascending order, and
/// what is said of the list as a whole.
pub(super) async fn sorted_page<T: Send + 'static, W: Send + 'static>(
    ledgers: &Admitted<'_>,
    request: ListRequest,
    collect: impl FnOnce(&Docket, &Slug, Resolved) -> (Vec<(String, T)>, W) + Send + 'static,
) -> Result<(PageOf<T>, W), Fault> {
    let Begun { ledger, size, at, after } = begin(ledgers, &request).await?;
    let shared = ledger.clone();
    let all = tokio::task::spawn_blocking(move || collect(&shared.docket(), shared.name(), at)).await;
    let (entries, whole) = all.map_err(|error| Fault::Internal(error.to_string()))?;
    let later = |(key, _): &(String, T)| after.as_deref().is_none_or(|after| key.as_str() > after);
    let mut left = entries.into_iter().filter(later).peekable();
    let (keys, entries): (Vec<String>, Vec<T>) = left.by_ref().take(size).unzip();
    let last = keys.into_iter().next_back().filter(|_| left.peek().is_some());
    let next_page_token = next_token(at, last, &request.question);
    Ok((PageOf { entries, next_page_token, clocks: at.echo(&ledger) }, whole))
}

/// A page of a collection; `show` leaves out what is not wanted.
pub(super) async fn page<T: Send + 'static>(
    ledgers: &Admitted<'_>,
    request: ListRequest,
    collection: Collection,
    show: impl Fn(&Docket, &Ledger, &Slug, Resolved) -> Option<T> + Send + 'static,
) -> Result<PageOf<T>, Fault> {
    let Begun { ledger, size, at, after } = begin(ledgers, &request).await?;
    let shared = ledger.clone();
    let collect = move || {
        let docket = shared.docket();
        let later = |id: &&Slug| after.as_deref().is_none_or(|after| id.as_str() > after);
        let mut entries = Vec::new();
        let mut last = String::new();
        for id in docket.members(collection).filter(later) {
            let Some(shown) = show(&docket, &shared, id, at) else { continue };
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
    Ok(PageOf { entries, next_page_token: next_token(at, last, &request.question), clocks: at.echo(&ledger) })
}

/// A page of commitments in another order than that of the names: every entry has a key, and only those of the page are
/// shown. At the clocks of the first page that gives the same order every time, so it is kept for the pages after it.
async fn ordered_page<T: Send + 'static>(
    ledgers: &Admitted<'_>,
    lists: &Arc<Lists>,
    request: ListRequest,
    key: impl Fn(&Docket, &Slug, Resolved) -> Option<Key> + Send + 'static,
    show: impl Fn(&Docket, &Slug, Resolved) -> Option<T> + Send + 'static,
) -> Result<PageOf<T>, Fault> {
    let Begun { ledger, size, at, after } = begin(ledgers, &request).await?;
    let (shared, lists) = (ledger.clone(), Arc::clone(lists));
    let which = Which { question: request.question.clone(), at };
    let collect = move || {
        let order = lists.boards.get(which, || {
            // Equal keys come by name.
            let each = |docket: &Docket, id: &Slug| Some((key(docket, id, at)?, id.clone()));
            let mut all: Vec<(Key, Slug)> = of_each(&shared, Collection::Commitments, each);
            all.sort_unstable();
            all.into_iter().map(|(_, id)| id).collect()
        });
        let seen = after.and_then(|after| order.iter().position(|id| id.as_str() == after));
        let left = &order[seen.map_or(0, |seen| seen + 1)..];
        let page = &left[..left.len().min(size)];
        let last = page.last().filter(|_| page.len() < left.len()).map(Slug::to_string);
        let docket = shared.docket();
        (page.iter().filter_map(|id| show(&docket, id, at)).collect(), last)
    };
    let (entries, last) =
        tokio::task::spawn_blocking(collect).await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(PageOf { entries, next_page_token: next_token(at, last, &request.question), clocks: at.echo(&ledger) })
}

/// How many members are asked about before the writer may go on.
const AT_A_TIME: usize = 64;

/// What is said of each member of a collection, by name. The writer waits for a few of them at most.
pub(super) fn of_each<T>(
    ledger: &Ledger,
    collection: Collection,
    each: impl Fn(&Docket, &Slug) -> Option<T>,
) -> Vec<T> {
    let ids: Vec<Slug> = ledger.docket().members(collection).cloned().collect();
    let mut said = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_A_TIME) {
        let docket = ledger.docket();
        said.extend(some.iter().filter_map(|id| each(&docket, id)));
    }
    said
}

/// Where a page begins.
pub(super) struct Begun {
    pub(super) ledger: Ledger,
    pub(super) size: usize,
    pub(super) at: Resolved,
    pub(super) after: Option<String>,
}

/// Reads where a page begins, and at which clocks: those of the first page.
pub(super) async fn begin(ledgers: &Admitted<'_>, request: &ListRequest) -> Result<Begun, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let size = page::size(request.page_size)?;
    let (at, after) = match PageToken::decode(&request.page_token, &request.question)? {
        Some(token) => (Resolved { as_of: token.as_of, known: token.known }, Some(token.after)),
        None => (clocks::resolve(&ledger, request.clocks, ledgers.clock().now()).await?, None),
    };
    Ok(Begun { ledger, size, at, after })
}

/// The token of the page after this one; empty where there is none.
pub(super) fn next_token(at: Resolved, last: Option<String>, question: &[u8]) -> String {
    last.map_or_else(String::new, |after| PageToken { as_of: at.as_of, known: at.known, after }.encode(question))
}

/// The fields of an answer that a client wants.
pub(super) fn read_mask<M: prost::Name>(asked: Option<&prost_types::FieldMask>) -> Result<ReadMask, Fault> {
    ReadMask::new::<M>(asked).map_err(|error| Fault::field("read_mask", error.to_string()))
}

/// The board.
pub(super) async fn assessments(
    ledgers: &Admitted<'_>,
    lists: &Arc<Lists>,
    request: v1::ListAssessmentsRequest,
) -> Result<v1::ListAssessmentsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name(), true)?;
    let order = Order::parse(&request.order_by)?;
    let mask = read_mask::<v1::BoardLine>(request.read_mask.as_ref())?;
    let request = list_request!(request);
    filter.require_instruments(&ledger, begin(ledgers, &request).await?.at.known)?;
    let shared = ledger.clone();
    let key = move |docket: &Docket, id: &Slug, at: Resolved| {
        let (event, undertaken) = docket.undertaking(id, at.known)?;
        let may_pass = filter.takes_promise(undertaken);
        let told = may_pass.then(|| shared.recall(docket, id, at.as_of, at.known))?;
        let taken = filter.takes_undertaking(docket, event, undertaken, at.known, Some(&told.assessment));
        taken.then(|| order.key(undertaken, &told.assessment))
    };
    let show = move |docket: &Docket, id: &Slug, at: Resolved| {
        board_line(docket, &ledger, id, &ledger.assess(docket, id, at.as_of, at.known))
    };
    let page = if order.is_by_name() {
        let line = move |docket: &Docket, _: &Ledger, id: &Slug, at: Resolved| {
            key(docket, id, at).and_then(|_| show(docket, id, at))
        };
        page(ledgers, request, Collection::Commitments, line).await?
    } else {
        ordered_page(ledgers, lists, request, key, show).await?
    };
    Ok(v1::ListAssessmentsResponse {
        lines: page.entries.into_iter().map(|line| mask.apply(line)).collect(),
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

/// Commitments, by name.
pub(super) async fn commitments(
    ledgers: &Admitted<'_>,
    request: v1::ListCommitmentsRequest,
) -> Result<v1::ListCommitmentsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name(), false)?;
    let mask = read_mask::<v1::Commitment>(request.read_mask.as_ref())?;
    let request = list_request!(request);
    filter.require_instruments(&ledger, begin(ledgers, &request).await?.at.known)?;
    let show = move |docket: &Docket, ledger: &Ledger, id: &Slug, at: Resolved| {
        let taken = filter.takes(docket, id, at.known, None);
        let shown = taken.then(|| commitment::describe(docket, ledger, id, at)).flatten()?;
        Some(mask.apply(shown))
    };
    let page = page(ledgers, request, Collection::Commitments, show).await?;
    Ok(v1::ListCommitmentsResponse {
        commitments: page.entries,
        next_page_token: page.next_page_token,
        clocks: Some(page.clocks),
    })
}

/// Measures, by name.
pub(super) async fn measures(
    ledgers: &Admitted<'_>,
    request: v1::ListMeasuresRequest,
) -> Result<v1::ListMeasuresResponse, Fault> {
    let parties = filter::parties(&request.parties, "parties")?;
    let prefixes = filter::prefixes(&request.product_prefixes, "product_prefixes")?;
    let show = move |docket: &Docket, ledger: &Ledger, id: &Slug, at: Resolved| {
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
    ledgers: &Admitted<'_>,
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
    let by_party = docket
        .openings(&subject, at.known)
        .any(|event| matches!(&event.submission.payload, Payload::MeasureAnnounced(announced) if named(announced)));
    let products = docket.products_of(&subject, at.known);
    by_party && (prefixes.is_empty() || products.iter().any(|it| prefixes.iter().any(|prefix| it.touches(prefix))))
}
