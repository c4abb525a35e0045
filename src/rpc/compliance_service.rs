//! ComplianceService: who promised what, and whether it is being kept.

use prost::Message as _;
use tonic::{Request, Response, Status};

use super::clocks::{self, Resolved};
use super::filter::{self, CommitmentFilter};
use super::page::{self, PageToken};
use super::status::Fault;
use super::{commitment, instrument, measure, name};
use crate::domain::event::MeasureAnnounced;
use crate::domain::{Collection, Docket, Party, Payload, Slug, Subject, live};
use crate::ledger::{Ledger, Ledgers};
use crate::proto::v1;
use crate::views::{self, Assessment};
use crate::wire::{self, AssessedIn};
use v1::compliance_service_server::ComplianceService;

/// The service over the ledgers of one store.
pub(super) struct ComplianceApi {
    ledgers: Ledgers,
}

/// One member of a collection, asked about at some clocks.
struct Question {
    ledger: Ledger,
    id: Slug,
    at: Resolved,
}

/// One page of a list.
struct PageOf<T> {
    entries: Vec<T>,
    next_page_token: String,
    clocks: v1::ResolvedClocks,
}

/// What every list request has.
struct ListRequest {
    parent: String,
    page_size: u32,
    page_token: String,
    clocks: Option<v1::Clocks>,
    /// The request without its token and page size: what all pages of one list have in common.
    question: Vec<u8>,
}

impl ComplianceApi {
    pub(super) fn new(ledgers: Ledgers) -> Self {
        ComplianceApi { ledgers }
    }

    async fn question(
        &self,
        name: &str,
        collection: Collection,
        clocks: Option<v1::Clocks>,
    ) -> Result<Question, Fault> {
        let (ledger, id) = name::member(&self.ledgers, name, collection)?;
        let at = clocks::resolve(&ledger, clocks, self.ledgers.clock().now()).await?;
        Ok(Question { ledger, id, at })
    }

    /// Shows one member, or says that it is not there.
    async fn get<T>(
        &self,
        name: &str,
        collection: Collection,
        clocks: Option<v1::Clocks>,
        describe: impl Fn(&Docket, &Slug, &Slug, Resolved) -> Option<T>,
    ) -> Result<(T, v1::ResolvedClocks), Fault> {
        let Question { ledger, id, at } = self.question(name, collection, clocks).await?;
        let shown = describe(&ledger.docket(), ledger.name(), &id, at);
        let what = collection.segment().trim_end_matches('s');
        let shown = shown.ok_or_else(|| {
            let known = format!("{name} (as known at position {})", at.known);
            Fault::not_found(what, known)
        })?;
        Ok((shown, at.echo(&ledger)))
    }

