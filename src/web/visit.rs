//! A visit: one ledger, asked at the clocks of one address.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::address::Address;
use super::clocks::{self, At};
use super::fault::Fault;
use super::trail::{Trail, Trails};
use super::{respond, slider};
use crate::auth::Caller;
use crate::domain::{Docket, Instant, Position, Slug};
use crate::ledger::Ledger;
use crate::wire::AssessedIn;

/// One ledger, asked at the clocks of one address.
pub(super) struct Visit {
    pub(super) ledger: Ledger,
    pub(super) address: Address,
    pub(super) at: At,
    /// What the clock of the server shows.
    pub(super) now: Instant,
    /// The path of the page.
    pub(super) path: String,
    /// Who is signed in; none where nobody has to be.
    pub(super) principal: Option<String>,
    trails: Arc<Trails>,
}

/// Answers an address of one ledger. The page is put together off the threads that serve.
pub(super) async fn answer<F>(console: Console, caller: Caller, ledger: String, uri: http::Uri, show: F) -> Response
where
    F: FnOnce(&Visit) -> Result<Response, Fault> + Send + 'static,
{
    let made = tokio::task::spawn_blocking(move || {
        let visit = Visit::begin(&console, &caller, &ledger, Address::read(uri.query()), uri.path())?;
        match slider::chosen(&visit)? {
            Some(address) => Ok(respond::see(&address)),
            None => show(&visit),
        }
    });
    let made = made.await.unwrap_or_else(|error| Err(Fault::Internal(error.to_string())));
    made.unwrap_or_else(Fault::into_response)
}

impl Visit {
    pub(super) fn begin(
        console: &Console,
        caller: &Caller,
        ledger: &str,
        address: Address,
        path: &str,
    ) -> Result<Self, Fault> {
        let ledger = console.door.enter_named(caller, ledger)?;
        let now = console.door.clock().now();
        let at = clocks::resolve(&ledger, &address, now)?;
        let principal = (!caller.is_anybody()).then(|| caller.principal().to_string());
        Ok(Visit { ledger, address, at, now, path: path.to_owned(), principal, trails: Arc::clone(&console.trails) })
    }

    /// The path of the ledger's pages.
    pub(super) fn base(&self) -> String {
        format!("/ledgers/{}", self.ledger.name())
    }

    /// The trails of the ledger's commitments around the moment of the page.
    pub(super) fn trails(&self, docket: &Docket) -> Vec<(Slug, Trail)> {
        self.trails.around(self.ledger.name(), docket, self.at)
    }

    /// Where assessments of this visit are made.
    pub(super) fn made(&self, docket: &Docket) -> AssessedIn<'_> {
        self.made_at(docket, self.at.known)
    }

    /// Where assessments as known at a position are made.
    pub(super) fn made_at(&self, docket: &Docket, known: Position) -> AssessedIn<'_> {
        AssessedIn { ledger: self.ledger.name(), kind: self.ledger.kind(), known_at: docket.recorded_at(known) }
    }

    /// The address of a page of this ledger at the same clocks.
    pub(super) fn link(&self, page: &str) -> String {
        self.link_with(page, &[])
    }

    /// As [`Visit::link`], with further fields.
    pub(super) fn link_with(&self, page: &str, more: &[(&str, &str)]) -> String {
        format!("{}{page}{}", self.base(), self.address.clocks_and(more))
    }

    /// The address of a member's page by its resource name, such as `ledgers/deal/measures/fee`.
    pub(super) fn link_to(&self, name: &str) -> String {
        format!("/{name}{}", self.address.clocks_and(&[]))
    }
}

/// The id at the end of a resource name.
pub(super) fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
