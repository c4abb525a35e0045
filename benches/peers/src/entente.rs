//! entente: typed events, decided, proved, and folded into views, in a process of its own.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use entente::client::{Client, Credentials};
use entente::proto::v1;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tonic::Code;
use uuid::Uuid;
use v1::submission::Payload;

use crate::connection::{Answer, Connection, Stale};
use crate::event::{Contents, Event, SUMMARY};
use crate::process::{Process, free_port, until_ready};
use crate::store::CONNECTIONS;

const LEDGER: &str = "ledgers/bench";
/// How many instruments there are to record about: as many as clients with a precondition of their own.
const INSTRUMENTS: u32 = 256;
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts a server that asks for a credential. What is given to those who connect is where it is and a token.
pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/entente");
    let (data, token) = (directory.join("data"), directory.join("token"));
    if !token.exists() {
        let grants = ["--grant", "operator@*", "--grant", "recorder@*"];
        let made = Command::new(&binary).args(["token", "create", "bench"]).args(grants).arg("--data-dir").arg(&data).output()?;
        anyhow::ensure!(made.status.success(), "no token: {}", String::from_utf8_lossy(&made.stderr));
        std::fs::write(&token, made.stdout)?;
    }
    let token = std::fs::read_to_string(&token)?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(binary);
    command.args(["serve", "--listen", &address, "--log", "warn", "--require-credentials"]);
    command.args(["--principal-requests-per-second", "1000000"]).arg("--data-dir").arg(data);
    Ok((Process::start(&mut command, &directory.join("log"))?, format!("http://{address} {}", token.trim())))
}

async fn client(place: &str) -> anyhow::Result<Client> {
    let (address, token) = place.split_once(' ').unwrap_or((place, ""));
    let credentials = Credentials { token: Some(token.to_owned()), ..Credentials::default() };
    Ok(Client::connect_as(address, PATIENCE, credentials).await?)
}

pub(crate) async fn connect(place: &str, is_new: bool) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = until_ready(|| async {
            let client = client(place).await?;
            if !is_new {
                // Ready only once the ledger answers.
                client.ledgers().get_head(v1::GetHeadRequest { ledger: LEDGER.to_owned() }).await?;
            }
            Ok(client)
        })
        .await?;
        if is_new && connections.is_empty() {
            create(&client).await?;
        }
        connections.push(Box::new(EntenteConnection { client }));
    }
    Ok(connections)
}

async fn create(client: &Client) -> anyhow::Result<()> {
    let about = v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "bench".to_owned(), ..Default::default() };
    let request = v1::CreateLedgerRequest { ledger_id: "bench".to_owned(), ledger: Some(about), recorded_at: None };
    client.ledgers().create_ledger(request).await?;
    client.append_all(LEDGER, (0..INSTRUMENTS).map(signed).collect(), |_| ()).await?;
    Ok(())
}

pub(crate) struct EntenteConnection {
    client: Client,
}

