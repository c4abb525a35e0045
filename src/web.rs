//! Web: the console, pages for people who would rather look than read a table in a terminal.
//!
//! Here: every page as a pure answer to an address ([`router`]), with both clocks in the address, so that a page that is
//! sent to a colleague says the same tomorrow; its style and its script; the events that keep an open page current. A page
//! is filled from the same views as the services (`views`), in the same words (`wire`, `exchange`): no status is computed
//! here. Not here: who is asking (`serve` finds that out
//! before a page is made), and any way to record something.
//!
//! No page needs its script, names another host, or has style or script of its own: the policy of `respond` forbids it.

mod address;
mod asset;
mod badge;
mod board;
mod calendar;
mod changes;
mod clocks;
mod commitment;
mod door;
mod events;
mod exposure;
mod fault;
mod frame;
mod front;
mod lead;
mod legend;
mod live;
mod measure;
mod measures;
mod party;
mod proof;
mod respond;
mod scorecard;
mod sign_in;
mod slider;
mod talks;
mod trail;
mod visit;
mod when;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use self::door::Door;
pub use self::sign_in::page as sign_in_page;
use crate::auth::{Access, Caller};
use crate::ledger::Ledgers;

/// What every page is made from.
#[derive(Clone)]
struct Console {
    door: Door,
    live: live::Streams,
    trails: Arc<trail::Trails>,
}

/// The console over the ledgers of one store. Its open streams, `live_pages_max` at most, end when `stopping` is cancelled.
///
/// Every page of a ledger needs a [`Caller`] among the extensions of its request, which the layer before puts there.
pub fn router(ledgers: Ledgers, access: &Arc<Access>, stopping: &CancellationToken, live_pages_max: u64) -> Router {
    let signing = Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", axum::routing::post(sign_in::leave))
        .with_state(Arc::clone(access));
    let live = live::Streams::new(stopping.clone(), live_pages_max);
    let console = Console { door: Door::new(ledgers), live, trails: Arc::default() };
    Router::new()
        .route("/", get(front::show))
        .route("/ledgers/{ledger}", get(board))
        .route("/ledgers/{ledger}/commitments/{commitment}", get(commitment))
        .route("/ledgers/{ledger}/commitments/{commitment}/bundle.json", get(bundle_of_commitment))
        .route("/ledgers/{ledger}/calendar", get(calendar))
        .route("/ledgers/{ledger}/calendar.ics", get(calendar_file))
        .route("/ledgers/{ledger}/measures", get(measures_of))
        .route("/ledgers/{ledger}/measures/{measure}", get(measure_of))
        .route("/ledgers/{ledger}/scorecard", get(scorecard_of))
        .route("/ledgers/{ledger}/changes", get(changes_in))
        .route("/ledgers/{ledger}/exposure", get(exposure_to).post(exposure::post))
        .route("/ledgers/{ledger}/talks", get(talks_of))
        .route("/ledgers/{ledger}/events", get(events_of))
        .route("/ledgers/{ledger}/events/{position}", get(event_of))
        .route("/ledgers/{ledger}/events/{position}/bundle.json", get(bundle_of))
        .route("/ledgers/{ledger}/legend", get(legend_of))
        .route("/ledgers/{ledger}/live", get(live::stream))
        .route("/ledgers/{ledger}/{*rest}", get(fault::no_such_page))
        .route("/static/{digest}/{name}", get(asset::serve))
        .route("/favicon.ico", get(asset::favicon))
        .with_state(console)
        .merge(signing)
        .layer(axum::middleware::map_response(respond::guarded))
        .layer(CompressionLayer::new())
}

/// The pages of one ledger: each is an address answered by a function of it.
macro_rules! pages {
    ($($name:ident = $module:ident :: $show:ident;)+) => {$(
        async fn $name(
            State(console): State<Console>,
            Extension(caller): Extension<Caller>,
            Path(ledger): Path<String>,
            uri: http::Uri,
        ) -> Response {
            visit::answer(console, caller, ledger, uri, $module::$show).await
        }
    )+};
}

pages! {
    board = board::show;
    calendar = calendar::show;
    calendar_file = calendar::file;
    measures_of = measures::show_all;
    scorecard_of = scorecard::show;
    changes_in = changes::show;
    exposure_to = exposure::show;
    talks_of = talks::show;
    events_of = events::show;
    legend_of = legend::show;
}

/// The pages of one member of a ledger.
macro_rules! member_pages {
    ($($name:ident = $module:ident :: $show:ident;)+) => {$(
        async fn $name(
            State(console): State<Console>,
            Extension(caller): Extension<Caller>,
            Path((ledger, id)): Path<(String, String)>,
            uri: http::Uri,
        ) -> Response {
            visit::answer(console, caller, ledger, uri, move |visit| $module::$show(visit, &id)).await
        }
    )+};
}

member_pages! {
    commitment = commitment::show;
    measure_of = measures::show;
    event_of = events::one;
    bundle_of = proof::bundle;
    bundle_of_commitment = proof::bundle_of_commitment;
}
