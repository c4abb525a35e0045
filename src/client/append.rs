//! Appending many events: in batches, each sent again while the server cannot say what became of it.

use std::time::Duration;

use super::{Client, ClientError};
use crate::proto::v1;

/// The most events in one request.
const BATCH_EVENTS_MAX: usize = 1000;
/// The most bytes in one request; the server takes 4 MiB.
const BATCH_BYTES_MAX: usize = 2 << 20;
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
        for batch in batches(submissions) {
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
    /// answers with the original result if it had recorded them.
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
                Err(status) if status.code() == tonic::Code::Unavailable => {
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                Err(status) => return Err(status.into()),
            }
        }
        Ok(self.ledgers().append_events(request).await?.into_inner())
    }
}

fn batches(submissions: Vec<v1::Submission>) -> Vec<Vec<v1::Submission>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for submission in submissions {
        let length = prost::Message::encoded_len(&submission);
        let full = batch.len() == BATCH_EVENTS_MAX || bytes + length > BATCH_BYTES_MAX;
        if full && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += length;
        batch.push(submission);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}
