//! The tree over HTTP, in the layout of C2SP tlog-tiles, so that monitors that are not ours can read it:
//! `/tlog/{ledger}/checkpoint`, `/tlog/{ledger}/tile/{level}/{index}[.p/{width}]`, `/tlog/{ledger}/tile/entries/…`.

use axum::extract::Path;
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderValue, StatusCode};

use crate::auth::{Caller, Right};
use crate::domain::{Position, Slug};
use crate::ledger::{Ledger, LedgerError, Ledgers};
use crate::proof::{TILE_WIDTH, TilePath};

/// What has this many hashes or entries never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The same where access is controlled: a cache that several share would give it to whoever asks. A browser's own looks at
/// whose credential it was had by (`VARY_BY`).
const FOR_EVER_THEIRS: &str = "private, max-age=31536000, immutable";
/// The next one may be another.
const NOT_AT_ALL: &str = "no-cache";
/// What credentials come in.
const VARY_BY: &str = "authorization, cookie";

/// The pages of every ledger. `is_open`: they are everybody's, so that any cache may keep them.
pub(super) fn router(ledgers: Ledgers, is_open: bool) -> Router {
    let of_checkpoint = ledgers.clone();
    let checkpoint = move |Extension(caller): Extension<Caller>, Path(name): Path<String>| async move {
        answer(signed(&of_checkpoint, &caller, &name))
    };
    let tile = move |Extension(caller): Extension<Caller>, Path((name, path)): Path<(String, String)>| async move {
        let asked = tokio::task::spawn_blocking(move || resource(&ledgers, &caller, &name, &path));
        answer(asked.await.unwrap_or_else(|error| Err(Absent::Fault(error.to_string()))))
    };
    let pages = Router::new()
        .route("/tlog/{ledger}/checkpoint", get(checkpoint))
        .route("/tlog/{ledger}/tile/{*path}", get(tile));
    if is_open { pages } else { pages.layer(map_response(kept_by_the_caller_alone)) }
}

/// No shared cache keeps an answer that was given to a credential, a refusal included.
async fn kept_by_the_caller_alone(mut response: Response) -> Response {
    let cache = match response.headers().get(CACHE_CONTROL) {
        Some(cache) if cache.as_bytes() == FOR_EVER.as_bytes() => FOR_EVER_THEIRS,
        _ => "no-store",
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().insert(VARY, HeaderValue::from_static(VARY_BY));
    response
}

/// A page: what it is, how long it may be kept, and its bytes.
struct Page {
    content_type: &'static str,
    cache: &'static str,
    bytes: Vec<u8>,
}

/// Why there is no page.
enum Absent {
    /// Nothing is there.
    NotFound(String),
    /// The caller may not have it.
    NotGranted(String),
    /// It cannot be had.
    Fault(String),
}

impl From<LedgerError> for Absent {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::UnknownLedger(_) => Absent::NotFound(error.to_string()),
            error => Absent::Fault(error.to_string()),
        }
    }
}

fn answer(page: Result<Page, Absent>) -> Response {
    match page {
        Ok(Page { content_type, cache, bytes }) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static(content_type)),
                (CACHE_CONTROL, HeaderValue::from_static(cache)),
            ];
            (headers, bytes).into_response()
        }
        Err(Absent::NotFound(why)) => (StatusCode::NOT_FOUND, format!("{why}\n")).into_response(),
        Err(Absent::NotGranted(why)) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        Err(Absent::Fault(why)) => {
            tracing::error!(%why, "a page of the tree cannot be had");
            (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response()
        }
    }
}

/// A ledger. Where the caller may not read it, the answer is the same whether it is there or not.
fn ledger(ledgers: &Ledgers, caller: &Caller, name: &str) -> Result<Ledger, Absent> {
    let name = Slug::parse(name).map_err(|error| Absent::NotFound(error.to_string()))?;
    if !caller.may(Right::Read, &name) {
        let why = format!("this needs the role reader of ledgers/{name}, which was not granted; ask the operator");
        return Err(Absent::NotGranted(why));
    }
    Ok(ledgers.get(&name)?)
}

fn signed(ledgers: &Ledgers, caller: &Caller, name: &str) -> Result<Page, Absent> {
    let note = ledger(ledgers, caller, name)?.checkpoint()?.note.clone().into_bytes();
    Ok(Page { content_type: "text/plain; charset=utf-8", cache: NOT_AT_ALL, bytes: note })
}

fn resource(ledgers: &Ledgers, caller: &Caller, name: &str, path: &str) -> Result<Page, Absent> {
    let ledger = ledger(ledgers, caller, name)?;
    let path = TilePath::parse(path).ok_or_else(|| {
        let why = format!("tile/{path} is no tile; one is at tile/0/000, tile/1/x001/234.p/17 or tile/entries/000");
        Absent::NotFound(why)
    })?;
    let size = ledger.tree_size()?;
    let beyond = || Absent::NotFound(format!("tile/{path} is beyond the tree, which has {size} events"));
    let bytes = match path.level {
        Some(level) => ledger.tile(level, path)?.ok_or_else(beyond)?.iter().flat_map(|hash| hash.0).collect(),
        None => entries(&ledger, path, size)?.ok_or_else(beyond)?,
    };
    Ok(Page { content_type: "application/octet-stream", cache: FOR_EVER, bytes })
}

/// A bundle of entries, each after its length in two bytes; `None` where the tree does not have so many.
fn entries(ledger: &Ledger, path: TilePath, size: u64) -> Result<Option<Vec<u8>>, Absent> {
    let Some(first) = path.index.checked_mul(TILE_WIDTH as u64) else { return Ok(None) };
    let end = first.saturating_add(path.width as u64);
    if end > size {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut after = Position::new(first);
    while after.get() < end {
        let leaves = ledger.leaves(after, end)?;
        let Some(last) = leaves.last() else { return Ok(None) };
        after = last.position;
        for leaf in leaves {
            let Ok(length) = u16::try_from(leaf.entry.len()) else {
                let why = format!(
                    "position {} has {} bytes, and a bundle has room for entries of 65,535; read it by ProofService",
                    leaf.position,
                    leaf.entry.len()
                );
                return Err(Absent::NotFound(why));
            };
            bytes.extend(length.to_be_bytes());
            bytes.extend(&leaf.entry[..]);
        }
    }
    Ok(Some(bytes))
}
