//! The questions, as a client asks them.

use std::time::{Duration, Instant};

use entente::proto::v1;
use tonic::transport::Channel;
use v1::compliance_service_client::ComplianceServiceClient;

use super::world::LEDGER;

type Fault = Box<dyn std::error::Error>;

/// One connection to the server.
#[derive(Clone)]
pub(crate) struct Client {
    channel: Channel,
    service: ComplianceServiceClient<Channel>,
}

/// How long each answer took, and the last answer.
pub(crate) type Timed<T> = (Vec<Duration>, T);

/// Asks so often, one question after another.
pub(crate) async fn times<T, F>(times: usize, mut ask: impl FnMut(usize) -> F) -> Result<Timed<T>, Fault>
where
    F: Future<Output = Result<T, tonic::Status>>,
{
    let mut took = Vec::with_capacity(times);
    let mut last = None;
    for number in 0..times {
        let begun = Instant::now();
        let answer = ask(number).await?;
        took.push(begun.elapsed());
        last = Some(answer);
    }
    Ok((took, last.ok_or("a question has to be asked at least once")?))
}

fn parent() -> String {
    format!("ledgers/{LEDGER}")
}

fn name(commitment: &str) -> String {
    format!("ledgers/{LEDGER}/commitments/{commitment}")
}

impl Client {
    pub(crate) fn new(channel: Channel) -> Self {
        let service = ComplianceServiceClient::new(channel.clone()).max_decoding_message_size(256 << 20);
        Client { channel, service }
    }

    /// The limit: nothing but the transport.
    pub(crate) async fn echo(&self) -> Result<(), tonic::Status> {
        super::echo::ask(&self.channel, v1::AppendEventsRequest::default()).await
    }

    pub(crate) async fn assess(&self, commitment: &str) -> Result<v1::Assessment, tonic::Status> {
        let request = v1::AssessCommitmentRequest { name: name(commitment), ..Default::default() };
        let answer = self.service.clone().assess_commitment(request).await?.into_inner();
        Ok(answer.assessment.unwrap_or_default())
    }

    pub(crate) async fn board(
        &self,
        request: v1::ListAssessmentsRequest,
    ) -> Result<v1::ListAssessmentsResponse, tonic::Status> {
        let request = v1::ListAssessmentsRequest { parent: parent(), ..request };
        Ok(self.service.clone().list_assessments(request).await?.into_inner())
    }

    pub(crate) async fn deadlines(
        &self,
        request: v1::ListDeadlinesRequest,
    ) -> Result<v1::ListDeadlinesResponse, tonic::Status> {
        let within = Some(prost_types::Duration { seconds: 365 * 86_400, nanos: 0 });
        let request = v1::ListDeadlinesRequest { parent: parent(), within, ..request };
        Ok(self.service.clone().list_deadlines(request).await?.into_inner())
    }

    pub(crate) async fn compare(&self, then: v1::Clocks) -> Result<v1::CompareAssessmentsResponse, tonic::Status> {
        let request = v1::CompareAssessmentsRequest { parent: parent(), then: Some(then), ..Default::default() };
        Ok(self.service.clone().compare_assessments(request).await?.into_inner())
    }

    pub(crate) async fn exposure(
        &self,
        items: Vec<v1::ExposureItem>,
    ) -> Result<v1::FindExposureResponse, tonic::Status> {
        let request = v1::FindExposureRequest { parent: parent(), items, ..Default::default() };
        Ok(self.service.clone().find_exposure(request).await?.into_inner())
    }

    pub(crate) async fn pace(&self, commitment: &str) -> Result<v1::GetPaceResponse, tonic::Status> {
        let request = v1::GetPaceRequest { name: name(commitment), ..Default::default() };
        Ok(self.service.clone().get_pace(request).await?.into_inner())
    }

    pub(crate) async fn explain(&self, commitment: &str) -> Result<v1::ExplainAssessmentResponse, tonic::Status> {
        let request = v1::ExplainAssessmentRequest { name: name(commitment), ..Default::default() };
        Ok(self.service.clone().explain_assessment(request).await?.into_inner())
    }

    pub(crate) async fn scorecard(&self, instrument: usize) -> Result<v1::GetScorecardResponse, tonic::Status> {
        let instrument = format!("ledgers/{LEDGER}/instruments/deal-{instrument:04}");
        let request = v1::GetScorecardRequest { parent: parent(), instrument, ..Default::default() };
        Ok(self.service.clone().get_scorecard(request).await?.into_inner())
    }

    pub(crate) async fn measure(&self, number: usize) -> Result<v1::GetMeasureResponse, tonic::Status> {
        let request = v1::GetMeasureRequest {
            name: format!("ledgers/{LEDGER}/measures/measure-{number:05}"),
            ..Default::default()
        };
        Ok(self.service.clone().get_measure(request).await?.into_inner())
    }

    pub(crate) async fn instrument(&self, number: usize) -> Result<v1::GetInstrumentResponse, tonic::Status> {
        let name = format!("ledgers/{LEDGER}/instruments/deal-{number:04}");
        let request = v1::GetInstrumentRequest { name, ..Default::default() };
        Ok(self.service.clone().get_instrument(request).await?.into_inner())
    }
}
