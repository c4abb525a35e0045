//! Following a ledger for ever: the client reconnects, resumes where it stood, and notices silence.

use std::collections::VecDeque;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::stream::{self, Stream};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use super::{Client, ClientError, Transport};
use crate::proto::v1;
use v1::change_service_client::ChangeServiceClient;

/// How long the first message may take.
const START_PATIENCE: Duration = Duration::from_secs(15);
/// The first wait before connecting again, and the longest; each is made up to twice as long by chance, so that a thousand
/// clients do not come back at once.
const WAIT_MIN: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(5);

/// A subscription that can be followed: the request of one of the server's streams.
pub trait Subscribe: Clone + Send + 'static {
    /// One message of the stream.
    type Message: Send + 'static;
    /// What is followed.
    type Item: Send + 'static;

    /// Asks a server for the stream.
    fn subscribe(
        self,
        changes: ChangeServiceClient<Transport>,
    ) -> impl Future<Output = Result<Streaming<Self::Message>, Status>> + Send;

    /// From now on the request is for what comes behind a place.
    fn go_on_behind(&mut self, place: v1::CursorPlace);

    /// What a message says, and the cursor behind it; none for a message of a later release.
    fn read(message: Self::Message) -> Option<(String, Said<Self::Item>)>;
}

/// What one message of a stream says.
#[derive(Debug)]
pub enum Said<T> {
    /// The stream begins; something is heard at least so often.
    Started(Option<prost_types::Duration>),
    /// Items, each with the place behind it.
    Items(Vec<Followed<T>>),
    /// How far has been looked.
    Progress,
    /// All there is has been given.
    CaughtUp,
    /// The client was too slow.
    FellBehind,
}

/// An item of a stream, and where to go on behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed<T = v1::Event> {
    /// The item.
    pub item: T,
    /// The place behind it: for [`v1::CommitCursorRequest`], or for the start of a later subscription.
    pub place: v1::CursorPlace,
}

/// What a follower hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard<T = v1::Event> {
    /// An item.
    Item(Box<Followed<T>>),
    /// Where the stream stands, although nothing new matched.
    Progress(v1::CursorPlace),
    /// Everything so far was heard; from here on items come as they come about.
    CaughtUp(v1::CursorPlace),
    /// This client was too slow; the server reads from its disk again. Nothing is left out.
    FellBehind(v1::CursorPlace),
    /// The connection is gone, or silent. The next call waits and connects again, where the stream stood.
    Interrupted {
        /// What happened.
        cause: String,
        /// How long will be waited.
        wait: Duration,
    },
}

/// Follows a stream of a ledger over any number of connections: each item once, in order.
pub struct Follower<R: Subscribe> {
    client: Client,
    request: R,
    state: State<R>,
    /// Items that were received and not given yet.
    received: VecDeque<Followed<R::Item>>,
    /// Silence for so long means a fault.
    patience: Duration,
    waits: ExponentialBackoff,
}

enum State<R: Subscribe> {
    /// Connected.
    Hearing(Box<Streaming<R::Message>>),
    /// To be connected after a wait, over the connection that there is or a new one.
    Away { wait: Duration, anew: bool },
    /// A permanent error was given.
    Ended,
}

impl Client {
    /// Follows the events that a request asks for, over restarts of the server and breaks of the network, each event once
    /// and in order. Ends only with an error that trying again does not mend, such as a ledger that is not there.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use entente::client::{Client, ClientError, Followed};
    /// use entente::proto::v1::SubscribeEventsRequest;
    /// use tokio_stream::StreamExt as _;
    ///
    /// async fn follow() -> Result<(), ClientError> {
    ///     let client = Client::connect("http://127.0.0.1:7420", Duration::from_secs(60)).await?;
    ///     let request = SubscribeEventsRequest { ledger: "ledgers/us-china".to_owned(), ..Default::default() };
    ///     let mut events = client.subscribe_events(request);
    ///     while let Some(followed) = events.next().await {
    ///         let Followed { item: event, place } = followed?;
    ///         // Behind this event the place goes on: as `cursor` of a later request, or kept by CommitCursor.
    ///         println!("{} {}", event.position, place.cursor);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn subscribe_events(
        &self,
        request: v1::SubscribeEventsRequest,
    ) -> impl Stream<Item = Result<Followed, ClientError>> + Send + Unpin + 'static {
        self.follower(request).items()
    }

    /// Follows the changes of a ledger's statuses in the same way.
    pub fn subscribe_transitions(
        &self,
        request: v1::SubscribeTransitionsRequest,
    ) -> impl Stream<Item = Result<Followed<v1::StatusNews>, ClientError>> + Send + Unpin + 'static {
        self.follower(request).items()
    }

    /// Follows any stream, and tells too what happens besides items.
    pub fn follower<R: Subscribe>(&self, request: R) -> Follower<R> {
        Follower {
            client: self.clone(),
            request,
            state: State::Away { wait: Duration::ZERO, anew: false },
            received: VecDeque::new(),
            patience: START_PATIENCE,
            waits: waits(),
        }
    }
}

