//! GetShares: what every series reports of a subject.

use super::admission::Admitted;
use super::clocks;
use super::name;
use super::status::Fault;
use crate::domain::Subject;
use crate::proto::v1;
use crate::views;
use crate::wire;

/// What is reported of the subject of a request.
pub(super) async fn get(ledgers: &Admitted<'_>, request: v1::GetSharesRequest) -> Result<v1::GetSharesResponse, Fault> {
    let (ledger, subject) = name::subject(ledgers, &request.name)?;
    let at = clocks::resolve(&ledger, request.clocks, ledgers.clock().now()).await?;
    let docket = ledger.docket();
    let is_known = docket.about(&subject).iter().any(|event| event.position <= at.known);
    if !is_known || subject == Subject::Ledger {
        let name = format!("{} (as known at position {})", request.name, at.known);
        return Err(Fault::not_found("subject", name));
    }
    let (ceiling, rows) = wire::shares_to_proto(&views::shares(&docket, &subject, at.as_of, at.known), ledger.name());
    drop(docket);
    Ok(v1::GetSharesResponse { ceiling, rows, clocks: Some(at.echo(&ledger)) })
}
