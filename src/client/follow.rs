//! Following a ledger for ever: the client reconnects, resumes where it stood, and notices silence.

use std::collections::VecDeque;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::stream::{self, Stream};
use tonic::transport::Channel;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use super::{Client, ClientError};
use crate::proto::v1;
use v1::subscribe_events_request::After;
use v1::subscribe_events_response::Message;

/// How long the first message may take.
const START_PATIENCE: Duration = Duration::from_secs(15);
/// The first wait before connecting again, and the longest; each is made up to twice as long by chance, so that a thousand
/// clients do not come back at once.
const WAIT_MIN: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(5);

/// An event, and where to go on behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The event.
    pub event: v1::Event,
    /// The place behind it: for [`v1::CommitCursorRequest`], or for the start of a later subscription.
    pub place: v1::CursorPlace,
}

/// What a follower hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// An event.
    Event(Box<Followed>),
    /// Where the stream stands, although nothing new matched.
    Progress(v1::StreamProgress),
    /// Everything recorded so far was heard; from here on events come as they are recorded.
    CaughtUp(v1::StreamCaughtUp),
    /// This client was too slow; the server reads from its disk again. Nothing is left out.
    FellBehind(v1::StreamFellBehind),
    /// The connection is gone, or silent. The next call waits and connects again, where the stream stood.
    Interrupted {
        /// What happened.
        cause: String,
        /// How long will be waited.
        wait: Duration,
    },
}

/// Follows the events of a ledger over any number of connections: each once, in order.
#[derive(Debug)]
pub struct Follower {
    client: Client,
    request: v1::SubscribeEventsRequest,
    state: State,
    /// Events that were received and not given yet, and the cursor behind the last of them.
    received: VecDeque<v1::Event>,
    cursor: String,
    /// Silence for so long means a fault.
    patience: Duration,
    waits: ExponentialBackoff,
}

#[derive(Debug)]
enum State {
    /// Connected.
    Hearing(Box<Streaming<v1::SubscribeEventsResponse>>),
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
    ///         let Followed { event, place } = followed?;
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
        let events = stream::unfold(self.follower(request), |mut follower| async move {
            loop {
                match follower.hear().await? {
                    Ok(Heard::Event(followed)) => return Some((Ok(*followed), follower)),
                    Ok(_) => {}
                    Err(error) => return Some((Err(error), follower)),
                }
            }
        });
        Box::pin(events)
    }

    /// As [`Client::subscribe_events`], and tells too what happens besides events.
    pub fn follower(&self, request: v1::SubscribeEventsRequest) -> Follower {
        Follower {
            client: self.clone(),
            request,
            state: State::Away { wait: Duration::ZERO, anew: false },
            received: VecDeque::new(),
            cursor: String::new(),
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

impl Follower {
    /// What comes next; waits for it. `None` after an error. Dropping the future loses nothing.
    pub async fn hear(&mut self) -> Option<Result<Heard, ClientError>> {
        loop {
            if let Some(event) = self.received.pop_front() {
                let place = v1::CursorPlace { cursor: self.cursor.clone(), position: event.position };
                return Some(Ok(Heard::Event(Box::new(Followed { event, place }))));
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

    /// Whether the next event is here already.
    pub fn has_more(&self) -> bool {
        !self.received.is_empty()
    }

    /// Subscribes; over a new connection where the last one may be dead without anybody having noticed.
    async fn connect(&mut self, anew: bool) -> Result<(), Lost> {
        if anew {
            let channel = self.client.endpoint.connect().await;
            self.client.channel = channel.map_err(|error| Lost::Gone(super::root_cause(&error)))?;
        }
        let asking = subscribe(&self.client.channel, self.request.clone());
        let stream = match tokio::time::timeout(START_PATIENCE.min(self.patience), asking).await {
            Ok(answer) => answer.map_err(Lost::of)?,
            Err(_) => return Err(Lost::Gone("the server does not answer".to_owned())),
        };
        self.state = State::Hearing(Box::new(stream));
        Ok(())
    }

    /// Takes a message up, and with it the place to go on from.
    fn take(&mut self, message: v1::SubscribeEventsResponse) -> Option<Heard> {
        let message = message.message?;
        let (cursor, heard) = match message {
            Message::Started(started) => {
                self.waits = waits();
                let period = started.progress_period.and_then(|period| Duration::try_from(period).ok());
                self.patience = period.map_or(START_PATIENCE, |period| period * 5 / 2);
                (started.cursor, None)
            }
            Message::Events(batch) => {
                self.received = batch.events.into();
                (batch.cursor, None)
            }
            Message::Progress(progress) => (progress.cursor.clone(), Some(Heard::Progress(progress))),
            Message::CaughtUp(caught_up) => (caught_up.cursor.clone(), Some(Heard::CaughtUp(caught_up))),
            Message::FellBehind(fell) => (fell.cursor.clone(), Some(Heard::FellBehind(fell))),
        };
        self.cursor.clone_from(&cursor);
        self.request.after = Some(After::Cursor(v1::CursorPlace { cursor, position: 0 }));
        heard
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

async fn subscribe(
    channel: &Channel,
    request: v1::SubscribeEventsRequest,
) -> Result<Streaming<v1::SubscribeEventsResponse>, Status> {
    let mut changes = super::changes(channel.clone());
    Ok(changes.subscribe_events(request).await?.into_inner())
}
