//! The front page: the board of the one ledger there is, or the choice among several.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::Console;
use super::fault::Fault;
use super::respond::html;
use super::when::When;
use super::{asset, board, frame, visit};
use crate::auth::Caller;
use crate::domain::Collection;
use crate::exchange::plain_words::word;
use crate::ledger::Ledger;
use crate::wire::Word as _;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    ledgers: Vec<Choice>,
    /// Who is signed in; none where nobody has to be.
    principal: Option<String>,
    stylesheet: &'static str,
    icon: &'static str,
}

/// One ledger to choose.
struct Choice {
    href: String,
    title: String,
    name: String,
    kind: &'static str,
    commitments: usize,
    events: u64,
    recorded: Option<When>,
}

pub(super) async fn show(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    uri: http::Uri,
) -> Response {
    let all = console.door.readable(&caller);
    if let [only] = all.as_slice() {
        // The page is the ledger's own: its forms lead to its own address.
        let name = only.name().to_string();
        let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
        let path: http::Uri = format!("/ledgers/{name}{query}").parse().unwrap_or_default();
        return visit::answer(console, caller, name, path, board::show).await;
    }
    let page = FrontPage {
        ledgers: all.iter().map(choice).collect(),
        principal: (!caller.is_anybody()).then(|| caller.principal().to_string()),
        stylesheet: asset::STYLE.path(),
        icon: asset::ICON.path(),
    };
    match page.render() {
        Ok(text) => html(text),
        Err(error) => axum::response::IntoResponse::into_response(Fault::from(error)),
    }
}

fn choice(ledger: &Ledger) -> Choice {
    let docket = ledger.docket();
    Choice {
        href: format!("/ledgers/{}", ledger.name()),
        title: frame::ledger_title(&docket).unwrap_or_else(|| ledger.name().to_string()),
        name: ledger.name().to_string(),
        kind: word(ledger.kind().name(), "LEDGER_KIND_"),
        commitments: docket.members(Collection::Commitments).count(),
        events: docket.head().get(),
        recorded: docket.head_recorded_at().map(When::at),
    }
}
