//! Over gRPC: the same examples once more, through a running server. Each is recorded in a REPLAY ledger of its own,
//! record by record as they became known, and asked with the same questions and the same expectations.

use std::collections::BTreeMap;
use std::path::Path;

use entente::domain::{Payload, Position, Slug, Status, Submission, Terms};
use entente::proto::v1;
use entente::views::Counterpart as _;
use entente::wire::{instant_to_proto, submission_to_proto};
use serde_json::Value;

use super::compare::{self, Mismatch};
use super::counterpart::RealCounterpart;
use super::example::{self, Example, Names, slug};
use super::{OWN_EXAMPLES, WORKED_EXAMPLES, at};
use crate::oracle::random_case;
use crate::server::TestServer;

#[tokio::test]
async fn every_worked_example_is_answered_by_a_server_as_the_specification_says() {
    check_files(&[WORKED_EXAMPLES]).await;
}

#[tokio::test]
async fn every_example_of_our_own_is_answered_by_a_server_as_it_says() {
    check_files(&OWN_EXAMPLES).await;
}

#[tokio::test]
async fn every_further_example_is_answered_by_a_server_as_its_file_says() {
    let files = std::env::var("ENTENTE_EXAMPLES").unwrap_or_default();
    let files: Vec<&str> = files.split(':').filter(|file| !file.is_empty()).collect();
    check_files(&files).await;
}

/// What the examples leave out: random histories, in which counterparts come into any status, and random questions.
#[tokio::test]
async fn a_random_history_is_answered_by_a_server_as_by_the_pure_function() {
    let server = TestServer::in_memory().await;
    for seed in 0..60 {
        let case = random_case(seed);
        let read = example::docket_of(&case).unwrap_or_else(|error| panic!("seed {seed}: {error} in {case}"));
        let recorded = Recorded::of(&server, format!("random-{seed}"), &case).await;
        let recorded = recorded.unwrap_or_else(|error| panic!("seed {seed}: {error} in {case}"));
        for check in case["checks"].as_array().into_iter().flatten() {
            let pure = compare::ask(&read, check).unwrap();
            let answer = recorded.ask(&server, check).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let found = (as_said(&answer, &recorded.names), as_said(&pure, &read.names));
            assert_eq!(found.0, found.1, "seed {seed}: {check} of {case}");
        }
    }
}

/// An answer without what tells ledgers apart: the events it rests on are the records they came from.
fn as_said(answer: &v1::Assessment, names: &Names) -> (v1::Assessment, Vec<String>) {
    let because = answer.because.iter().filter_map(|position| names.of(Position::new(*position)));
    let because = because.map(str::to_owned).collect();
    let said = v1::Assessment {
        commitment: String::new(),
        known_position: 0,
        known_at: None,
        because: Vec::new(),
        ..answer.clone()
    };
    (said, because)
}

