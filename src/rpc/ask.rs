//! ListAsks: what is wanted and not agreed, by the time it was tabled.

use prost::Message as _;

use super::admission::Admitted;
use super::list::{self, ListRequest, list_request};
use super::question::assessed_in;
use super::status::Fault;
use super::{commitment, filter, name, year};
use crate::domain::{Collection, Party, Subject, Zone};
use crate::proto::v1;
use crate::views::{self, Ask};
use crate::wire;

/// A page of asks.
pub(super) async fn list(ledgers: &Admitted<'_>, request: v1::ListAsksRequest) -> Result<v1::ListAsksResponse, Fault> {
    let parties = filter::parties(&request.parties, "parties")?;
    let years = year::read(&request.years, "years")?;
    let shared = name::ledger(ledgers, &request.parent, "parent")?;
    let (page, ()) = list::sorted_page(ledgers, list_request!(request), move |docket, _, at| {
        let asks = views::asks(docket, at.as_of, at.known);
        let wanted = asks.iter().filter(|ask| takes(ask, &parties, &years));
        let made = assessed_in(docket, &shared, at.known);
        let keyed = wanted.map(|ask| {
            let revision = commitment::revision(docket, &Subject::Member(Collection::Asks, ask.id.clone()), at);
            (key(ask), wire::ask_to_proto(ask, revision, &made))
        });
        (keyed.collect(), ())
    })
    .await?;
    Ok(v1::ListAsksResponse { asks: page.entries, next_page_token: page.next_page_token, clocks: Some(page.clocks) })
}

fn takes(ask: &Ask<'_>, parties: &[Party], years: &[i16]) -> bool {
    let year = Zone::utc().day_of(ask.tabled.tabled_at.at).date().year();
    let named = parties.contains(&ask.tabled.by) || parties.contains(&ask.tabled.of);
    (parties.is_empty() || named) && (years.is_empty() || years.contains(&year))
}

/// Instants of one form first, so that text and time have one order.
fn key(ask: &Ask<'_>) -> String {
    format!("{} {}", ask.tabled.tabled_at.at, ask.id)
}
