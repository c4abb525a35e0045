//! FindExposure: a company's items against everything the ledger knows.

use std::collections::BTreeSet;

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::name;
use super::product_code;
use super::question::assessed_in;
use super::status::Fault;
use crate::domain::Subject;
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{self, Catalogue, Item, Reading, Touched};
use crate::wire;

/// The most items of one request.
const ITEMS_MAX: usize = 10_000;
/// The longest code, range or words, in bytes.
const CODE_BYTES_MAX: usize = 200;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 1_000;
/// The most matches of one answer, so that it stays of a size that clients take.
const MATCHES_MAX: usize = 250_000;

/// What touches the items of a request.
pub(super) async fn find(
    ledgers: &Admitted<'_>,
    request: v1::FindExposureRequest,
) -> Result<v1::FindExposureResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let items = items(&request.items)?;
    let at = clocks::resolve(&ledger, request.clocks, ledgers.clock().now()).await?;
    let shared = ledger.clone();
    let found = tokio::task::spawn_blocking(move || answer(&shared, &items, at)).await;
    let mut response = found.map_err(|error| Fault::Internal(error.to_string()))??;
    response.clocks = Some(at.echo(&ledger));
    Ok(response)
}

/// Items are matched without the docket, which the writer waits for; it is held only to gather and to judge.
fn answer(ledger: &Ledger, items: &[Item], at: Resolved) -> Result<v1::FindExposureResponse, Fault> {
    let catalogue = Catalogue::of(&ledger.docket(), at.known);
    let mut response = v1::FindExposureResponse::default();
    let mut touched: BTreeSet<Touched> = BTreeSet::new();
    let mut matches_left = MATCHES_MAX;
    for (index, item) in items.iter().enumerate() {
        let (reading, matches) = match product_code::doubt(item) {
            Some(problem) => (Reading::Unreadable(problem), Vec::new()),
            None => catalogue.touching(item),
        };
        matches_left = matches_left.checked_sub(matches.len()).ok_or_else(too_many)?;
        let shown = wire::item_exposure_to_proto(index, &reading, &matches, ledger.name());
        response.items.push(shown);
        touched.extend(matches.into_iter().map(|it| it.touched));
    }
    let uncoded = catalogue.without_codes().map(|it| Subject::from(it).name_in(ledger.name()));
    response.measures_without_codes = uncoded.collect();
    let docket = ledger.docket();
    let standings = views::standings(&docket, &touched, at.as_of, at.known, |commitment| {
        ledger.assess(&docket, commitment, at.as_of, at.known)
    });
    let made = assessed_in(&docket, ledger, at.known);
    (response.measures, response.commitments) = wire::standings_to_proto(&standings, &made);
    Ok(response)
}

/// The items, or every field that cannot hold what it holds.
fn items(asked: &[v1::ExposureItem]) -> Result<Vec<Item>, Fault> {
    if asked.is_empty() || asked.len() > ITEMS_MAX {
        return Err(Fault::field("items", format!("{} items; from 1 to {ITEMS_MAX}, more in parts", asked.len())));
    }
    let wrong: Vec<(String, String)> =
        asked.iter().enumerate().flat_map(|(index, item)| violations(index, item)).collect();
    if wrong.is_empty() { Ok(asked.iter().map(wire::item_from_proto).collect()) } else { Err(Fault::Fields(wrong)) }
}

fn violations(index: usize, item: &v1::ExposureItem) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, why: String| wrong.push((format!("items[{index}].{field}"), why));
    if item.code.len() > CODE_BYTES_MAX {
        refuse("code", format!("{} bytes; at most {CODE_BYTES_MAX}", item.code.len()));
    }
    if item.name.len() > NAME_BYTES_MAX {
        refuse("name", format!("{} bytes; at most {NAME_BYTES_MAX}", item.name.len()));
    }
    if v1::Nomenclature::try_from(item.nomenclature).is_err() {
        refuse("nomenclature", format!("{} is not a nomenclature", item.nomenclature));
    }
    wrong
}

fn too_many() -> Fault {
    Fault::field("items", format!("touch more than {MATCHES_MAX} measures and commitments together; ask in parts"))
}