fn waits() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(WAIT_MIN)
        .with_max_delay(WAIT_MAX)
        .with_jitter()
        .without_max_times()
        .build()
}

impl<R: Subscribe> Follower<R> {
    /// The items alone.
    pub fn items(self) -> impl Stream<Item = Result<Followed<R::Item>, ClientError>> + Send + Unpin + 'static {
        let items = stream::unfold(self, |mut follower| async move {
            loop {
                match follower.hear().await? {
                    Ok(Heard::Item(followed)) => return Some((Ok(*followed), follower)),
                    Ok(_) => {}
                    Err(error) => return Some((Err(error), follower)),
                }
            }
        });
        Box::pin(items)
    }

    /// What comes next; waits for it. `None` after an error. Dropping the future loses nothing.
    pub async fn hear(&mut self) -> Option<Result<Heard<R::Item>, ClientError>> {
        loop {
            if let Some(followed) = self.received.pop_front() {
                return Some(Ok(Heard::Item(Box::new(followed))));
            }
            let outcome = match &mut self.state {
                State::Ended => return None,
                State::Away { wait, anew } => {
                    let (wait, anew) = (std::mem::take(wait), *anew);
                    tokio::time::sleep(wait).await;
                    self.connect(anew).await.map(|()| None)
                }
                State::Hearing(stream) => match tokio::time::timeout(self.patience, stream.message()).await {
                    Ok(Ok(Some(message))) => Ok(self.take(message)),
                    Ok(Ok(None)) => Err(Lost::Gone("the server ended the stream".to_owned())),
                    Ok(Err(status)) => Err(Lost::of(status)),
                    Err(_) => Err(Lost::Gone(format!("nothing was heard for {:?}", self.patience))),
                },
            };
            match outcome {
                Ok(Some(heard)) => return Some(Ok(heard)),
                Ok(None) => {}
                Err(Lost::ForGood(error)) => {
                    self.state = State::Ended;
                    return Some(Err(error));
                }
                Err(Lost::Gone(cause)) => {
                    let wait = self.waits.next().unwrap_or(WAIT_MAX);
                    self.state = State::Away { wait, anew: true };
                    return Some(Ok(Heard::Interrupted { cause, wait }));
                }
            }
        }
    }

    /// Whether the next item is here already.
    pub fn has_more(&self) -> bool {
        !self.received.is_empty()
    }

    /// Subscribes; over a new connection where the last one may be dead without anybody having noticed.
    async fn connect(&mut self, anew: bool) -> Result<(), Lost> {
        if anew {
            let channel = self.client.endpoint.connect().await;
            self.client.channel = channel.map_err(|error| Lost::Gone(super::root_cause(&error)))?;
        }
        let asking = self.request.clone().subscribe(super::changes(self.client.transport()));
        let stream = match tokio::time::timeout(START_PATIENCE.min(self.patience), asking).await {
            Ok(answer) => answer.map_err(Lost::of)?,
            Err(_) => return Err(Lost::Gone("the server does not answer".to_owned())),
        };
        self.state = State::Hearing(Box::new(stream));
        Ok(())
    }

    /// Takes a message up, and with it the place to go on from.
    fn take(&mut self, message: R::Message) -> Option<Heard<R::Item>> {
        let (cursor, said) = R::read(message)?;
        let place = v1::CursorPlace { cursor, position: 0 };
        self.request.go_on_behind(place.clone());
        match said {
            Said::Started(period) => {
                self.waits = waits();
                let period = period.and_then(|period| Duration::try_from(period).ok());
                self.patience = period.map_or(START_PATIENCE, |period| period * 5 / 2);
                None
            }
            Said::Items(items) => {
                self.received = items.into();
                None
            }
            Said::Progress => Some(Heard::Progress(place)),
            Said::CaughtUp => Some(Heard::CaughtUp(place)),
            Said::FellBehind => Some(Heard::FellBehind(place)),
        }
    }
}

/// Why a stream is no more.
enum Lost {
    /// Trying again may help.
    Gone(String),
    /// It does not.
    ForGood(ClientError),
}

impl Lost {
    fn of(status: Status) -> Self {
        let may_pass = matches!(
            status.code(),
            Code::Unavailable
                | Code::Unknown
                | Code::Internal
                | Code::Cancelled
                | Code::Aborted
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
        );
        // What the server words itself is told as it is; what the transport says is often only "h2 protocol error".
        let is_worded = status.get_error_details().error_info().is_some();
        match may_pass {
            true if is_worded => Lost::Gone(status.message().to_owned()),
            true => Lost::Gone(format!("the connection broke: {}", super::root_cause(&status))),
            false => Lost::ForGood(status.into()),
        }
    }
}
