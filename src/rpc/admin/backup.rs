//! The stream of a backup: every ledger as it is when the backup begins, read off the asynchronous threads as fast as the
//! client takes it.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::super::ledger_service::off_thread;
use super::super::name;
use super::super::status::Fault;
use crate::domain::Position;
use crate::ledger::{Ledger, LedgerError, Ledgers, Snapshot};
use crate::proto::v1;
use crate::wire;
use v1::backup_part::Part;

/// How many parts may wait for a slow client; each has about 1 MiB.
const PARTS_WAITING_MAX: usize = 2;

/// The parts of a backup.
pub(in super::super) type BackupStream = ReceiverStream<Result<v1::BackupResponse, Status>>;

type Parts = mpsc::Sender<Result<v1::BackupResponse, Status>>;

/// Begins a backup. It ends by itself, when the client goes away, or when the server stops.
pub(in super::super) async fn start(
    ledgers: &Ledgers,
    request: v1::BackupRequest,
    stopping: CancellationToken,
) -> Result<BackupStream, Fault> {
    let made_at = ledgers.clock().now();
    let wanted = match request.ledger.as_str() {
        "" if request.up_to > 0 => {
            return Err(Fault::field("up_to", "is for one ledger; name it in ledger, or leave up_to out"));
        }
        "" => ledgers.all(),
        named => vec![name::ledger(ledgers, named, "ledger")?],
    };
    let up_to = (request.up_to > 0).then(|| Position::new(request.up_to));
    if let (Some(up_to), [ledger]) = (up_to, wanted.as_slice()) {
        check_end(ledger, up_to).await?;
    }
    let snapshots = off_thread(move || {
        let each = wanted.iter().map(|ledger| ledger.snapshot(up_to));
        each.collect::<Result<Vec<Snapshot>, LedgerError>>()
    })
    .await?;
    let start = v1::BackupStart {
        made_at: Some(wire::instant_to_proto(made_at)),
        server_version: env!("CARGO_PKG_VERSION").to_owned(),
        ledgers: u32::try_from(snapshots.len()).unwrap_or(u32::MAX),
        events: snapshots.iter().map(|it| it.through.get()).sum(),
    };
    tracing::info!(target: "entente::audit", ledgers = start.ledgers, events = start.events, "a backup begins");
    let (parts, stream) = mpsc::channel(PARTS_WAITING_MAX);
    tokio::spawn(async move {
        let is_whole = tokio::select! {
            () = send(start, snapshots, &parts) => true,
            () = stopping.cancelled() => false,
        };
        if !is_whole {
            drop(parts.send(Err(Fault::Stopping.into())).await);
        }
    });
    Ok(ReceiverStream::new(stream))
}

/// Appends are backed up whole.
async fn check_end(ledger: &Ledger, up_to: Position) -> Result<(), Fault> {
    let head = ledger.head();
    if up_to > head {
        return Err(Fault::AfterHead { field: "up_to", position: up_to, head });
    }
    let asked = ledger.clone();
    match off_thread(move || asked.append_end(up_to)).await? {
        Some(end) if end > up_to => {
            let why = format!("{up_to} is within an append, which is backed up whole; it ends at {end}");
            Err(Fault::field("up_to", why))
        }
        _ => Ok(()),
    }
}

async fn send(start: v1::BackupStart, snapshots: Vec<Snapshot>, parts: &Parts) {
    let end = v1::BackupEnd { ledgers: start.ledgers, events: start.events, sha256: Vec::new() };
    if !give(parts, Part::Start(start)).await {
        return;
    }
    for snapshot in snapshots {
        match send_ledger(snapshot, parts).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(fault) => return drop(parts.send(Err(fault.into())).await),
        }
    }
    give(parts, Part::End(end)).await;
}

/// Gives a ledger; whether the client still takes it.
async fn send_ledger(snapshot: Snapshot, parts: &Parts) -> Result<bool, Fault> {
    if !give(parts, Part::Ledger(described(&snapshot))).await {
        return Ok(false);
    }
    let mut after = Position::ORIGIN;
    loop {
        let step = snapshot.clone();
        let entries = off_thread(move || step.entries(after)).await?;
        if entries.is_empty() {
            return Ok(true);
        }
        let count = entries.len() as u64;
        let entries = entries.iter().map(|entry| entry.to_vec()).collect();
        if !give(parts, Part::Entries(v1::BackupEntries { after: after.get(), entries })).await {
            return Ok(false);
        }
        after = after.plus(count);
    }
}

fn described(snapshot: &Snapshot) -> v1::BackupLedger {
    let cell =
        |(key, value): &(bytes::Bytes, bytes::Bytes)| v1::BackupCell { key: key.to_vec(), value: value.to_vec() };
    v1::BackupLedger {
        name: format!("ledgers/{}", snapshot.ledger.name()),
        checkpoint: snapshot.checkpoint.note.clone(),
        verifier_keys: snapshot.keys.clone(),
        through: snapshot.through.get(),
        consistency: snapshot.consistency.iter().map(|hash| hash.0.to_vec()).collect(),
        cells: snapshot.cells.iter().map(cell).collect(),
    }
}

async fn give(parts: &Parts, part: Part) -> bool {
    let part = Some(v1::BackupPart { part: Some(part) });
    parts.send(Ok(v1::BackupResponse { part })).await.is_ok()
}
