//! How many events a server holds: the limit is enforced, told, and in the way of nothing else.

use std::sync::Arc;

use entente::domain::Position;
use entente::ledger::{AppendRequest, LedgerError};
use entente::store::MemoryCatalog;

use super::{close, new_ledger, request};
use crate::grpc::sample::{signed, statement};

fn batch(numbers: std::ops::Range<u32>) -> AppendRequest {
    let mut batch = request(&statement("ledgers/deal", numbers.start));
    let others = numbers.skip(1).map(|number| request(&statement("ledgers/deal", number)).submissions.remove(0));
    batch.submissions.extend(others);
    batch
}

#[tokio::test]
async fn appends_beyond_the_limit_are_refused_and_say_what_would_help() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    ledgers.limit_events(5);
    // Two are held: a batch is recorded whole or not at all.
    let error = ledger.append(batch(10..14)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Full { held: 2, max: 5, further: 4 }), "{error}");
    assert!(error.to_string().contains("raise events_max"), "{error}");
    ledger.append(batch(10..13)).await.expect("three are the last that fit");
    assert_eq!(ledger.head(), Position::new(5));

    let validate = AppendRequest { validate_only: true, ..batch(20..21) };
    for one_more in [batch(20..21), validate] {
        let refused = ledger.append(one_more).await;
        assert!(matches!(refused, Err(LedgerError::Full { held: 5, max: 5, further: 1 })), "{refused:?}");
    }
    let again = ledger.append(batch(10..13)).await.expect("what is recorded is answered again");
    assert!(again.replayed);
    ledgers.limit_events(6);
    ledger.append(batch(20..21)).await.expect("there is room again");
    close(&ledgers).await;
}

#[tokio::test]
async fn appends_of_one_group_do_not_go_beyond_the_limit_together() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    ledgers.limit_events(7);
    let appends = (0..20_u32).map(|number| {
        let (ledger, request) = (ledger.clone(), batch(100 + number * 2..102 + number * 2));
        tokio::spawn(async move { ledger.append(request).await })
    });
    let mut recorded = 0;
    for append in appends.collect::<Vec<_>>() {
        match append.await.unwrap() {
            Ok(outcome) => recorded += outcome.events.len(),
            Err(LedgerError::Full { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((recorded, ledger.head()), (4, Position::new(6)), "two batches of two fit");
    close(&ledgers).await;
}
