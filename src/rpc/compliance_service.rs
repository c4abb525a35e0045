//! ComplianceService: who promised what, and whether it is being kept.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::admission::Guarded;
use super::kept::Lists;
use super::{
    ask, commitment, compare, deadlines, exposure, instrument, list, measure, meeting, pace, question, scenario,
    scorecard, share,
};
use crate::domain::Collection;
use crate::ledger::Ledgers;
use crate::proto::v1;
use v1::compliance_service_server::ComplianceService;

/// The service over the ledgers of one store.
pub(super) struct ComplianceApi {
    ledgers: Guarded,
    lists: Arc<Lists>,
}

impl ComplianceApi {
    pub(super) fn new(ledgers: Ledgers) -> Self {
        ComplianceApi { ledgers: Guarded::new(ledgers), lists: Arc::default() }
    }
}

#[tonic::async_trait]
impl ComplianceService for ComplianceApi {
    async fn get_commitment(
        &self,
        request: Request<v1::GetCommitmentRequest>,
    ) -> Result<Response<v1::GetCommitmentResponse>, Status> {
        let ledgers = self.ledgers.admit(&request)?;
        let v1::GetCommitmentRequest { name, clocks, read_mask } = request.into_inner();
        let mask = list::read_mask::<v1::Commitment>(read_mask.as_ref())?;
        let (shown, clocks) =
            question::get(&ledgers, &name, Collection::Commitments, clocks, commitment::describe).await?;
        Ok(Response::new(v1::GetCommitmentResponse { commitment: Some(mask.apply(shown)), clocks: Some(clocks) }))
    }

    async fn list_commitments(
        &self,
        request: Request<v1::ListCommitmentsRequest>,
    ) -> Result<Response<v1::ListCommitmentsResponse>, Status> {
        Ok(Response::new(list::commitments(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn get_instrument(
        &self,
        request: Request<v1::GetInstrumentRequest>,
    ) -> Result<Response<v1::GetInstrumentResponse>, Status> {
        let ledgers = self.ledgers.admit(&request)?;
        let v1::GetInstrumentRequest { name, clocks } = request.into_inner();
        let (shown, clocks) =
            question::get(&ledgers, &name, Collection::Instruments, clocks, instrument::describe).await?;
        Ok(Response::new(v1::GetInstrumentResponse { instrument: Some(shown), clocks: Some(clocks) }))
    }

    async fn list_instruments(
        &self,
        request: Request<v1::ListInstrumentsRequest>,
    ) -> Result<Response<v1::ListInstrumentsResponse>, Status> {
        Ok(Response::new(list::instruments(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn get_measure(
        &self,
        request: Request<v1::GetMeasureRequest>,
    ) -> Result<Response<v1::GetMeasureResponse>, Status> {
        let ledgers = self.ledgers.admit(&request)?;
        let v1::GetMeasureRequest { name, clocks } = request.into_inner();
        let (shown, clocks) = question::get(&ledgers, &name, Collection::Measures, clocks, measure::describe).await?;
        Ok(Response::new(v1::GetMeasureResponse { measure: Some(shown), clocks: Some(clocks) }))
    }

    async fn list_measures(
        &self,
        request: Request<v1::ListMeasuresRequest>,
    ) -> Result<Response<v1::ListMeasuresResponse>, Status> {
        Ok(Response::new(list::measures(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn assess_commitment(
        &self,
        request: Request<v1::AssessCommitmentRequest>,
    ) -> Result<Response<v1::AssessCommitmentResponse>, Status> {
        Ok(Response::new(question::assess(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn explain_assessment(
        &self,
        request: Request<v1::ExplainAssessmentRequest>,
    ) -> Result<Response<v1::ExplainAssessmentResponse>, Status> {
        Ok(Response::new(question::explain(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn list_assessments(
        &self,
        request: Request<v1::ListAssessmentsRequest>,
    ) -> Result<Response<v1::ListAssessmentsResponse>, Status> {
        Ok(Response::new(list::assessments(&self.ledgers.admit(&request)?, &self.lists, request.into_inner()).await?))
    }

    async fn list_deadlines(
        &self,
        request: Request<v1::ListDeadlinesRequest>,
    ) -> Result<Response<v1::ListDeadlinesResponse>, Status> {
        Ok(Response::new(deadlines::list(&self.ledgers.admit(&request)?, &self.lists, request.into_inner()).await?))
    }

    async fn compare_assessments(
        &self,
        request: Request<v1::CompareAssessmentsRequest>,
    ) -> Result<Response<v1::CompareAssessmentsResponse>, Status> {
        Ok(Response::new(compare::compare(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn get_scorecard(
        &self,
        request: Request<v1::GetScorecardRequest>,
    ) -> Result<Response<v1::GetScorecardResponse>, Status> {
        Ok(Response::new(scorecard::scorecard(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn project_scenario(
        &self,
        request: Request<v1::ProjectScenarioRequest>,
    ) -> Result<Response<v1::ProjectScenarioResponse>, Status> {
        Ok(Response::new(scenario::project(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn get_pace(&self, request: Request<v1::GetPaceRequest>) -> Result<Response<v1::GetPaceResponse>, Status> {
        Ok(Response::new(pace::pace(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn find_exposure(
        &self,
        request: Request<v1::FindExposureRequest>,
    ) -> Result<Response<v1::FindExposureResponse>, Status> {
        Ok(Response::new(exposure::find(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn get_shares(
        &self,
        request: Request<v1::GetSharesRequest>,
    ) -> Result<Response<v1::GetSharesResponse>, Status> {
        Ok(Response::new(share::get(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn list_meetings(
        &self,
        request: Request<v1::ListMeetingsRequest>,
    ) -> Result<Response<v1::ListMeetingsResponse>, Status> {
        Ok(Response::new(meeting::list(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }

    async fn list_asks(&self, request: Request<v1::ListAsksRequest>) -> Result<Response<v1::ListAsksResponse>, Status> {
        Ok(Response::new(ask::list(&self.ledgers.admit(&request)?, request.into_inner()).await?))
    }
}
