//! SubscribeTransitions: a subscription to a ledger's transitions, as messages. The next message is made when the client has
//! room for it.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream;
use prost::Message as _;
use tokio::time::Instant as Timer;
use tonic::Status;

use super::change::place::Usage;
use super::change::subscribe::{duration, period};
use super::filter::{self, CommitmentFilter};
use super::ledger_service::off_thread;
use super::status::Fault;
use super::{clocks, deadline};
use crate::clock::Clock;
use crate::domain::{Collection, Instant, Position, Slug, Subject};
use crate::ledger::{Cursor, FilterDigest, HeardNews, Ledger, LedgerError, Place, Stream, TransitionSubscription};
use crate::proto::v1;
use crate::views::transitions::{LEADS_MAX, News, Wants};
use crate::wire;
use v1::subscribe_transitions_request::After;
use v1::subscribe_transitions_response::Message;

pub(super) type TransitionStream =
    Pin<Box<dyn stream::Stream<Item = Result<v1::SubscribeTransitionsResponse, Status>> + Send + 'static>>;

/// The longest lead: ten years.
const LEAD_SECONDS_MAX: i64 = 3_660 * 86_400;

/// Starts a subscription.
pub(super) async fn subscribe(
    ledger: Ledger,
    clock: Clock,
    request: v1::SubscribeTransitionsRequest,
    deadline: Option<Timer>,
) -> Result<TransitionStream, Fault> {
    let leads = leads(&request.leads)?;
    let commitments = commitments(&request.commitments, ledger.name())?;
    let period = period(request.progress_period)?;
    let digest = digest(&request, &leads);
    let usage = Usage { ledger: ledger.clone(), stream: Stream::Transitions, filter: digest };
    let wants = wants(commitments, request.filter, ledger.name())?;
    let from = match request.after {
        None => usage.at_position(Position::ORIGIN).await?,
        Some(After::Cursor(place)) => usage.at_cursor(&place, "cursor").await?,
        Some(After::NamedCursor(name)) => usage.at_named(&name, "named_cursor").await?,
        Some(After::Head(true)) => at_head(&usage).await?,
        Some(After::Head(false)) => {
            return Err(Fault::field("head", "is false; leave it out, or say where to begin"));
        }
    };
    let subscription = ledger.subscribe_transitions(wants, leads, from.place, period).await?;
    let started = v1::TransitionsStarted {
        cursor: from.encode(),
        position: from.place.position.get(),
        at: stamp(subscription.through()),
        head: ledger.head().get(),
        progress_period: Some(duration(period)),
        ledger_kind: clocks::kind_number(&ledger.docket()),
    };
    let following = Following { usage, clock, subscription, cursor: from, deadline, ended: false };
    let first = stream::once(std::future::ready(Ok(message(Message::Started(started)))));
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
    subscription: TransitionSubscription,
    /// The place behind all that was said.
    cursor: Cursor,
    deadline: Option<Timer>,
    ended: bool,
}

impl Following {
    /// The next message; an error is the last.
    async fn next(&mut self) -> Option<Result<v1::SubscribeTransitionsResponse, Status>> {
        if self.ended {
            return None;
        }
        let until = deadline::passed(self.deadline);
        let said = tokio::select! {
            biased;
            said = self.hear() => said.map_err(Fault::from),
            () = until => Err(Fault::DeadlinePassed),
        };
        Some(said.map(message).map_err(|fault| {
            self.ended = true;
            Fault::At { cursor: self.cursor.encode(), fault: Box::new(fault) }.into()
        }))
    }

    async fn hear(&mut self) -> Result<Message, LedgerError> {
        let heard = self.subscription.next().await?;
        Ok(match heard {
            HeardNews::News(news) => Message::Transitions(self.say(news).await?),
            HeardNews::Progress => {
                self.cursor = self.cursor_at(self.subscription.place()).await?;
                Message::Progress(v1::TransitionsProgress {
                    cursor: self.cursor.encode(),
                    position: self.cursor.place.position.get(),
                    through: stamp(self.subscription.through()),
                    head: self.usage.ledger.head().get(),
                })
            }
            HeardNews::CaughtUp => {
                self.cursor = self.cursor_at(self.subscription.place()).await?;
                Message::CaughtUp(v1::TransitionsCaughtUp {
                    cursor: self.cursor.encode(),
                    position: self.cursor.place.position.get(),
                    through: stamp(self.subscription.through()),
                    caught_up_at: Some(wire::instant_to_proto(self.clock.now())),
                })
            }
        })
    }

