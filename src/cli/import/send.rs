//! Sending the figures of a table in batches; what the ledger refuses goes to the rejected lines, the rest goes on.

use anyhow::bail;
use tonic_types::StatusExt as _;

use crate::client::{Batch, Client, ClientError};
use crate::exchange::table::Reject;
use crate::proto::v1;
use crate::wire;

/// So many refusals mean that the mapping is wrong, not the lines.
const REFUSALS_MAX: u64 = 1000;

/// One figure on its way.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) line: u64,
    /// It corrects a figure of the ledger.
    pub(super) is_change: bool,
    /// Where it is to be shown what becomes of it: what the figure is of, and how much.
    pub(super) said: Option<(String, String)>,
}

/// Sends figures to a ledger.
pub(super) struct Sender<'a> {
    pub(super) client: &'a Client,
    pub(super) ledger: String,
    /// What gave the record times: a column, or a flag.
    pub(super) record_times: String,
    pub(super) validate_only: bool,
    pub(super) batch: Batch<Parcel>,
    pub(super) refusals: u64,
}

/// What became of one batch.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) rejects: Vec<Reject>,
    /// What became of each figure that is to be shown, in their order: + new, ~ changed, ! refused.
    pub(super) told: Vec<String>,
}

impl Sender<'_> {
    /// Puts one figure into the batch, and sends the batch where it is full.
    pub(super) async fn add(&mut self, parcel: Parcel, submission: v1::Submission) -> anyhow::Result<Sent> {
        match self.batch.add(parcel, submission) {
            Some(full) => self.send(full).await,
            None => Ok(Sent::default()),
        }
    }

    /// Sends what waits.
    pub(super) async fn finish(&mut self) -> anyhow::Result<Sent> {
        let rest = self.batch.take();
        self.send(rest).await
    }

    async fn send(&mut self, mut figures: Vec<(Parcel, v1::Submission)>) -> anyhow::Result<Sent> {
        let mut sent = Sent::default();
        let mut refusals: Vec<(usize, String)> = Vec::new();
        while !figures.is_empty() {
            let request = v1::AppendEventsRequest {
                ledger: self.ledger.clone(),
                submissions: figures.iter().map(|(_, submission)| submission.clone()).collect(),
                preconditions: None,
                validate_only: self.validate_only,
            };
            let status = match self.client.append_settled(request).await {
                Ok(_) => break,
                Err(ClientError::Status(status)) => status,
                Err(error) => return Err(error.into()),
            };
            let refused = refused(&status, figures.len());
            if refused.is_empty() {
                return Err(ClientError::Status(status).into());
            }
            // From the last on, so that the places of the others hold.
            for refused in refused.into_iter().rev() {
                let (parcel, submission) = figures.remove(refused.index);
                self.refusals += 1;
                if let Some((label, _)) = &parcel.said {
                    refusals.push((refused.index, format!("! {label}: {}", refused.reason)));
                }
                sent.rejects.push(self.reject(&parcel, &submission, refused));
            }
            if self.refusals >= REFUSALS_MAX {
                let last = sent.rejects.last().map(|reject| reject.reason.clone()).unwrap_or_default();
                bail!("the ledger refused {} figures, the last because {last}; is the mapping right?", self.refusals);
            }
        }
        sent.told = figures.iter().filter_map(|(parcel, _)| parcel.shown()).collect();
        // Each was taken out at its place; put back in the other order, all stand where they stood.
        refusals.into_iter().rev().for_each(|(index, line)| sent.told.insert(index, line));
        let changed = figures.iter().filter(|(parcel, _)| parcel.is_change).count() as u64;
        sent.changed = changed;
        sent.new = figures.len() as u64 - changed;
        Ok(sent)
    }
}

impl Sender<'_> {
    /// The rejected line of a figure. A record time is told by the column that it came from, as what it was read as.
    fn reject(&self, parcel: &Parcel, submission: &v1::Submission, refused: Refused) -> Reject {
        let recorded_at = submission.recorded_at.and_then(|stamp| wire::instant_from_proto(&stamp).ok());
        match recorded_at.filter(|_| refused.field == "recorded_at") {
            Some(at) => Reject {
                line: parcel.line,
                field: self.record_times.clone(),
                value: at.to_string(),
                reason: refused.reason,
            },
            None => Reject { line: parcel.line, field: refused.field, value: String::new(), reason: refused.reason },
        }
    }
}

impl Parcel {
    /// The figure as it would be recorded, where it is to be shown.
    fn shown(&self) -> Option<String> {
        let (label, number) = self.said.as_ref()?;
        Some(format!("{} {label}: {number}", if self.is_change { '~' } else { '+' }))
    }
}

/// One event of a batch that the server says no to.
struct Refused {
    index: usize,
    field: String,
    reason: String,
}

/// The events that a refusal names, each once, in order.
fn refused(status: &tonic::Status, events: usize) -> Vec<Refused> {
    let details = status.get_error_details();
    let fields = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
    let fields = fields.iter().map(|violation| (violation.field.clone(), violation.description.clone()));
    let rules = details.precondition_failure().map(|failure| failure.violations.as_slice()).unwrap_or_default();
    let rules = rules.iter().map(|violation| (violation.subject.clone(), violation.description.clone()));
    let mut refused: Vec<Refused> = fields
        .chain(rules)
        .filter_map(|(path, reason)| {
            let (index, rest) = path.strip_prefix("submissions[")?.split_once(']')?;
            let index = index.parse().ok().filter(|index| *index < events)?;
            Some(Refused { index, field: rest.trim_start_matches('.').to_owned(), reason })
        })
        .collect();
    refused.sort_by_key(|refused| refused.index);
    refused.dedup_by_key(|refused| refused.index);
    refused
}
