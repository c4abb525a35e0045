//! Proof: a page's tree head, and one event with the proof that it was recorded, to take along.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use super::fault::Fault;
use super::visit::Visit;
use crate::domain::Position;
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
    let signed = visit.ledger.checkpoint()?;
    let proven = visit.ledger.inclusion(number, signed.checkpoint.size)?;
    let event = v1::ProvenEvent {
        position: number.get(),
        leaf: proven.entry.to_vec(),
        hashes: proven.proof.iter().map(|hash| hash.0.to_vec()).collect(),
    };
    let text = bundle::to_text(&v1::Bundle { checkpoint: signed.note.clone(), events: vec![event] })
        .map_err(|error| Fault::Internal(error.to_string()))?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}-event-{number}.json\"", visit.ledger.name())),
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
