//! Named cursors: committed, told with their lag, listed, forgotten.

use std::time::Duration;

use tonic::Code;

use super::super::admission::Admitted;
use super::super::ledger_service::off_thread;
use super::super::reached::Reached;
use super::super::status::Fault;
use super::super::{name, page};
use super::place::{Usage, cursor_id, decode};
use super::subscribe::duration;
use crate::domain::Slug;
use crate::ledger::{CommitError, CursorCommit, CursorHand, Ledger, NamedCursor, Stream};
use crate::proto::v1;
use crate::wire;

/// Keeps a cursor.
pub(super) async fn commit(ledgers: &Admitted<'_>, request: v1::CommitCursorRequest) -> Result<v1::Cursor, Fault> {
    let (ledger, id) = named(ledgers, &request.name)?;
    let place = request.place.unwrap_or_default();
    let given = decode(&place.cursor, "place.cursor")?;
    let usage = Usage { ledger: ledger.clone(), stream: given.stream, filter: given.filter };
    let cursor = usage.at_cursor(&place, "place").await?;
    let commit = CursorCommit {
        id,
        cursor,
        expected: request.expected_cursor,
        force: request.force,
        hand: hand(ledgers, ledger.name()),
    };
    let kept = off_thread({
        let ledger = ledger.clone();
        move || match ledger.commit_cursor(&commit) {
            Err(CommitError::Ledger(error)) => Err(error),
            outcome => Ok(outcome),
        }
    })
    .await?;
    describe(ledger, kept.map_err(refuse)?).await
}

/// One cursor.
pub(super) async fn get(ledgers: &Admitted<'_>, cursor_name: &str) -> Result<v1::Cursor, Fault> {
    let (ledger, id) = named(ledgers, cursor_name)?;
    let asked = ledger.clone();
    let found = off_thread(move || asked.named_cursor(&id)).await?;
    describe(ledger, found.ok_or_else(|| Fault::not_found("cursor", cursor_name))?).await
}

/// The cursors of a ledger.
pub(super) async fn list(
    ledgers: &Admitted<'_>,
    request: &v1::ListCursorsRequest,
) -> Result<v1::ListCursorsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let size = page::size(request.page_size)?;
    let after = page::NameToken::decode(&request.page_token)?;
    let asked = ledger.clone();
    let mut all = off_thread(move || asked.named_cursors()).await?;
    all.retain(|cursor| after.as_deref().is_none_or(|after| cursor.id.as_str() > after));
    let more = all.len() > size;
    all.truncate(size);
    let last = all.last().filter(|_| more).map(|last| page::NameToken::encode(last.id.as_str()));
    let mut cursors = Vec::with_capacity(all.len());
    for cursor in all {
        cursors.push(describe(ledger.clone(), cursor).await?);
    }
    Ok(v1::ListCursorsResponse { cursors, next_page_token: last.unwrap_or_default() })
}

/// Forgets a cursor.
pub(super) async fn delete(ledgers: &Admitted<'_>, cursor_name: &str) -> Result<(), Fault> {
    let (ledger, id) = named(ledgers, cursor_name)?;
    let hand = hand(ledgers, ledger.name());
    let was_there = off_thread(move || match ledger.delete_cursor(&id, &hand) {
        Err(CommitError::Ledger(error)) => Err(error),
        outcome => Ok(outcome),
    })
    .await?
    .map_err(refuse)?;
    if was_there { Ok(()) } else { Err(Fault::not_found("cursor", cursor_name)) }
}

/// In whose name a cursor is touched. Where nobody is asked who they are, it is nobody's.
fn hand(ledgers: &Admitted<'_>, ledger: &Slug) -> CursorHand {
    let owner = (!ledgers.is_open()).then(|| ledgers.principal().clone());
    CursorHand { owner, operates: ledgers.operates(ledger) }
}

fn named(ledgers: &Admitted<'_>, cursor_name: &str) -> Result<(Ledger, Slug), Fault> {
    let (ledger_name, _) = name::split(cursor_name, "cursors")?;
    let ledger = name::ledger(ledgers, ledger_name, "name")?;
    let id = cursor_id(&ledger, cursor_name, "name")?;
    Ok((ledger, id))
}

async fn describe(ledger: Ledger, named: NamedCursor) -> Result<v1::Cursor, Fault> {
    let (asked, cursor) = (ledger.clone(), named.cursor);
    // A cursor is told even where the ledger cannot say whether it still fits.
    let broken = off_thread(move || {
        Ok(match asked.check_cursor(&cursor) {
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => format!("the place {error}"),
            Err(error) => error.to_string(),
        })
    })
    .await?;
    let lag = ledger.lag(named.cursor.place);
    let stream = match named.cursor.stream {
        Stream::Events => v1::ChangeStream::Events,
        Stream::Transitions => v1::ChangeStream::Transitions,
    };
    Ok(v1::Cursor {
        name: format!("ledgers/{}/cursors/{}", ledger.name(), named.id),
        cursor: named.cursor.encode(),
        stream: stream.into(),
        position: named.cursor.place.position.get(),
        committed_at: Some(wire::instant_to_proto(named.committed_at)),
        lag_events: lag.events,
        lag: Some(duration(Duration::from_secs(lag.seconds))),
        broken_reason: broken,
        owner: named.owner.map_or_else(String::new, |owner| owner.to_string()),
    })
}

fn refuse(error: CommitError) -> Fault {
    let message = error.to_string();
    let told = |code, reason, metadata| Fault::Told { code, reason, message: message.clone(), metadata };
    match error {
        CommitError::Moved { kept } => {
            told(Code::Aborted, "CURSOR_MOVED", vec![("kept_cursor", kept.unwrap_or_default())])
        }
        CommitError::GoesBack { kept, given } => told(
            Code::FailedPrecondition,
            "CURSOR_GOES_BACK",
            vec![("kept_position", kept.position.to_string()), ("position", given.position.to_string())],
        ),
        CommitError::OtherStream => told(Code::FailedPrecondition, "CURSOR_GOES_BACK", Vec::new()),
        CommitError::OfOthers { .. } => told(Code::PermissionDenied, "CURSOR_OF_OTHERS", Vec::new()),
        CommitError::TooMany { most } => Fault::Limit(Reached::cursors(most, message)),
        CommitError::Ledger(error) => error.into(),
    }
}
