//! Writers and subscribers at once: whoever joins whenever hears every position once, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use entente::proto::v1;

use super::{Follower, cursor, from, full};
use crate::grpc::sample::{id, statement};

const WRITERS: u32 = 4;
const BATCHES: u32 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn subscribers_that_join_at_any_time_hear_dense_positions() {
    let (server, ledger, head) = full(0).await;
    let server = Arc::new(server);
    let total = head + u64::from(WRITERS * BATCHES * 3);
    let recorded = Arc::new(AtomicU64::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (server, ledger, recorded) = (Arc::clone(&server), ledger.clone(), Arc::clone(&recorded));
        writers.spawn(async move {
            for batch in 0..BATCHES {
                let number = |index| 10_000 * (writer + 1) + 10 * batch + index;
                let events = (0..3).map(|index| statement(&ledger, number(index))).collect();
                server.append(&ledger, events).await.unwrap();
                recorded.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let mut followers = tokio::task::JoinSet::new();
    for joining in 0..24_u64 {
        let (server, ledger, recorded) = (Arc::clone(&server), ledger.clone(), Arc::clone(&recorded));
        followers.spawn(async move {
            // Each joins once so many batches are recorded, wherever the others are then.
            while recorded.load(Ordering::SeqCst) < joining * u64::from(WRITERS * BATCHES) / 24 {
                tokio::task::yield_now().await;
            }
            let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
            let mut heard = follower.through(total / 2).await;
            // Half of them go away in the middle and come back with their cursor.
            if joining % 2 == 0 {
                let place = follower.cursor.clone();
                drop(follower);
                follower = Follower::start(&server, from(&ledger, cursor(&place))).await.0;
            }
            if heard.last() < Some(&total) {
                heard.extend(follower.through(total).await);
            }
            assert_eq!(heard, (1..=total).collect::<Vec<u64>>(), "the one that joined at {joining}");
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    while let Some(done) = followers.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_filter_never_skips_at_the_hand_over() {
    let (server, ledger, _) = full(0).await;
    let server = Arc::new(server);
    let writing = tokio::spawn({
        let (server, ledger) = (Arc::clone(&server), ledger.clone());
        async move {
            for number in 0..400_u32 {
                // Every fifth event is about the measure.
                let event = if number % 5 == 0 {
                    v1::Submission { event_id: id(50_000 + number), ..crate::grpc::sample::suspended(&ledger) }
                } else {
                    statement(&ledger, 20_000 + number)
                };
                server.append(&ledger, vec![event]).await.unwrap();
            }
        }
    });
    let filter = v1::EventFilter { subjects: vec![format!("{ledger}/measures/magnets")], ..v1::EventFilter::default() };
    let mut followers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let request = v1::SubscribeEventsRequest { filter: Some(filter.clone()), ..from(&ledger, None) };
        let server = Arc::clone(&server);
        followers.spawn(async move {
            let (mut follower, _) = Follower::start(&server, request).await;
            // 3 and 5 of the deal, then 7, 12, 17 …
            let expected: Vec<u64> = [3, 5].into_iter().chain((0..80).map(|index| 7 + 5 * index)).collect();
            assert_eq!(follower.through(7 + 5 * 79).await, expected);
        });
    }
    while let Some(done) = followers.join_next().await {
        done.unwrap();
    }
    writing.await.unwrap();
}