    /// Shows a page of a collection, in order of the names; `show` leaves out what is not wanted.
    async fn list<T: Send + 'static>(
        &self,
        request: ListRequest,
        collection: Collection,
        show: impl Fn(&Docket, &Slug, &Slug, Resolved) -> Option<T> + Send + 'static,
    ) -> Result<PageOf<T>, Fault> {
        let ledger = name::ledger(&self.ledgers, &request.parent, "parent")?;
        let size = page::size(request.page_size)?;
        let token = PageToken::decode(&request.page_token, &request.question)?;
        let (at, after) = match token {
            Some(token) => (Resolved { as_of: token.as_of, known: token.known }, Some(token.after)),
            None => (clocks::resolve(&ledger, request.clocks, self.ledgers.clock().now()).await?, None),
        };
        let shared = ledger.clone();
        let collect = move || {
            let docket = shared.docket();
            let later = |id: &&Slug| after.as_deref().is_none_or(|after| id.as_str() > after);
            let mut entries = Vec::new();
            let mut more = false;
            let mut last = String::new();
            for id in docket.members(collection).filter(later) {
                let Some(shown) = show(&docket, shared.name(), id, at) else { continue };
                if entries.len() == size {
                    more = true;
                    break;
                }
                entries.push(shown);
                last = id.to_string();
            }
            (entries, more.then_some(last))
        };
        let (entries, last) =
            tokio::task::spawn_blocking(collect).await.map_err(|error| Fault::Internal(error.to_string()))?;
        let next_page_token = last.map_or_else(String::new, |after| {
            PageToken { as_of: at.as_of, known: at.known, after }.encode(&request.question)
        });
        Ok(PageOf { entries, next_page_token, clocks: at.echo(&ledger) })
    }

    async fn assess(&self, request: v1::AssessCommitmentRequest) -> Result<v1::AssessCommitmentResponse, Fault> {
        let Question { ledger, id, at } = self.question(&request.name, Collection::Commitments, request.clocks).await?;
        let docket = ledger.docket();
        if docket.dossier(&id).is_none() {
            return Err(Fault::not_found("commitment", &request.name));
        }
        let assessment = views::assess(&docket, &id, at.as_of, at.known);
        let shown = assessment_to_proto(&assessment, &docket, &ledger);
        drop(docket);
        Ok(v1::AssessCommitmentResponse { assessment: Some(shown), clocks: Some(at.echo(&ledger)) })
    }

    async fn board(&self, request: v1::ListAssessmentsRequest) -> Result<v1::ListAssessmentsResponse, Fault> {
        let ledger = name::ledger(&self.ledgers, &request.parent, "parent")?;
        let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name())?;
        let question = v1::ListAssessmentsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let list = ListRequest {
            parent: request.parent,
            page_size: request.page_size,
            page_token: request.page_token,
            clocks: request.clocks,
            question: question.encode_to_vec(),
        };
        let line = move |docket: &Docket, _: &Slug, id: &Slug, at: Resolved| {
            if !filter.takes(docket, id, at.known) {
                return None;
            }
            let assessment = views::assess(docket, id, at.as_of, at.known);
            let taken = filter.takes_status(assessment.judgement.status);
            taken.then(|| board_line(docket, &ledger, id, &assessment)).flatten()
        };
        let page = self.list(list, Collection::Commitments, line).await?;
        Ok(v1::ListAssessmentsResponse {
            lines: page.entries,
            next_page_token: page.next_page_token,
            clocks: Some(page.clocks),
        })
    }

    async fn commitments(&self, request: v1::ListCommitmentsRequest) -> Result<v1::ListCommitmentsResponse, Fault> {
        let ledger = name::ledger(&self.ledgers, &request.parent, "parent")?;
        let filter = CommitmentFilter::from_proto(request.filter.clone().unwrap_or_default(), ledger.name())?;
        if filter.asks_for_statuses() {
            return Err(Fault::field("filter.statuses", "is for ListAssessments, which tells statuses"));
        }
        let question = v1::ListCommitmentsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let list = ListRequest {
            parent: request.parent,
            page_size: request.page_size,
            page_token: request.page_token,
            clocks: request.clocks,
            question: question.encode_to_vec(),
        };
        let show = move |docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved| {
            filter.takes(docket, id, at.known).then(|| commitment::describe(docket, ledger, id, at)).flatten()
        };
        let page = self.list(list, Collection::Commitments, show).await?;
        Ok(v1::ListCommitmentsResponse {
            commitments: page.entries,
            next_page_token: page.next_page_token,
            clocks: Some(page.clocks),
        })
    }

    async fn measures(&self, request: v1::ListMeasuresRequest) -> Result<v1::ListMeasuresResponse, Fault> {
        let parties = filter::parties(&request.parties, "parties")?;
        let prefixes = filter::prefixes(request.product_prefixes.clone(), "product_prefixes")?;
        let question = v1::ListMeasuresRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let list = ListRequest {
            parent: request.parent,
            page_size: request.page_size,
            page_token: request.page_token,
            clocks: request.clocks,
            question: question.encode_to_vec(),
        };
        let show = move |docket: &Docket, ledger: &Slug, id: &Slug, at: Resolved| {
            let wanted = takes_measure(docket, id, at, &parties, &prefixes);
            wanted.then(|| measure::describe(docket, ledger, id, at)).flatten()
        };
        let page = self.list(list, Collection::Measures, show).await?;
        Ok(v1::ListMeasuresResponse {
            measures: page.entries,
            next_page_token: page.next_page_token,
            clocks: Some(page.clocks),
        })
    }

    async fn instruments(&self, request: v1::ListInstrumentsRequest) -> Result<v1::ListInstrumentsResponse, Fault> {
        let question = v1::ListInstrumentsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let list = ListRequest {
            parent: request.parent,
            page_size: request.page_size,
            page_token: request.page_token,
            clocks: request.clocks,
            question: question.encode_to_vec(),
        };
        let page = self.list(list, Collection::Instruments, instrument::describe).await?;
        Ok(v1::ListInstrumentsResponse {
            instruments: page.entries,
            next_page_token: page.next_page_token,
            clocks: Some(page.clocks),
        })
    }
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

