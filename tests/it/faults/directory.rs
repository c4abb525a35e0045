//! Data directories that are not as they were: another server's, a newer release's, with blocks in each other's place, cut
//! short. Flipped bits are in `store/damage.rs` and `evidence/flips.rs`.

use entente::proto::v1;
use tonic::Code;

use super::{Load, Server, Tally};
use crate::grpc::reason;
use crate::grpc::sample::{deal, statement};
use crate::server::TestServer;
use crate::store::raw;

/// Promised: the second one says so and leaves everything as it is; the first one notices nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_one_directory_is_refused_and_the_first_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("a second server on one directory");
    let server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    for _ in 0..3 {
        let said = Server::try_start(&[], directory.path()).err().expect("a second server was started");
        assert!(said.contains("is in use by another process; stop it or choose another data directory"), "{said}");
        load.settled(&server.client().await, 5).await;
        load.check(&server, &mut tally).await;
        tally.round(server.opened_in);
    }
    assert_eq!(server.stop().0, Some(0));
    let server = Server::start(directory.path());
    load.check(&server, &mut tally).await;
    tally.say();
}

/// Promised: what a newer release wrote is refused with a sentence and not touched.
#[test]
fn a_directory_of_a_newer_format_is_refused_by_the_server() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(Server::start(directory.path()).stop().0, Some(0));
    let format = directory.path().join("format");
    let newer = std::fs::read_to_string(&format).unwrap().replace("format 1", "format 9");
    std::fs::write(&format, &newer).unwrap();
    let said = Server::try_start(&[], directory.path()).err().expect("a newer format was opened");
    assert!(
        said.contains("has format 9, but this release reads formats up to 1; use the release that wrote it"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&format).unwrap(), newer);
}

/// A closed data directory with a ledger of 20 events, each statement in a block of its own.
async fn stored() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    for number in 0..14 {
        server.append(&ledger, vec![statement(&ledger, 100 + number)]).await.unwrap();
    }
    server.stop().await.unwrap();
    directory
}

/// The ledger takes nothing more and says which position it is about; what is before it is read.
async fn assert_read_only_from(server: &TestServer, position: u64) {
    let status = server.append("ledgers/deal", vec![statement("ledgers/deal", 500)]).await.unwrap_err();
    assert_eq!(status.code(), Code::DataLoss, "{status:?}");
    let (word, _) = reason(&status);
    assert!(["LEDGER_DAMAGED", "LEDGER_MISMATCH"].contains(&word.as_str()), "{status:?}");
    assert!(status.message().contains(&position.to_string()), "{}", status.message());
    assert!(status.message().contains("entente restore"), "it says what to do: {}", status.message());
    for before in 1..position {
        let request = v1::GetEventRequest { name: format!("ledgers/deal/events/{before}") };
        let event = server.client.ledgers().get_event(request).await.unwrap().into_inner().event.unwrap();
        assert_eq!(event.position, before);
    }
}

/// Promised: a block in another's place is known for one, named, and neither is given as what it is not.
#[tokio::test]
async fn two_blocks_in_each_other_s_place_are_named() {
    let directory = stored().await;
    let database = raw::reopened(directory.path());
    let tree = database.open_tree("log").unwrap();
    let (one, other) = (raw::block_key(9), raw::block_key(12));
    let (at_one, at_other) = (tree.get(one).unwrap().unwrap(), tree.get(other).unwrap().unwrap());
    tree.insert(one, at_other).unwrap();
    tree.insert(other, at_one).unwrap();
    tree.flush().unwrap();
    drop((tree, database));
    let server = TestServer::on_disk(directory.path()).await;
    assert_read_only_from(&server, 9).await;
    for swapped in [9, 12] {
        let request = v1::GetEventRequest { name: format!("ledgers/deal/events/{swapped}") };
        let status = server.client.ledgers().get_event(request).await.unwrap_err();
        assert_eq!(status.code(), Code::DataLoss, "{status:?}");
    }
    server.stop().await.unwrap();
}

/// Promised: a file of the engine that was cut off is never taken for a shorter ledger.
#[tokio::test]
async fn a_file_that_was_cut_off_is_no_shorter_ledger() {
    for kept in [0, 1, 2, 3] {
        let directory = stored().await;
        let file = directory.path().join("sled/db");
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(length * kept / 4).unwrap();
        let opened = entente::store::SledCatalog::open(entente::store::SledConfig::new(directory.path()));
        let Ok(catalog) = opened else { continue };
        let server = TestServer::over(std::sync::Arc::new(catalog)).await;
        let request = v1::AppendEventsRequest {
            ledger: "ledgers/deal".to_owned(),
            submissions: vec![statement("ledgers/deal", 500)],
            ..v1::AppendEventsRequest::default()
        };
        match server.client.ledgers().append_events(request).await {
            // All that was stored was in the part that is left.
            Ok(answer) => assert_eq!(answer.into_inner().events[0].position, 21, "{kept} quarters"),
            Err(status) => {
                assert!([Code::DataLoss, Code::NotFound].contains(&status.code()), "{kept} quarters: {status:?}")
            }
        }
        server.stop().await.unwrap();
    }
}