    async fn say(&mut self, news: Vec<(News, Place)>) -> Result<v1::SubscribedTransitions, LedgerError> {
        let mut said = Vec::with_capacity(news.len());
        for (news, place) in news {
            self.cursor = self.cursor_at(place).await?;
            said.push(wire::news_to_proto(&news, self.usage.ledger.name(), self.cursor.encode()));
        }
        Ok(v1::SubscribedTransitions { news: said, cursor: self.cursor.encode() })
    }

    async fn cursor_at(&self, place: Place) -> Result<Cursor, LedgerError> {
        if place.position == self.cursor.place.position {
            return Ok(self.usage.cursor(place, self.cursor.witness()));
        }
        let ledger = self.usage.ledger.clone();
        let witness = tokio::task::spawn_blocking(move || ledger.witness(place.position)).await;
        Ok(self.usage.cursor(place, witness.map_err(|_| LedgerError::Closed)??))
    }
}

/// The place behind all that has changed by now.
async fn at_head(usage: &Usage) -> Result<Cursor, Fault> {
    let place = usage.ledger.place_now().await?;
    let ledger = usage.ledger.clone();
    let witness = off_thread(move || ledger.witness(place.position)).await?;
    Ok(usage.cursor(place, witness))
}

fn wants(commitments: BTreeSet<Slug>, asked: Option<v1::CommitmentFilter>, ledger: &Slug) -> Result<Wants, Fault> {
    let filter = asked.map(|asked| CommitmentFilter::from_proto(asked, ledger, false)).transpose()?;
    Ok(Arc::new(move |docket, commitment, known| {
        (commitments.is_empty() || commitments.contains(commitment))
            && filter.as_ref().is_none_or(|filter| filter.takes(docket, commitment, known, None))
    }))
}

fn commitments(names: &[String], ledger: &Slug) -> Result<BTreeSet<Slug>, Fault> {
    let read = |name: &String| match Subject::parse(name, ledger).map_err(|error| error.to_string())? {
        Subject::Member(Collection::Commitments, id) => Ok(id),
        other => Err(format!("{other} is not a commitment")),
    };
    Ok(filter::each(names, "commitments", read)?.into_iter().collect())
}

/// The leads in seconds, each once.
fn leads(asked: &[prost_types::Duration]) -> Result<Vec<i64>, Fault> {
    if asked.len() > LEADS_MAX {
        return Err(Fault::field("leads", format!("has {} leads; at most {LEADS_MAX} are taken", asked.len())));
    }
    let read = |lead: &prost_types::Duration| match (lead.seconds, lead.nanos) {
        (seconds @ 1..=LEAD_SECONDS_MAX, 0) => Ok(seconds),
        (seconds, nanos) => Err(format!(
            "{seconds} s and {nanos} ns is no lead; whole seconds, from 1 s to {LEAD_SECONDS_MAX} s (3,660 days)"
        )),
    };
    let distinct: BTreeSet<i64> = filter::each(asked, "leads", read)?.into_iter().collect();
    Ok(distinct.into_iter().collect())
}

/// What a cursor remembers of what was asked: the same where the same is asked in another order.
fn digest(request: &v1::SubscribeTransitionsRequest, leads: &[i64]) -> FilterDigest {
    fn sorted<T: Ord + Clone>(values: &[T]) -> Vec<T> {
        let distinct: BTreeSet<T> = values.iter().cloned().collect();
        distinct.into_iter().collect()
    }
    let filter = request.filter.as_ref().filter(|filter| **filter != v1::CommitmentFilter::default());
    let canonical = v1::SubscribeTransitionsRequest {
        commitments: sorted(&request.commitments),
        filter: filter.map(|filter| v1::CommitmentFilter {
            parties: sorted(&filter.parties),
            obligors: sorted(&filter.obligors),
            kinds: sorted(&filter.kinds),
            instruments: sorted(&filter.instruments),
            product_prefixes: sorted(&filter.product_prefixes),
            ..filter.clone()
        }),
        leads: leads.iter().map(|seconds| prost_types::Duration { seconds: *seconds, nanos: 0 }).collect(),
        ..v1::SubscribeTransitionsRequest::default()
    };
    FilterDigest::of(&canonical.encode_to_vec())
}

fn message(message: Message) -> v1::SubscribeTransitionsResponse {
    v1::SubscribeTransitionsResponse { message: Some(message) }
}

/// An instant; none before the first event.
fn stamp(instant: Instant) -> Option<prost_types::Timestamp> {
    (instant > Instant::MIN).then(|| wire::instant_to_proto(instant))
}