/// Checks file by file, says how many checks of each passed, and fails with the list of those that did not.
async fn check_files(files: &[&str]) {
    let server = TestServer::in_memory().await;
    let mut failures = Vec::new();
    for (number, file) in files.iter().enumerate() {
        failures.extend(check_file(&server, Path::new(file), number).await.err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

async fn check_file(server: &TestServer, path: &Path, number: usize) -> Result<(), String> {
    let file = super::read(path);
    let (mut passed, mut asked, mut mismatches) = (0, 0, Vec::new());
    for (place, example) in file["examples"].as_array().into_iter().flatten().enumerate() {
        let checks = example["checks"].as_array().cloned().unwrap_or_default();
        asked += checks.len();
        match Recorded::of(server, format!("example-{number}-{place}"), example).await {
            Ok(recorded) => {
                for check in &checks {
                    let found = recorded.check(server, example, check).await;
                    passed += usize::from(found.is_empty());
                    mismatches.extend(found);
                }
            }
            Err(error) => mismatches.push(Mismatch::unreadable(example, error)),
        }
    }
    let summary = format!("{}: {passed} of {asked} checks passed over gRPC", path.display());
    println!("{summary}");
    let list: String = mismatches.iter().map(|mismatch| format!("\n{mismatch}")).collect();
    if mismatches.is_empty() && passed == asked { Ok(()) } else { Err(format!("{summary}{list}")) }
}

/// An example in a ledger of a server.
struct Recorded {
    ledger: Slug,
    commitment: Slug,
    /// Which record the events came from, as the server placed them.
    names: Names,
}

impl Recorded {
    /// Creates a ledger and records an example in it.
    async fn of(server: &TestServer, ledger: String, example: &Value) -> Result<Self, String> {
        let read = example::docket_of(example)?;
        let (names, commitment) = (read.names.elsewhere(), read.commitment.clone());
        let mut recorded = Recorded { ledger: slug(&ledger), commitment, names };
        let first = read.events.first().ok_or("an example without events")?;
        let request = v1::CreateLedgerRequest {
            ledger_id: ledger,
            ledger: Some(v1::Ledger {
                kind: v1::LedgerKind::Replay.into(),
                title: "a worked example".to_owned(),
                ..v1::Ledger::default()
            }),
            recorded_at: Some(instant_to_proto(first.recorded_at)),
        };
        server.client.ledgers().create_ledger(request).await.map_err(|status| status.to_string())?;
        let mut counterparts: BTreeMap<Slug, RealCounterpart> = BTreeMap::new();
        for (record, position, batch) in batches(&read, &mut counterparts)? {
            recorded.append(server, record.as_deref(), position, &batch).await?;
        }
        Ok(recorded)
    }

    /// Appends the events of one record as one batch.
    async fn append(
        &mut self,
        server: &TestServer,
        record: Option<&str>,
        position: Position,
        batch: &[Submission],
    ) -> Result<(), String> {
        let messages = batch.iter().map(|submission| submission_to_proto(submission, &self.ledger)).collect();
        let shown = || record.map_or_else(|| format!("event {position}"), str::to_owned);
        let refused = |status: tonic::Status| format!("{} is refused: {status}", shown());
        let answer = server.append(&format!("ledgers/{}", self.ledger), messages).await.map_err(refused)?;
        for (event, submission) in answer.events.iter().zip(batch) {
            let expected = submission.recorded_at.map(instant_to_proto);
            if event.recorded_at != expected {
                return Err(format!("{}: recorded at {:?}, not {expected:?}", shown(), event.recorded_at));
            }
            if let Some(record) = record {
                self.names.note(Position::new(event.position), record);
            }
        }
        Ok(())
    }

    /// Asks the question of one check and compares every key that it expects.
    async fn check(&self, server: &TestServer, example: &Value, check: &Value) -> Vec<Mismatch> {
        match self.ask(server, check).await {
            Ok(answer) => compare::compare_all(example, check, &answer, &self.names),
            Err(error) => vec![Mismatch::unanswered(example, check, error)],
        }
    }

    async fn ask(&self, server: &TestServer, check: &Value) -> Result<v1::Assessment, String> {
        let mut clocks = v1::Clocks { as_of: Some(instant_to_proto(at(check, "as_of"))), ..v1::Clocks::default() };
        match &check["known_at"] {
            Value::Number(seq) => {
                let known = self.names.known_through(seq).ok_or_else(|| format!("no record has seq {seq}"))?;
                clocks.known_position = Some(known.get());
            }
            _ => clocks.known_at = Some(instant_to_proto(at(check, "known_at"))),
        }
        let request = v1::AssessCommitmentRequest {
            name: format!("ledgers/{}/commitments/{}", self.ledger, self.commitment),
            clocks: Some(clocks),
            read_mask: None,
        };
        let answer =
            server.client.compliance().assess_commitment(request).await.map_err(|status| status.to_string())?;
        answer.into_inner().assessment.ok_or_else(|| "an answer without an assessment".to_owned())
    }
}

/// One record as it is appended: its id, the position of its first event in the example's own docket, its events.
pub(crate) type Batch = (Option<String>, Position, Vec<Submission>);

/// The records of an example, one batch each, without the event that creates the ledger. Where the status of the
/// counterpart is said by hand, the events of a real counterpart stand in its place.
pub(crate) fn batches(
    read: &Example,
    counterparts: &mut BTreeMap<Slug, RealCounterpart>,
) -> Result<Vec<Batch>, String> {
    let mut batches: Vec<Batch> = Vec::new();
    for event in read.events.iter().skip(1) {
        let record = read.names.of(event.position).map(str::to_owned);
        let events = match read.counterpart.said_at(event.position) {
            None => vec![event.submission.clone()],
            Some(commitment) => {
                let history = read.counterpart.history(commitment, event.position);
                let real = counterparts.entry(commitment.clone());
                let real = real.or_insert_with(|| RealCounterpart::new(commitment.clone()));
                real.tell(&history, &triggers(read), event.recorded_at)?
            }
        };
        match batches.last_mut() {
            _ if events.is_empty() => {}
            Some((last, _, batch)) if record.is_some() && *last == record => batch.extend(events),
            _ => batches.push((record, event.position, events)),
        }
    }
    Ok(batches)
}

/// The statuses of the counterpart that matter.
fn triggers(read: &Example) -> Vec<Status> {
    let undertaken = read.events.iter().find_map(|event| match &event.submission.payload {
        Payload::CommitmentUndertaken(undertaken) => Some(&undertaken.terms),
        _ => None,
    });
    let maintenance = match undertaken {
        Some(Terms::MeasureSuspension(terms)) => Some(terms),
        Some(Terms::RateCeiling(terms)) => Some(&terms.maintenance),
        _ => None,
    };
    let dependence = maintenance.and_then(|terms| terms.depends_on.as_ref());
    dependence.map(|dependence| dependence.triggers.clone()).unwrap_or_default()
}
