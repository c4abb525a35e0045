//! Whether anybody can alter a record unseen: entries rewritten, logs cut short or set back, bytes flipped anywhere, keys
//! exchanged and rotated.

mod altered;
mod flips;
mod rotation;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use entente::domain::{Position, Slug};
use entente::ledger::{self, Inspection, Keyring};
use entente::proof::{Verdict, VerifierKey};
use entente::proto::v1;
use entente::store::{Catalog, Log, ReadLimits, SledCatalog, SledConfig};

use crate::grpc::sample::{deal, statement};
use crate::server::TestServer;

const LEDGER: &str = "ledgers/deal";

/// A data directory with a ledger of so many events, one a commit but for the first few; gives the key.
async fn recorded(directory: &Path, events: u64) -> VerifierKey {
    let server = TestServer::on_disk(directory).await;
    server.create("deal", v1::LedgerKind::Live).await;
    append_up_to(&server, events).await;
    let key = key_of(&server).await;
    server.stop().await.unwrap();
    key
}

async fn append_up_to(server: &TestServer, events: u64) {
    let mut head = server.append(LEDGER, deal(LEDGER)).await.unwrap().head;
    while head < events {
        head = server.append(LEDGER, vec![statement(LEDGER, 100 + head as u32)]).await.unwrap().head;
    }
}

async fn key_of(server: &TestServer) -> VerifierKey {
    let request = v1::ListKeysRequest { ledger: LEDGER.to_owned() };
    let keys = server.client.proofs().list_keys(request).await.unwrap().into_inner().keys;
    keys.last().unwrap().verifier_key.parse().unwrap()
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn opened(directory: &Path) -> (SledCatalog, Arc<dyn Log>) {
    let catalog = SledCatalog::open_existing(SledConfig::new(directory)).unwrap();
    let log = catalog.open("deal").unwrap();
    (catalog, log)
}

/// Every entry of a log.
fn entries(log: &dyn Log) -> Vec<bytes::Bytes> {
    let all = ReadLimits { entries: usize::MAX, bytes: usize::MAX };
    log.read(Position::ORIGIN, all).unwrap().entries.into_iter().map(|(_, entry)| entry).collect()
}

fn inspected(log: &dyn Log, key: &VerifierKey) -> Inspection {
    ledger::inspect(log, key, &mut |_| {}).unwrap()
}

/// The key of the directory itself, and what an inspection with it finds.
fn own_key(catalog: &SledCatalog, log: &dyn Log) -> VerifierKey {
    let keyring = Keyring::parse(&catalog.secret().unwrap().unwrap()).unwrap();
    let origin = ledger::origin_at_rest(log, &Slug::parse("deal").unwrap()).unwrap();
    keyring.verifiers(&origin).unwrap().remove(0)
}

fn is_intact(found: &Inspection) -> bool {
    matches!(found.verdict, Some(Verdict::Intact { .. })) && found.damage.is_empty()
}