impl Connection for EntenteConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            let answer = self.client.ledgers().append_events(request(events)).await?.into_inner();
            anyhow::ensure!(answer.events.len() == events.len(), "not all were recorded");
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64> {
        Box::pin(async move {
            // A subject that nothing was recorded about since it was made stands where it was made.
            let revision = if revision == 0 { u64::from(event.about) + 2 } else { revision };
            let expected = v1::SubjectRevision { subject: instrument(event.about), revision };
            let preconditions = v1::Preconditions { ledger_head: None, subject_revisions: vec![expected] };
            let request =
                v1::AppendEventsRequest { preconditions: Some(preconditions), ..request(std::slice::from_ref(event)) };
            match self.client.ledgers().append_events(request).await {
                Ok(answer) => Ok(answer.into_inner().events[0].position),
                Err(status) if status.code() == Code::Aborted => Err(Stale.into()),
                Err(status) => Err(status.into()),
            }
        })
    }

    fn read(&self) -> Answer<'_, Contents> {
        Box::pin(async move {
            // The instruments are not what is counted.
            let after = u64::from(INSTRUMENTS) + 1;
            let request = v1::ReadEventsRequest { ledger: LEDGER.to_owned(), after, ..Default::default() };
            let mut stream = self.client.ledgers().read_events(request).await?.into_inner();
            let mut contents = Contents::default();
            while let Some(message) = stream.message().await? {
                let Some(v1::read_events_response::Part::Batch(batch)) = message.part else { continue };
                for event in batch.events {
                    contents.add(id_of(&event)?);
                }
            }
            Ok(contents)
        })
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        Box::pin(async move {
            let after = v1::subscribe_events_request::After::Head(true);
            let request =
                v1::SubscribeEventsRequest { ledger: LEDGER.to_owned(), after: Some(after), ..Default::default() };
            let mut stream = self.client.changes().subscribe_events(request).await?.into_inner();
            stream.message().await?;
            let ids = stream.flat_map(|message| {
                let heard = message.map(|message| match message.message {
                    Some(v1::subscribe_events_response::Message::Events(heard)) => heard.events,
                    _ => Vec::new(),
                });
                let ids = match heard {
                    Ok(events) => events.iter().map(id_of).collect(),
                    Err(status) => vec![Err(status.into())],
                };
                futures_util::stream::iter(ids)
            });
            Ok(ids.boxed())
        })
    }
}

impl EntenteConnection {
    /// One stream with a window of single events under way, until the time is up. Gives what was acknowledged.
    pub(crate) async fn stream(place: &str, about: u32, window: usize, slice: Duration) -> anyhow::Result<Contents> {
        let client = client(place).await?;
        let begun = std::time::Instant::now();
        let (batches, sent) = tokio::sync::mpsc::channel(window);
        let batch = |event: &Event| v1::AppendEventStreamRequest {
            ledger: LEDGER.to_owned(),
            submissions: vec![submission(event)],
            ..Default::default()
        };
        let mut batches = Some(batches);
        for _ in 0..window {
            if let Some(batches) = &batches {
                batches.send(batch(&Event::new(about))).await?;
            }
        }
        let sent = tokio_stream::wrappers::ReceiverStream::new(sent);
        let mut answers = client.ledgers().append_event_stream(sent).await?.into_inner();
        let mut acknowledged = Contents::default();
        while let Some(answer) = answers.message().await? {
            for event in &answer.events {
                acknowledged.add(event.event_id.parse()?);
            }
            match &batches {
                Some(batches) if begun.elapsed() < slice => batches.send(batch(&Event::new(about))).await?,
                _ => batches = None,
            }
        }
        Ok(acknowledged)
    }
}

fn id_of(event: &v1::Event) -> anyhow::Result<Uuid> {
    Ok(event.submission.as_ref().map(|it| it.event_id.as_str()).unwrap_or_default().parse()?)
}

pub(crate) fn request(events: &[Event]) -> v1::AppendEventsRequest {
    v1::AppendEventsRequest {
        ledger: LEDGER.to_owned(),
        submissions: events.iter().map(submission).collect(),
        ..Default::default()
    }
}

fn submission(event: &Event) -> v1::Submission {
    let made = v1::StatementMade {
        by: "a spokesman of the ministry".to_owned(),
        made_at: dated(),
        summary: SUMMARY.to_owned(),
    };
    v1::Submission {
        event_id: event.id.to_string(),
        subject: instrument(event.about),
        sources: vec![v1::Source { publisher: "a gazette of record".to_owned(), ..Default::default() }],
        payload: Some(Payload::StatementMade(made)),
        ..Default::default()
    }
}

fn signed(about: u32) -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    v1::Submission {
        event_id: Uuid::now_v7().to_string(),
        subject: instrument(about),
        payload: Some(Payload::InstrumentSigned(signed)),
        ..Default::default()
    }
}

fn instrument(about: u32) -> String {
    format!("{LEDGER}/instruments/deal-{about}")
}

fn dated() -> Option<v1::Dated> {
    let at = Some(prost_types::Timestamp { seconds: 1_761_782_400, nanos: 0 });
    Some(v1::Dated { at, precision: v1::Precision::Second.into() })
}
