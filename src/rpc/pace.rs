//! GetPace: performed against expected over time.

use super::admission::Admitted;
use super::question::Question;
use super::status::Fault;
use crate::domain::Collection;
use crate::proto::v1;
use crate::{views, wire};

/// The pace of one commitment.
pub(super) async fn pace(ledgers: &Admitted<'_>, request: v1::GetPaceRequest) -> Result<v1::GetPaceResponse, Fault> {
    let question = Question::read(ledgers, &request.name, Collection::Commitments, request.clocks).await?;
    question.require_commitment()?;
    let Question { ledger, id, at } = question;
    let asked = ledger.clone();
    let told = tokio::task::spawn_blocking(move || views::pace(&asked.docket(), &id, at.as_of, at.known));
    let pace = told.await.map_err(|error| Fault::Internal(error.to_string()))?;
    let pace = pace.ok_or_else(|| {
        Fault::not_found("commitment", format!("{} (as known at position {})", request.name, at.known))
    })?;
    if pace.readings.is_empty() {
        let wrong = format!("is a {}, which has no pace", pace.promise.kind);
        let right = "ask for a purchase pledge, a periodic ceiling or a licensing flow";
        return Err(Fault::field("name", format!("{wrong}; {right}")));
    }
    Ok(v1::GetPaceResponse { pace: Some(wire::pace_to_proto(&pace, ledger.name())), clocks: Some(at.echo(&ledger)) })
}
