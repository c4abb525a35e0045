//! Backups: taken while a server works, checked as they are written, restored into an empty directory.

mod file;
mod restored;
mod stream;

use std::io::Cursor;

use entente::exchange::backup::{BackupError, Reader, Summary, Writer};
use entente::proof::{Checkpoint, Edge, Hash, SecretKey, SignedNote, VerifierKey};
use entente::proto::v1;
use v1::backup_part::Part;

use crate::grpc::sample::{deal, statement};
use crate::server::TestServer;

/// The parts of a backup, to the end of the stream.
async fn parts(server: &TestServer, ledger: &str, up_to: u64) -> Result<Vec<v1::BackupPart>, tonic::Status> {
    let request = v1::BackupRequest { ledger: ledger.to_owned(), up_to };
    let mut stream = server.client.admin().backup(request).await?.into_inner();
    let mut parts = Vec::new();
    while let Some(message) = stream.message().await? {
        parts.push(message.part.unwrap());
    }
    Ok(parts)
}

/// The file of some parts.
pub(crate) fn written(parts: &[v1::BackupPart]) -> Result<(Vec<u8>, Summary), BackupError> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, Box::new(|_| Vec::new()))?;
    parts.iter().try_for_each(|part| writer.write(part.clone()))?;
    let summary = writer.finish()?;
    Ok((bytes, summary))
}

/// What a file holds, checked with the keys it names.
fn read(bytes: &[u8]) -> Result<Summary, BackupError> {
    Reader::new(Cursor::new(bytes), Box::new(|_| Vec::new()))?.finish(&mut |_| {})
}

/// The stored events in some parts.
fn entries(parts: &[v1::BackupPart]) -> Vec<Vec<u8>> {
    let of_part = |part: &v1::BackupPart| match &part.part {
        Some(Part::Entries(events)) => events.entries.clone(),
        _ => Vec::new(),
    };
    parts.iter().flat_map(of_part).collect()
}

/// A server with the small deal and some statements, each an append of its own.
async fn with_statements(server: &TestServer, name: &str, count: u32) -> String {
    let ledger = server.create(name, v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    for number in 0..count {
        server.append(&ledger, vec![statement(&ledger, 1000 + number)]).await.unwrap();
    }
    ledger
}

/// A backup of one ledger with some entries that nobody recorded, signed for all the same, and the key.
pub(crate) fn made_up() -> (Vec<v1::BackupPart>, VerifierKey) {
    let origin = "entente/deal/1f";
    let key = SecretKey::new(origin, [7; 32]).unwrap();
    let entries: Vec<Vec<u8>> = (0..9_u8).map(|number| vec![number; 40 + usize::from(number)]).collect();
    let mut edge = Edge::new();
    entries.iter().for_each(|entry| edge.push(Hash::of_leaf(entry), &mut |_, _, _| {}));
    let checkpoint = Checkpoint { origin: origin.to_owned(), size: edge.size(), root: edge.root() };
    let events = entries.len() as u64;
    let ledger = v1::BackupLedger {
        name: "ledgers/deal".to_owned(),
        checkpoint: SignedNote::sign(&checkpoint.to_string(), &[&key]).to_string(),
        verifier_keys: vec![key.verifier().to_string()],
        through: events,
        consistency: Vec::new(),
        cells: vec![v1::BackupCell { key: b"cursor/deal/desk".to_vec(), value: vec![1; 60] }],
    };
    let (first, second) = entries.split_at(5);
    let start = v1::BackupStart {
        made_at: Some(crate::server::stamp(crate::server::NOON)),
        ledgers: 1,
        events,
        ..v1::BackupStart::default()
    };
    let parts = [
        Part::Start(start),
        Part::Ledger(ledger),
        Part::Entries(v1::BackupEntries { after: 0, entries: first.to_vec() }),
        Part::Entries(v1::BackupEntries { after: 5, entries: second.to_vec() }),
        Part::End(v1::BackupEnd { ledgers: 1, events, sha256: Vec::new() }),
    ];
    (parts.into_iter().map(|part| v1::BackupPart { part: Some(part) }).collect(), key.verifier())
}
