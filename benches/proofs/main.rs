//! What proofs cost: appends with the tree and its signed checkpoints, against appends without, in one run.
//!
//! `cargo bench --bench proofs` prints a table; `-- --seconds 2 --rounds 7` sets how long and how often. Every round
//! measures both, in turn and in the other order the next time; the ratio is taken round by round, because the machine's
//! speed drifts. The ledger is called directly, without gRPC, which would only hide a part of the cost. Both write to the
//! same kind of store with every sync.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{EventId, Position, Preconditions, Slug, Submission, Text};
use entente::ledger::{AppendRequest, Keyring, Ledger, Ledgers, NewLedger};
use entente::proto::v1;
use entente::store::{SledCatalog, SledConfig};
use tokio::task::JoinSet;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A line of the table: so many clients, so many events a request.
const LINES: [(usize, usize); 4] = [(1, 1), (16, 1), (1, 100), (16, 100)];

fn main() -> Result<(), Fault> {
    let asked = |name: &str, default: u64| {
        let mut words = std::env::args();
        words.find(|word| word == name).and_then(|_| words.next()).and_then(|it| it.parse().ok()).unwrap_or(default)
    };
    let slice = Duration::from_secs(asked("--seconds", 2));
    let rounds = asked("--rounds", 7);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!(
        "| work | without proofs, events/s | with proofs, events/s | with / without, median of {rounds} rounds | range |"
    );
    println!("|---|---|---|---|---|");
    for (clients, batch) in LINES {
        let (mut off, mut on, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let mut rates = [0.0; 2];
            for which in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
                rates[which] = runtime.block_on(rate(which == 1, clients, batch, slice))?;
            }
            off.push(rates[0]);
            on.push(rates[1]);
            ratios.push(rates[1] / rates[0]);
        }
        let (low, high) = ratios.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(*it), high.max(*it)));
        println!(
            "| {clients} clients, {batch} events a request | {:.0} | {:.0} | {:.3} | {low:.3} to {high:.3} |",
            median(&mut off),
            median(&mut on),
            median(&mut ratios)
        );
    }
    Ok(())
}

/// Events per second over one slice of time on a new store. The head must be what was acknowledged, and under a checkpoint
/// where proofs are on: a rate whose check fails is an error.
async fn rate(with_proofs: bool, clients: usize, batch: usize, slice: Duration) -> Result<f64, Fault> {
    let directory = tempfile::Builder::new().prefix("entente-proofs-").tempdir_in(bench_directory())?;
    let config = SledConfig::new(directory.path().join("data"));
    let (ledgers, ledger) = tokio::task::spawn_blocking(move || new_ledger(config, with_proofs)).await??;
    ledger.append(request(vec![signed()?])?).await?;
    let begun = Stopwatch::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let ledger = ledger.clone();
        running.spawn(async move {
            let mut events = 0_u64;
            while begun.elapsed() < slice {
                let made = (0..batch).map(|number| statement(client as u64, events + number as u64));
                let outcome = ledger.append(request(made.collect::<Result<_, _>>()?)?).await?;
                events += outcome.events.len() as u64;
            }
            Ok::<u64, Fault>(events)
        });
    }
    let mut events = 0;
    while let Some(ended) = running.join_next().await {
        events += ended??;
    }
    let rate = events as f64 / begun.elapsed().as_secs_f64();
    let head = ledger.head();
    if head != Position::new(events + 2) {
        return Err(format!("{events} events were acknowledged, but the head is {head}").into());
    }
    if with_proofs && ledger.checkpoint()?.checkpoint.size != head.get() {
        return Err("the last event is not under a checkpoint".into());
    }
    tokio::task::spawn_blocking(move || ledgers.close()).await?;
    Ok(rate)
}

fn new_ledger(config: SledConfig, with_proofs: bool) -> Result<(Ledgers, Ledger), Fault> {
    let keyring = if with_proofs { Keyring::generate()? } else { Keyring::empty() };
    let ledgers = Ledgers::open_with_keys(Arc::new(SledCatalog::open(config)?), Clock::system(), keyring)?;
    let ledger = ledgers.create(NewLedger {
        name: Slug::parse("bench")?,
        kind: LedgerKind::Live,
        title: Text::new("bench")?,
        recorded_at: None,
        created_by: Text::new("bench")?,
    })?;
    Ok((ledgers, ledger))
}

fn request(submissions: Vec<Submission>) -> Result<AppendRequest, Fault> {
    let bytes = submissions.len() * 256;
    let recorded_by = Text::new("bench")?;
    Ok(AppendRequest { submissions, preconditions: Preconditions::default(), validate_only: false, recorded_by, bytes })
}

fn signed() -> Result<Submission, Fault> {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    read(v1::submission::Payload::InstrumentSigned(signed))
}

/// A typed event of about 256 bytes, different from every other.
fn statement(client: u64, number: u64) -> Result<Submission, Fault> {
    let made = v1::StatementMade {
        by: "A spokesman of the ministry of commerce".to_owned(),
        made_at: dated(),
        summary: format!(
            "Statement {number} of spokesman {client}: {:032x}",
            u128::from(number) * 0x9e37_79b9_7f4a_7c15
        ),
    };
    read(v1::submission::Payload::StatementMade(made))
}

fn read(payload: v1::submission::Payload) -> Result<Submission, Fault> {
    let message = v1::Submission {
        subject: "ledgers/bench/instruments/deal".to_owned(),
        payload: Some(payload),
        ..v1::Submission::default()
    };
    let id = || EventId::from_bytes(uuid::Uuid::now_v7().into_bytes());
    Ok(entente::wire::submission_from_proto(&message, &Slug::parse("bench")?, id)?)
}

fn dated() -> Option<v1::Dated> {
    let at = prost_types::Timestamp { seconds: 1_762_000_000, nanos: 0 };
    Some(v1::Dated { at: Some(at), precision: v1::Precision::Second.into() })
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Where data directories go: beside the build, on a real disk and not in a memory file system.
fn bench_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
