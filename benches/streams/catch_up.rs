//! How fast one client catches up with a long ledger.

use std::time::Instant;

use bytes::Bytes;
use entente::proto::stored::SubscribedEvents;
use entente::proto::v1;
use prost::Message as _;
use tokio::task::JoinSet;
use tonic::Streaming;
use v1::ledger_service_client::LedgerServiceClient;
use v1::subscribe_events_request::After;
use v1::subscribe_events_response::Message;

use super::Fault;
use super::bare::{self, Bare};
use super::setup::{self, Running};

/// Both servers with the same events, the bare one's in the same messages.
pub(crate) struct Ready {
    entente: Running,
    bare: Running,
    events: u64,
}

impl Ready {
    /// Records so many events, and gives the bare server what a subscriber hears of them.
    pub(crate) async fn with(events: u64) -> Result<Self, Fault> {
        let entente = setup::entente().await?;
        let mut writers = JoinSet::new();
        for writer in 0..8_u64 {
            let mut ledgers = LedgerServiceClient::new(entente.channels[0].clone());
            let batches = events / 1000 / 8 + u64::from(writer < events / 1000 % 8);
            writers.spawn(async move {
                for _ in 0..batches {
                    ledgers.append_events(setup::append((0..1000).map(|_| setup::event()).collect())).await?;
                }
                Ok::<(), tonic::Status>(())
            });
        }
        while let Some(written) = writers.join_next().await {
            written??;
        }
        let events = events / 1000 * 1000 + 2;
        let mut held = Vec::new();
        let mut stream = setup::subscribe(&entente.channels[0], After::Position(0)).await?;
        let mut count = 0;
        while count < events {
            if let Some(Message::Events(batch)) = stream.message().await?.ok_or("the stream has ended")?.message {
                count += batch.events.len() as u64;
                let stored = batch.events.iter().map(|event| Bytes::from(event.encode_to_vec()));
                held.push(SubscribedEvents { events: stored.collect(), cursor: batch.cursor });
            }
        }
        let bare = setup::bare(Bare::new(held)).await?;
        Ok(Ready { entente, bare, events })
    }

    /// Events a second of a subscriber that hears all of them.
    pub(crate) async fn subscribed(&self) -> Result<f64, Fault> {
        let begun = Instant::now();
        let stream = setup::subscribe(&self.entente.channels[0], After::Position(0)).await?;
        self.drain(stream).await?;
        Ok(self.events as f64 / begun.elapsed().as_secs_f64())
    }

    /// Events a second of the bare stream.
    pub(crate) async fn bare(&self) -> Result<f64, Fault> {
        let begun = Instant::now();
        let stream = bare::follow(&self.bare.channels[0]).await?;
        self.drain(stream).await?;
        Ok(self.events as f64 / begun.elapsed().as_secs_f64())
    }

    async fn drain(&self, mut stream: Streaming<v1::SubscribeEventsResponse>) -> Result<(), Fault> {
        let mut last = 0;
        while last < self.events {
            let message = stream.message().await?.ok_or("the stream has ended")?;
            let Some(Message::Events(batch)) = message.message else { continue };
            for event in batch.events {
                if event.position != last + 1 {
                    return Err(format!("position {} after {last}", event.position).into());
                }
                last = event.position;
            }
        }
        Ok(())
    }
}
