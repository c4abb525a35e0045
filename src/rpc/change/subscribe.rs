//! SubscribeEvents: a subscription of the ledger, as messages. The next message is made when the client has room for it,
//! so a client that stands still costs what one message and the page after it cost.

use std::pin::Pin;
use std::time::Duration;

use futures_util::stream;
use tokio::time::Instant as Timer;
use tonic::Status;

use super::super::status::Fault;
use super::super::{clocks, deadline, filter};
use super::place::Usage;
use crate::clock::Clock;
use crate::domain::Position;
use crate::ledger::{Heard, Ledger, Place, Stream, Subscription};
use crate::proto::stored::{SubscribeEventsResponse, SubscribedEvents, SubscriptionMessage};
use crate::proto::v1;
use crate::wire;
use v1::subscribe_events_request::After;

pub(super) type EventStream =
    Pin<Box<dyn stream::Stream<Item = Result<SubscribeEventsResponse, Status>> + Send + 'static>>;

/// How often something is heard where the client asks for nothing else, and at least.
pub(in super::super) const PROGRESS_PERIOD_MAX: Duration = Duration::from_secs(10);
const PROGRESS_PERIOD_MIN: Duration = Duration::from_millis(100);

/// Starts a subscription.
pub(super) async fn events(
    ledger: Ledger,
    clock: Clock,
    request: v1::SubscribeEventsRequest,
    deadline: Option<Timer>,
) -> Result<EventStream, Fault> {
    let filter = filter::events(request.filter.unwrap_or_default(), ledger.name())?;
    let period = period(request.progress_period)?;
    let usage = Usage { ledger: ledger.clone(), stream: Stream::Events, filter: filter.digest() };
    let from = match request.after {
        None => usage.at_position(Position::ORIGIN).await?,
        Some(After::Cursor(place)) => usage.at_cursor(&place, "cursor").await?,
        Some(After::NamedCursor(name)) => usage.at_named(&name, "named_cursor").await?,
        Some(After::Position(position)) => usage.at_position(Position::new(position)).await?,
        Some(After::Head(true)) => usage.at_position(ledger.head()).await?,
        Some(After::Head(false)) => {
            return Err(Fault::field("head", "is false; leave it out, or say where to begin"));
        }
    };
    let started = v1::StreamStarted {
        cursor: from.encode(),
        position: from.place.position.get(),
        head: ledger.head().get(),
        progress_period: Some(duration(period)),
        ledger_kind: clocks::kind_number(&ledger.docket()),
    };
    let subscription = ledger.subscribe(from.place.position, from.witness(), filter, period);
    let following = Following { usage, clock, subscription, deadline, ended: false };
    let first = stream::once(std::future::ready(Ok(message(SubscriptionMessage::Started(started)))));
    let rest = stream::unfold(following, |mut following| async move {
        let next = following.next().await?;
        Some((next, following))
    });
    Ok(Box::pin(stream::StreamExt::chain(first, rest)))
}

/// A subscription under way.
struct Following {
    usage: Usage,
    clock: Clock,
    subscription: Subscription,
    deadline: Option<Timer>,
    ended: bool,
}

impl Following {
    /// The next message; an error is the last.
    async fn next(&mut self) -> Option<Result<SubscribeEventsResponse, Status>> {
        if self.ended {
            return None;
        }
        let heard = tokio::select! {
            biased;
            heard = self.subscription.next() => heard.map_err(Fault::from),
            () = deadline::passed(self.deadline) => Err(Fault::DeadlinePassed),
        };
        let cursor = self.cursor();
        Some(match heard {
            Ok(heard) => Ok(message(self.say(heard, cursor))),
            Err(fault) => {
                self.ended = true;
                Err(Fault::At { cursor, fault: Box::new(fault) }.into())
            }
        })
    }

    fn cursor(&self) -> String {
        self.usage.cursor(Place::after(self.subscription.through()), self.subscription.witness()).encode()
    }

    fn say(&self, heard: Heard, cursor: String) -> SubscriptionMessage {
        let position = self.subscription.through().get();
        let head = self.usage.ledger.head().get();
        match heard {
            Heard::Events(events) => SubscriptionMessage::Events(SubscribedEvents { events, cursor }),
            Heard::Progress => SubscriptionMessage::Progress(v1::StreamProgress { cursor, position, head }),
            Heard::CaughtUp => SubscriptionMessage::CaughtUp(v1::StreamCaughtUp {
                cursor,
                position,
                caught_up_at: Some(wire::instant_to_proto(self.clock.now())),
            }),
            Heard::FellBehind => SubscriptionMessage::FellBehind(v1::StreamFellBehind { cursor, position, head }),
        }
    }
}

fn message(message: SubscriptionMessage) -> SubscribeEventsResponse {
    SubscribeEventsResponse { message: Some(message) }
}

/// How often something is to be heard.
pub(in super::super) fn period(asked: Option<prost_types::Duration>) -> Result<Duration, Fault> {
    let Some(asked) = asked else { return Ok(PROGRESS_PERIOD_MAX) };
    // prost-types negates a negative one, which the most negative one does not survive.
    let is_forward = asked.seconds >= 0 && asked.nanos >= 0;
    let period = is_forward
        .then(|| Duration::try_from(asked).ok())
        .flatten()
        .filter(|it| (PROGRESS_PERIOD_MIN..=PROGRESS_PERIOD_MAX).contains(it));
    period.ok_or_else(|| {
        let given = format!("{} s and {} ns", asked.seconds, asked.nanos);
        Fault::field("progress_period", format!("{given} is out of range; 100 milliseconds to 10 seconds"))
    })
}

/// A span of time, as messages have it.
pub(in super::super) fn duration(span: Duration) -> prost_types::Duration {
    let seconds = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    prost_types::Duration { seconds, nanos: i32::try_from(span.subsec_nanos()).unwrap_or(0) }
}
