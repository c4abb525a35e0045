//! Whoever only wants to be answered: a question every few milliseconds, timed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use entente::proto::v1;
use hdrhistogram::Histogram;
use tonic::transport::Endpoint;
use v1::ledger_service_client::LedgerServiceClient;

use super::Fault;
use super::setup::{LEDGER, VICTIM};

/// How often something is asked. It is asked at its time, whether the last answer has come or not.
const EVERY: Duration = Duration::from_millis(5);
/// Longer than this is no answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the answers took, in microseconds, and how many did not come.
#[derive(Debug)]
pub(crate) struct Latencies {
    pub(crate) micros: Histogram<u64>,
    pub(crate) failed: u64,
}

/// Asks for as long as `slice`.
pub(crate) async fn ask(server: SocketAddr, slice: Duration) -> Result<Latencies, Fault> {
    let endpoint = Endpoint::from_shared(format!("http://{server}"))?;
    let channel = endpoint.local_address(Some(VICTIM)).tcp_nodelay(true).connect().await?;
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(EVERY);
    let mut answers = tokio::task::JoinSet::new();
    while begun.elapsed() < slice {
        ticks.tick().await;
        let mut ledgers = LedgerServiceClient::new(channel.clone());
        let due = Instant::now();
        answers.spawn(async move {
            let asked = ledgers.get_head(v1::GetHeadRequest { ledger: LEDGER.to_owned() });
            let answered = tokio::time::timeout(PATIENCE, asked).await;
            answered.is_ok_and(|answer| answer.is_ok()).then(|| due.elapsed())
        });
    }
    let mut latencies = Latencies { micros: Histogram::new(3)?, failed: 0 };
    while let Some(answer) = answers.join_next().await {
        match answer? {
            Some(time) => latencies.micros.record(u64::try_from(time.as_micros())?)?,
            None => latencies.failed += 1,
        }
    }
    Ok(latencies)
}
