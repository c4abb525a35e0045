//! A server with its default limits and a ledger to ask about.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use entente::proto::v1;
use entente::serve::{self, Config, Limits, Webhooks};
use tonic::transport::Endpoint;
use v1::ledger_service_client::LedgerServiceClient;

use super::Fault;

pub(crate) const LEDGER: &str = "ledgers/bench";
/// Where the client that only wants to be answered comes from; the attacker comes from 127.0.0.1.
pub(crate) const VICTIM: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Enough for a read to fill every buffer on its way.
const EVENTS: usize = 20_000;

/// A server that stops with its runtime.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    _directory: tempfile::TempDir,
}

pub(crate) async fn entente() -> Result<Running, Fault> {
    let beside_the_build = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let directory = tempfile::Builder::new().prefix("entente-bench-").tempdir_in(beside_the_build)?;
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: directory.path().join("data"),
        cache_bytes: 64 << 20,
        limits: Limits::default(),
        shutdown_grace: Duration::from_secs(1),
        security: serve::Security::default(),
        key_file: None,
        webhooks: Webhooks::default(),
    };
    let listener = serve::bind(&config).await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve::run(config, listener, std::future::pending()));
    let mut ledgers = LedgerServiceClient::new(Endpoint::from_shared(format!("http://{address}"))?.connect().await?);
    let ledger = v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "bench".to_owned(), ..Default::default() };
    let request = v1::CreateLedgerRequest { ledger_id: "bench".to_owned(), ledger: Some(ledger), recorded_at: None };
    ledgers.create_ledger(request).await?;
    let mut submissions = vec![signed()];
    for _ in 0..EVENTS / 1000 {
        submissions.extend((submissions.len()..1000).map(|_| statement()));
        let submissions = std::mem::take(&mut submissions);
        ledgers
            .append_events(v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions, ..Default::default() })
            .await?;
    }
    Ok(Running { address, _directory: directory })
}

/// Waits until the server answers at once again.
pub(crate) async fn settle(server: SocketAddr) -> Result<(), Fault> {
    for _ in 0..100 {
        let endpoint = Endpoint::from_shared(format!("http://{server}"))?;
        let mut ledgers = LedgerServiceClient::new(endpoint.local_address(Some(VICTIM)).connect().await?);
        let asked = ledgers.list_ledgers(v1::ListLedgersRequest::default());
        if tokio::time::timeout(Duration::from_millis(20), asked).await.is_ok_and(|answer| answer.is_ok()) {
            return Ok(());
        }
    }
    Err("the server does not come to rest after an attack".into())
}

fn signed() -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    v1::Submission {
        subject: format!("{LEDGER}/instruments/deal"),
        payload: Some(v1::submission::Payload::InstrumentSigned(signed)),
        ..Default::default()
    }
}

/// A statement with an id of its own.
pub(crate) fn statement() -> v1::Submission {
    let made = v1::StatementMade {
        by: "a spokesman".to_owned(),
        made_at: dated(),
        summary: "Both sides said that the talks were candid and constructive. ".repeat(6),
    };
    v1::Submission {
        event_id: uuid::Uuid::now_v7().to_string(),
        subject: format!("{LEDGER}/instruments/deal"),
        sources: vec![v1::Source { publisher: "a gazette of record".to_owned(), ..Default::default() }],
        payload: Some(v1::submission::Payload::StatementMade(made)),
        ..Default::default()
    }
}

fn dated() -> Option<v1::Dated> {
    let at = Some(prost_types::Timestamp { seconds: 1_761_782_400, nanos: 0 });
    Some(v1::Dated { at, precision: v1::Precision::Second.into() })
}
