//! Proof: a page's tree head, and events with the proof that they were recorded, to take along: one, or all that bear on a
//! commitment.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use super::board;
use super::fault::Fault;
use super::visit::Visit;
use crate::domain::{Position, Slug};
use crate::exchange::bundle;
use crate::proto::v1;

/// One event as a bundle, the same as `entente export --bundle` writes.
pub(super) fn bundle(visit: &Visit, position: &str) -> Result<Response, Fault> {
    let unknown =
        || Fault::not_found("event", format!("{position} in {} at position {}", visit.ledger.name(), visit.at.known));
    let number = position.parse().map(Position::new).map_err(|_| unknown())?;
    // What is not known at the position of the page is not given away by it.
    if number == Position::new(0) || number > visit.at.known {
        return Err(unknown());
    }
    file(visit, &[number], &format!("event-{number}"))
}

/// The most events of one file. Whoever has more takes them with `entente export --bundle`.
const EVENTS_MAX: usize = 5_000;

/// Every event that bears on a commitment, as known on the page, as one bundle.
pub(super) fn bundle_of_commitment(visit: &Visit, id: &str) -> Result<Response, Fault> {
    let unknown =
        || Fault::not_found("commitment", format!("{id} in {} at position {}", visit.ledger.name(), visit.at.known));
    let slug = Slug::parse(id).map_err(|_| unknown())?;
    let docket = visit.ledger.docket();
    let dossier = docket.dossier(&slug).filter(|_| board::undertaken(&docket, &slug, visit.at.known).is_some());
    let known = dossier.ok_or_else(unknown)?.known(visit.at.known);
    let mut positions: Vec<Position> = known.iter().map(|event| event.position).collect();
    drop(docket);
    positions.sort_unstable();
    if positions.len() > EVENTS_MAX {
        let count = positions.len();
        let instead = format!("take them with `entente export --bundle FILE --subject commitments/{slug}`");
        return Err(Fault::TooMuch(format!("{count} events bear on {slug}, and a page gives {EVENTS_MAX}; {instead}")));
    }
    file(visit, &positions, slug.as_str())
}

/// Events under the last checkpoint, as a file. Blocks on the store.
fn file(visit: &Visit, positions: &[Position], name: &str) -> Result<Response, Fault> {
    let signed = visit.ledger.checkpoint()?;
    let proven = |position: &Position| -> Result<v1::ProvenEvent, Fault> {
        let proven = visit.ledger.inclusion(*position, signed.checkpoint.size)?;
        let hashes = proven.proof.iter().map(|hash| hash.0.to_vec()).collect();
        Ok(v1::ProvenEvent { position: position.get(), leaf: proven.entry.to_vec(), hashes })
    };
    let events = positions.iter().map(proven).collect::<Result<_, _>>()?;
    let text = bundle::to_text(&v1::Bundle { checkpoint: signed.note.clone(), events })
        .map_err(|error| Fault::Internal(error.to_string()))?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{name}.json\"", visit.ledger.name())),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

/// The tree head of a page.
pub(super) struct TreeHead {
    pub(super) size: u64,
    /// The root of the tree at the position of the page, which says the same for ever; none where it cannot be had now.
    pub(super) root: Option<String>,
    /// Where the last checkpoint is, signed.
    pub(super) checkpoint: String,
}

/// The head of the tree over what is known on the page. Blocks on the store.
pub(super) fn tree_head(visit: &Visit) -> TreeHead {
    let size = visit.at.known.get();
    TreeHead {
        size,
        root: visit.ledger.root_at(size).map(|root| root.to_string()).ok(),
        checkpoint: format!("/tlog/{}/checkpoint", visit.ledger.name()),
    }
}

/// Where the bundle of an event is.
pub(super) fn bundle_link(visit: &Visit, position: u64) -> String {
    visit.link(&format!("/events/{position}/bundle.json"))
}
