//! What keeps an open page current: server-sent events, one whenever something was recorded, and one whenever the clock
//! reaches an instant at which an answer changes by itself. An event says only that there is something new; the page
//! fetches itself again, so that there is one way to make a page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::Console;
use super::address::Address;
use super::fault::Fault;
use crate::auth::Caller;
use crate::clock::Clock;
use crate::domain::{Dossier, Instant, Position, Slug};
use crate::ledger::Ledger;

/// How often a silent stream says that it lives.
const ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes again.
const RETRY: Duration = Duration::from_secs(2);

/// The open streams, bounded, and when they end.
#[derive(Clone)]
pub(super) struct Streams {
    stopping: CancellationToken,
    room: Arc<Semaphore>,
    most: u64,
}

impl Streams {
    /// Streams of which `most` may be open at once.
    pub(super) fn new(stopping: CancellationToken, most: u64) -> Self {
        let permits = usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Streams { stopping, room: Arc::new(Semaphore::new(permits)), most }
    }
}

/// One page that is kept current.
struct Watch {
    ledger: Ledger,
    clock: Clock,
    /// The commitment the page is about; none for all.
    about: Option<Slug>,
    head: watch::Receiver<Position>,
}

/// The stream of one ledger's changes; with `commitment` the clock is that commitment's alone.
pub(super) async fn stream(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path(ledger): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match open(&console, &caller, &ledger, query.as_deref()) {
        Ok(response) => response,
        Err(fault) => fault.into_response(),
    }
}

fn open(console: &Console, caller: &Caller, ledger: &str, query: Option<&str>) -> Result<Response, Fault> {
    let ledger = console.door.enter_named(caller, ledger)?;
    let address = Address::read(query);
    let about = address.get("commitment").map(Slug::parse).transpose();
    let about = about.map_err(|error| Fault::field("commitment", error.to_string()))?;
    let Ok(permit) = Arc::clone(&console.live.room).try_acquire_owned() else {
        return Err(Fault::Busy(console.live.most));
    };
    let head = ledger.follow();
    let watch = Watch { ledger, clock: console.door.clock().clone(), about, head };
    let (events, stream) = mpsc::channel(1);
    tokio::spawn(run(watch, events, console.live.stopping.clone(), permit));
    let keep_alive = KeepAlive::new().interval(ALIVE);
    Ok(Sse::new(ReceiverStream::new(stream)).keep_alive(keep_alive).into_response())
}

type Events = mpsc::Sender<Result<Event, Infallible>>;

/// Tells of changes until the page is closed or the server stops.
async fn run(mut watch: Watch, events: Events, stopping: CancellationToken, _room: OwnedSemaphorePermit) {
    let told = async {
        let mut by = Some(By::Record);
        while let Some(cause) = by {
            let (head, event) = watch.present(cause);
            if events.send(Ok(event)).await.is_err() {
                return;
            }
            by = watch.changed(head, &events).await;
        }
    };
    tokio::select! {
        () = told => {}
        () = stopping.cancelled() => {}
    }
}

/// What brought a change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// Something was recorded.
    Record,
    /// The clock reached an instant at which an answer changes by itself.
    Time,
}

impl Watch {
    /// Where the ledger is: the first event of a stream says it, and so does every change.
    fn present(&mut self, by: By) -> (Position, Event) {
        let head = *self.head.borrow_and_update();
        let by_time = by == By::Time;
        let data = format!("{{\"position\":{head},\"as_of\":\"{}\",\"by_time\":{by_time}}}", self.clock.now());
        (head, Event::default().event("change").retry(RETRY).data(data))
    }

    /// Waits for the next change; none where nobody listens any more, or nothing can come.
    async fn changed(&mut self, head: Position, events: &Events) -> Option<By> {
        let next = self.next_change(head).await;
        let clock = self.clock.clone();
        let reached = async {
            match next {
                Some(next) => clock.reached(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            moved = self.head.changed() => moved.is_ok().then_some(By::Record),
            () = events.closed() => None,
            () = reached => Some(By::Time),
        }
    }

    /// The earliest instant at which an answer on the page changes by itself.
    async fn next_change(&self, known: Position) -> Option<Instant> {
        let (ledger, now, about) = (self.ledger.clone(), self.clock.now(), self.about.clone());
        let earliest = move || {
            let docket = ledger.docket();
            let ids: Vec<Slug> = match about {
                Some(one) => vec![one],
                None => docket.dossiers().map(Dossier::commitment).cloned().collect(),
            };
            drop(docket);
            let next = |id: &Slug| ledger.recall(&ledger.docket(), id, now, known).assessment.next_change_at;
            ids.iter().filter_map(next).min()
        };
        tokio::task::spawn_blocking(earliest).await.ok().flatten()
    }
}
