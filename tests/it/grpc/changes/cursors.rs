//! Cursors: a place in one stream of one ledger, and never silently in another.

use std::sync::Arc;

use entente::proto::v1;
use entente::store::MemoryCatalog;
use tonic::Code;
use v1::subscribe_events_request::After;

use super::{Follower, append_statements, cursor, from, full, reason, refusal};
use crate::grpc::sample::deal;
use crate::server::TestServer;

/// Where a subscriber stands that has heard everything.
async fn at_head(server: &TestServer, ledger: &str) -> String {
    let (mut follower, _) = Follower::start(server, from(ledger, None)).await;
    follower.caught_up().await;
    follower.cursor
}

/// The refusal of a place says what happened and gives two ways on that work.
async fn expect_out_of_range(server: &TestServer, ledger: &str, after: Option<After>, word: &str) {
    let status = refusal(server, from(ledger, after)).await;
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    let (said, metadata) = reason(&status);
    assert_eq!(said, word);
    assert!(status.message().contains("earliest_cursor"), "{status:?}");
    let (mut anew, started) = Follower::start(server, from(ledger, cursor(&metadata["earliest_cursor"]))).await;
    assert_eq!(started.position, 0);
    let (positions, _) = anew.caught_up().await;
    let (_, started) = Follower::start(server, from(ledger, cursor(&metadata["head_cursor"]))).await;
    assert_eq!(started.position, *positions.last().unwrap());
    assert_eq!(metadata["head"], started.position.to_string());
}

#[tokio::test]
async fn a_cursor_of_another_ledger_is_out_of_range() {
    let (server, ledger, _) = full(5).await;
    let other = server.create("other", v1::LedgerKind::Live).await;
    server.append(&other, deal(&other)).await.unwrap();
    let foreign = at_head(&server, &other).await;
    expect_out_of_range(&server, &ledger, cursor(&foreign), "CURSOR_OF_OTHER_LEDGER").await;
    // A new ledger of the same name in another data directory is another ledger.
    let (anew, same_name, _) = full(9).await;
    let old = at_head(&server, &ledger).await;
    expect_out_of_range(&anew, &same_name, cursor(&old), "CURSOR_OF_OTHER_LEDGER").await;
}

#[tokio::test]
async fn a_position_beyond_the_head_is_out_of_range() {
    let (server, ledger, head) = full(5).await;
    expect_out_of_range(&server, &ledger, Some(After::Position(head + 1)), "CURSOR_BEYOND_HEAD").await;
    let (_, started) = Follower::start(&server, from(&ledger, Some(After::Position(head)))).await;
    assert_eq!(started.position, head);
}

/// A copy of a memory store, as a restored backup is a copy of a data directory.
fn copy(catalog: &MemoryCatalog) -> Arc<MemoryCatalog> {
    use entente::store::{Catalog as _, ReadLimits};
    let copied = MemoryCatalog::new();
    for name in catalog.list().unwrap() {
        let limits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };
        let page = catalog.open(&name).unwrap().read(entente::domain::Position::ORIGIN, limits).unwrap();
        let entries: Vec<_> = page.entries.into_iter().map(|(_, bytes)| bytes).collect();
        copied.create(&name).unwrap().append(entente::domain::Position::ORIGIN, &entries).unwrap();
    }
    Arc::new(copied)
}

#[tokio::test]
async fn a_cursor_of_a_ledger_that_was_restored_is_never_taken_for_a_place_in_it() {
    let catalog = Arc::new(MemoryCatalog::new());
    let server = TestServer::over(catalog.clone()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let backup = copy(&catalog);
    let common = at_head(&server, &ledger).await;
    append_statements(&server, &ledger, 0..3).await;
    let lost = at_head(&server, &ledger).await;

    let restored = TestServer::over(backup).await;
    let (_, started) = Follower::start(&restored, from(&ledger, cursor(&common))).await;
    assert_eq!(started.position, 6, "what both have in common can be gone on from");
    expect_out_of_range(&restored, &ledger, cursor(&lost), "CURSOR_BEYOND_HEAD").await;
    // The restored ledger goes on differently, past the position that the cursor names.
    append_statements(&restored, &ledger, 100..105).await;
    expect_out_of_range(&restored, &ledger, cursor(&lost), "CURSOR_OF_OTHER_HISTORY").await;
}

#[tokio::test]
async fn a_cursor_goes_on_with_the_filter_it_was_made_with_and_no_other() {
    let (server, ledger, head) = full(5).await;
    let filter = |parties: &[&str]| {
        let parties = parties.iter().map(|party| (*party).to_owned()).collect();
        Some(v1::EventFilter { parties, ..v1::EventFilter::default() })
    };
    let with = |filter, after| v1::SubscribeEventsRequest { filter, ..from(&ledger, after) };
    let (mut follower, _) = Follower::start(&server, with(filter(&["US", "CN"]), None)).await;
    follower.caught_up().await;
    let place = cursor(&follower.cursor);
    let (_, started) = Follower::start(&server, with(filter(&["CN", "US", "CN"]), place.clone())).await;
    assert_eq!(started.position, head, "the same question in other words");
    for other in [None, filter(&["US"])] {
        let status = refusal(&server, with(other, place.clone())).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert_eq!(reason(&status).0, "CURSOR_OF_OTHER_FILTER");
        assert!(status.message().contains("begin anew at a position"), "{status:?}");
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_told_so_whatever_was_done_to_it() {
    let (server, ledger, _) = full(5).await;
    let good = at_head(&server, &ledger).await;
    let flipped = |at: usize| {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    };
    let mut bad: Vec<String> = (0..good.len() - 1).map(flipped).collect();
    bad.extend([String::new(), "x".to_owned(), good[..good.len() - 4].to_owned(), format!("{good}AAAA")]);
    for text in bad {
        let status = refusal(&server, from(&ledger, cursor(&text))).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{text}: {status:?}");
        assert!(status.message().starts_with("cursor.cursor: "), "{text}: {status:?}");
    }
}

#[tokio::test]
async fn a_subscription_to_a_ledger_that_is_not_there_is_not_found() {
    let (server, _, _) = full(0).await;
    assert_eq!(refusal(&server, from("ledgers/none", None)).await.code(), Code::NotFound);
    assert_eq!(refusal(&server, from("deal", None)).await.code(), Code::InvalidArgument);
    let head = Some(After::Head(false));
    assert_eq!(refusal(&server, from("ledgers/deal", head)).await.code(), Code::InvalidArgument);
}