fn assessment_to_proto(assessment: &Assessment, docket: &Docket, ledger: &Ledger) -> v1::Assessment {
    let known_at = docket.recorded_at(assessment.known);
    wire::assessment_to_proto(assessment, &AssessedIn { ledger: ledger.name(), kind: ledger.kind(), known_at })
}

fn board_line(docket: &Docket, ledger: &Ledger, id: &Slug, assessment: &Assessment) -> Option<v1::BoardLine> {
    let subject = Subject::commitment(id.clone());
    let own = live(docket.about(&subject), assessment.known);
    let (_, undertaken) = commitment::undertaking(&own)?;
    let instrument = Subject::Member(Collection::Instruments, undertaken.instrument.clone());
    Some(v1::BoardLine {
        title: undertaken.title.to_string(),
        obligor: undertaken.obligor.to_string(),
        obligee: undertaken.obligee.to_string(),
        instrument: instrument.name_in(ledger.name()),
        assessment: Some(assessment_to_proto(assessment, docket, ledger)),
    })
}

#[tonic::async_trait]
impl ComplianceService for ComplianceApi {
    async fn get_commitment(
        &self,
        request: Request<v1::GetCommitmentRequest>,
    ) -> Result<Response<v1::GetCommitmentResponse>, Status> {
        let request = request.into_inner();
        let (commitment, clocks) =
            self.get(&request.name, Collection::Commitments, request.clocks, commitment::describe).await?;
        Ok(Response::new(v1::GetCommitmentResponse { commitment: Some(commitment), clocks: Some(clocks) }))
    }

    async fn list_commitments(
        &self,
        request: Request<v1::ListCommitmentsRequest>,
    ) -> Result<Response<v1::ListCommitmentsResponse>, Status> {
        Ok(Response::new(self.commitments(request.into_inner()).await?))
    }

    async fn get_instrument(
        &self,
        request: Request<v1::GetInstrumentRequest>,
    ) -> Result<Response<v1::GetInstrumentResponse>, Status> {
        let request = request.into_inner();
        let (instrument, clocks) =
            self.get(&request.name, Collection::Instruments, request.clocks, instrument::describe).await?;
        Ok(Response::new(v1::GetInstrumentResponse { instrument: Some(instrument), clocks: Some(clocks) }))
    }

    async fn list_instruments(
        &self,
        request: Request<v1::ListInstrumentsRequest>,
    ) -> Result<Response<v1::ListInstrumentsResponse>, Status> {
        Ok(Response::new(self.instruments(request.into_inner()).await?))
    }

    async fn get_measure(
        &self,
        request: Request<v1::GetMeasureRequest>,
    ) -> Result<Response<v1::GetMeasureResponse>, Status> {
        let request = request.into_inner();
        let (measure, clocks) =
            self.get(&request.name, Collection::Measures, request.clocks, measure::describe).await?;
        Ok(Response::new(v1::GetMeasureResponse { measure: Some(measure), clocks: Some(clocks) }))
    }

    async fn list_measures(
        &self,
        request: Request<v1::ListMeasuresRequest>,
    ) -> Result<Response<v1::ListMeasuresResponse>, Status> {
        Ok(Response::new(self.measures(request.into_inner()).await?))
    }

    async fn assess_commitment(
        &self,
        request: Request<v1::AssessCommitmentRequest>,
    ) -> Result<Response<v1::AssessCommitmentResponse>, Status> {
        Ok(Response::new(self.assess(request.into_inner()).await?))
    }

    async fn list_assessments(
        &self,
        request: Request<v1::ListAssessmentsRequest>,
    ) -> Result<Response<v1::ListAssessmentsResponse>, Status> {
        Ok(Response::new(self.board(request.into_inner()).await?))
    }
}
