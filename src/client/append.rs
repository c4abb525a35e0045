//! Appending many events: in batches, each sent again while the server cannot say what became of it.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{Batch, Client, ClientError};
use crate::proto::v1;

/// How often one batch is sent before the client gives up.
const TRIES_MAX: u32 = 6;

impl Client {
    /// Records events in order, in batches; `progress` hears how many are recorded after each. Every event should
    /// carry an id, since that is what makes sending again safe: an event without one gets a new one here.
    pub async fn append_all(
        &self,
        ledger: &str,
        submissions: Vec<v1::Submission>,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<v1::Appended>, ClientError> {
        let mut recorded = Vec::with_capacity(submissions.len());
        let mut gathered = Batch::default();
        let mut full: Vec<Vec<((), v1::Submission)>> =
            submissions.into_iter().filter_map(|submission| gathered.add((), submission)).collect();
        full.push(gathered.take());
        for batch in full.into_iter().filter(|batch| !batch.is_empty()) {
            let batch = batch.into_iter().map(|((), submission)| submission).collect();
            let request = v1::AppendEventsRequest {
                ledger: ledger.to_owned(),
                submissions: batch,
                ..v1::AppendEventsRequest::default()
            };
            recorded.extend(self.append_settled(request).await?.events);
            progress(recorded.len());
        }
        Ok(recorded)
    }

    /// Sends one append until its outcome is known: after UNAVAILABLE the same ids are sent again, which the server
    /// answers with the original result if it had recorded them; after RESOURCE_EXHAUSTED too, once the server has said
    /// that it may help.
    pub async fn append_settled(
        &self,
        mut request: v1::AppendEventsRequest,
    ) -> Result<v1::AppendEventsResponse, ClientError> {
        for submission in &mut request.submissions {
            if submission.event_id.is_empty() {
                submission.event_id = uuid::Uuid::now_v7().to_string();
            }
        }
        let mut wait = Duration::from_millis(50);
        for _ in 1..TRIES_MAX {
            match self.ledgers().append_events(request.clone()).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => {
                    let told = retry_after(&status).ok_or(status)?;
                    tokio::time::sleep(wait.max(told)).await;
                    wait *= 2;
                }
            }
        }
        Ok(self.ledgers().append_events(request).await?.into_inner())
    }
}

/// How long to wait at least before the same is sent again; none where that does not help.
fn retry_after(status: &Status) -> Option<Duration> {
    match status.code() {
        Code::Unavailable => Some(Duration::ZERO),
        Code::ResourceExhausted => status.get_details_retry_info()?.retry_delay,
        _ => None,
    }
}
