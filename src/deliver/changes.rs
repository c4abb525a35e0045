//! An endpoint that is posted the changes of statuses: by what is recorded, and by time alone.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::post::Message;
use super::task::{Delivery, Halt, KEEP_EVERY, PERIOD, witness_at};
use super::{Begin, Changes};
use crate::domain::{Collection, Position, Subject};
use crate::exchange::cloud_event;
use crate::ledger::{Cursor, FilterDigest, HeardNews, Ledger, Place, Stream};
use crate::proto::v1;
use crate::views::transitions::News;
use crate::wire;

impl Delivery {
    /// Posts what changes until the server stops.
    pub(super) async fn follow_changes(&mut self, ledger: &Ledger, changes: Changes) -> Result<(), Halt> {
        let digest = digest(ledger, &changes);
        let leads: Vec<i64> = changes.leads.iter().copied().collect();
        let begun = match self.kept(ledger, Stream::Transitions).await? {
            Some(kept) => kept.place,
            None if self.endpoint.after == Begin::Start => Place::after(Position::ORIGIN),
            None => ledger.place_now().await?,
        };
        let mut cursor = cursor_at(ledger, digest, begun, None).await?;
        // "Now" is the first start, not the first change.
        self.commit(ledger, cursor).await?;
        let wants = Arc::new(move |docket: &_, commitment: &_, known| changes.take(docket, commitment, known));
        let mut subscription = ledger.subscribe_transitions(wants, leads, begun, PERIOD).await?;
        loop {
            let heard = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Ok(()),
                heard = subscription.next() => heard?,
            };
            if let HeardNews::News(news) = heard {
                for (news, place) in news {
                    let outcome = self.post_news(ledger, &news).await;
                    if outcome.is_ok() {
                        cursor = cursor_at(ledger, digest, place, Some(cursor)).await?;
                    }
                    // Also when the server stops in the middle, so that the next one does not begin anew.
                    if outcome.is_err() || self.kept_at.elapsed() >= KEEP_EVERY {
                        self.keep(ledger, cursor).await?;
                    }
                    outcome?;
                }
            } else {
                cursor = cursor_at(ledger, digest, subscription.place(), Some(cursor)).await?;
            }
            self.keep(ledger, cursor).await?;
        }
    }

    async fn post_news(&self, ledger: &Ledger, news: &News) -> Result<(), Halt> {
        let said = wire::news_to_proto(news, ledger.name(), String::new());
        let event = cloud_event::of_news(&said, ledger.name())
            .map_err(|error| Halt::Unsayable(news.known(), error.to_string()))?;
        self.post(&Message { id: said.id, body: Bytes::from(event.to_string()) }, news.known()).await
    }
}

/// The cursor at a place; the event there is looked up only where it is another than that of the cursor before.
async fn cursor_at(
    ledger: &Ledger,
    digest: FilterDigest,
    place: Place,
    before: Option<Cursor>,
) -> Result<Cursor, Halt> {
    let witness = match before {
        Some(before) if before.place.position == place.position => before.witness(),
        _ => witness_at(ledger, place.position).await?,
    };
    Ok(ledger.cursor(Stream::Transitions, digest, place, witness))
}

/// What the cursor remembers of what was asked.
fn digest(ledger: &Ledger, changes: &Changes) -> FilterDigest {
    let named = changes.commitments.iter();
    let asked = v1::SubscribeTransitionsRequest {
        commitments: named
            .map(|id| Subject::Member(Collection::Commitments, id.clone()).name_in(ledger.name()))
            .collect(),
        filter: (!changes.parties.is_empty()).then(|| v1::CommitmentFilter {
            parties: changes.parties.iter().map(ToString::to_string).collect(),
            ..v1::CommitmentFilter::default()
        }),
        leads: changes.leads.iter().map(|seconds| prost_types::Duration { seconds: *seconds, nanos: 0 }).collect(),
        ..v1::SubscribeTransitionsRequest::default()
    };
    FilterDigest::of(&asked.encode_to_vec())
}
