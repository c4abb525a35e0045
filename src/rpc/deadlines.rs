//! Deadlines: a list by time over many commitments, in pages.

use std::sync::Arc;

use parking_lot::Mutex;
use prost::Message as _;

use super::admission::Admitted;
use super::agenda::Agenda;
use super::clocks::{self, Resolved};
use super::filter::{self, CommitmentFilter};
use super::kept::{Lists, Which};
use super::name;
use super::page::{self, PageToken};
use super::status::Fault;
use crate::domain::Instant;
use crate::proto::v1;
use crate::views::{Deadline, DeadlineKind};
use crate::wire;

/// What is asked of the deadlines, read and checked.
pub(super) struct Asked {
    /// Of which commitments.
    pub(super) filter: CommitmentFilter,
    kinds: Vec<DeadlineKind>,
    only_changes: bool,
    from: Option<Instant>,
    until: Option<Instant>,
    within_seconds: Option<i64>,
}

/// The window asked about.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Its first instant.
    pub(super) from: Instant,
    /// The first instant after it.
    pub(super) until: Option<Instant>,
}

/// A page of deadlines. With the same clocks the whole list is the same for ever, so a page begins where a number of
/// entries says.
pub(super) async fn list(
    ledgers: &Admitted<'_>,
    lists: &Arc<Lists>,
    request: v1::ListDeadlinesRequest,
) -> Result<v1::ListDeadlinesResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let size = page::size(request.page_size)?;
    let question =
        v1::ListDeadlinesRequest { page_size: 0, page_token: String::new(), ..request.clone() }.encode_to_vec();
    let token = PageToken::decode(&request.page_token, &question)?;
    let clocks = request.clocks;
    let asked = Asked {
        filter: CommitmentFilter::from_proto(request.filter.unwrap_or_default(), ledger.name(), true)?,
        kinds: filter::each(&request.kinds, "kinds", |number| {
            filter::word::<DeadlineKind>(*number).ok_or_else(|| format!("{number} is not a kind of deadline"))
        })?,
        only_changes: request.only_changes,
        from: request.from.map(|stamp| clocks::instant(stamp, "from")).transpose()?,
        until: request.until.map(|stamp| clocks::instant(stamp, "until")).transpose()?,
        within_seconds: request.within.map(|length| within(&length)).transpose()?,
    };
    let (at, given) = match token {
        Some(token) => (Resolved { as_of: token.as_of, known: token.known }, page::number(&token.after)?),
        None => (clocks::resolve(&ledger, clocks, ledgers.clock().now()).await?, 0),
    };
    asked.filter.require_instruments(&ledger, at.known)?;
    let window = asked.window(at)?;
    let (shared, lists) = (ledger.clone(), Arc::clone(lists));
    let which = Which { question: question.clone(), at };
    let collect = move || {
        let agenda = lists.agendas.get(which, || Mutex::new(Agenda::new(&shared, asked, window, at)));
        let mut agenda = agenda.lock();
        let (deadlines, more) = agenda.page(&shared, given, size);
        let entries = deadlines.into_iter().map(|deadline| wire::deadline_to_proto(deadline, shared.name()));
        (entries.collect(), more)
    };
    let (deadlines, more): (Vec<_>, bool) =
        tokio::task::spawn_blocking(collect).await.map_err(|error| Fault::Internal(error.to_string()))?;
    let next = || PageToken { as_of: at.as_of, known: at.known, after: (given + size).to_string() };
    let next_page_token = if more { next().encode(&question) } else { String::new() };
    Ok(v1::ListDeadlinesResponse { deadlines, next_page_token, clocks: Some(at.echo(&ledger)) })
}

impl Asked {
    /// Whether a deadline is in the window and of those wanted.
    pub(super) fn takes(&self, deadline: &Deadline, window: Window) -> bool {
        window.from <= deadline.at
            && window.until.is_none_or(|until| deadline.at < until)
            && (self.kinds.is_empty() || self.kinds.contains(&deadline.kind))
            && (!self.only_changes || deadline.changes_status())
    }

    /// The window: from `as_of` unless another beginning is given, to an instant or for a length.
    fn window(&self, at: Resolved) -> Result<Window, Fault> {
        let from = self.from.unwrap_or(at.as_of);
        let until = match (self.until, self.within_seconds) {
            (Some(_), Some(_)) => return Err(Fault::field("within", "is given beside until; give one of them")),
            (Some(until), None) if until <= from => {
                let reason = format!("{until} is not after the window's beginning, {from}; give a later instant");
                return Err(Fault::field("until", reason));
            }
            (until, seconds) => until.or(seconds.map(|seconds| from.plus_seconds(seconds))),
        };
        Ok(Window { from, until })
    }
}

/// A length of time that is longer than nothing, in whole seconds.
fn within(length: &prost_types::Duration) -> Result<i64, Fault> {
    if length.nanos != 0 || length.seconds <= 0 {
        return Err(Fault::field("within", format!("{length} is not a positive number of whole seconds")));
    }
    Ok(length.seconds)
}
