//! PostgreSQL: a table of messages, with a position, a stream and a revision.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::sync::mpsc;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, NoTls, Statement};
use tokio_stream::wrappers::UnboundedReceiverStream;
use uuid::Uuid;

use crate::connection::{Answer, Connection, Stale};
use crate::event::{Contents, Event};
use crate::process::{Process, free_port, until_ready};

/// PostgreSQL does not run as root.
const USER: &str = "postgres";
const TABLE: &str = "create table messages (
  position bigint generated always as identity primary key,
  id bytea not null unique,
  stream text not null,
  revision bigint,
  data bytea not null,
  unique (stream, revision))";

pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let port = free_port()?;
    let data = directory.join("data");
    std::fs::create_dir_all(&data)?;
    let as_user = |program: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program).current_dir("/");
        command
    };
    let owned = Command::new("chown").args(["-R", USER]).arg(directory).status()?;
    anyhow::ensure!(owned.success(), "the directory cannot be given to {USER}");
    // A directory that is there already is started again.
    if !data.join("PG_VERSION").exists() {
        let made = as_user("initdb").arg("-D").arg(&data).args(["-A", "trust", "-U", "bench"]).output()?;
        anyhow::ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    }
    let mut command = as_user("postgres");
    command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""]);
    command.args(["-c", "max_connections=400", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"]);
    let address = format!("host=127.0.0.1 port={port} user=bench dbname=postgres");
    Ok((Process::start(&mut command, &directory.join("log"))?, address))
}

pub(crate) async fn connect(address: &str, clients: usize, is_new: bool) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    // A connection does one statement at a time, so every client has its own.
    for _ in 0..clients.max(2) {
        let (client, notices) = until_ready(|| open(address)).await?;
        if is_new && connections.is_empty() {
            client.batch_execute(TABLE).await?;
        }
        let single = client.prepare("insert into messages (id, stream, data) values ($1, $2, $3)").await?;
        let many = "insert into messages (id, stream, data) select * from unnest($1::bytea[], $2::text[], $3::bytea[])";
        let many = client.prepare(many).await?;
        let expected = "insert into messages (id, stream, data, revision) values ($1, $2, $3, $4)";
        let expected = client.prepare(expected).await?;
        let client = Arc::new(client);
        connections.push(Box::new(PostgresConnection { client, single, many, expected, notices: notices.into() }));
    }
    Ok(connections)
}

type Notices = mpsc::UnboundedReceiver<String>;

async fn open(address: &str) -> anyhow::Result<(Client, Notices)> {
    let (client, mut connection) = tokio_postgres::connect(address, NoTls).await?;
    let (heard, notices) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notice) = message {
                drop(heard.send(notice.payload().to_owned()));
            }
        }
    });
    Ok((client, notices))
}

struct PostgresConnection {
    client: Arc<Client>,
    single: Statement,
    many: Statement,
    expected: Statement,
    notices: tokio::sync::Mutex<Notices>,
}

impl Connection for PostgresConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            let ids: Vec<&[u8]> = events.iter().map(|event| event.id.as_bytes().as_slice()).collect();
            let streams: Vec<String> = events.iter().map(|event| stream(event.about)).collect();
            let data: Vec<Vec<u8>> = events.iter().map(Event::bytes).collect();
            match events {
                [_] => self.client.execute(&self.single, &[&ids[0], &streams[0], &data[0]]).await?,
                _ => self.client.execute(&self.many, &[&ids, &streams, &data]).await?,
            };
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64> {
        Box::pin(async move {
            let (id, data) = (event.id.as_bytes().as_slice(), event.bytes());
            let next = i64::try_from(revision)? + 1;
            let values: [&(dyn ToSql + Sync); 4] = [&id, &stream(event.about), &data, &next];
            match self.client.execute(&self.expected, &values).await {
                Ok(_) => Ok(revision + 1),
                Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Err(Stale.into()),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn read(&self) -> Answer<'_, Contents> {
        Box::pin(async move {
            let nothing: [&(dyn ToSql + Sync); 0] = [];
            let rows = self.client.query_raw("select data from messages order by position", nothing).await?;
            let mut rows = std::pin::pin!(rows);
            let mut contents = Contents::default();
            while let Some(row) = rows.next().await {
                contents.add(Event::id_in(row?.try_get(0)?)?);
            }
            Ok(contents)
        })
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        Box::pin(async move {
            let trigger = "create or replace function tell() returns trigger language plpgsql as
                $$ begin perform pg_notify('messages', encode(new.id, 'hex')); return new; end $$;
                create trigger tell after insert on messages for each row execute function tell();
                listen messages";
            self.client.batch_execute(trigger).await?;
            let (_, nobody) = mpsc::unbounded_channel();
            let notices = std::mem::replace(&mut *self.notices.lock().await, nobody);
            Ok(UnboundedReceiverStream::new(notices).map(|id| Ok(id.parse()?)).boxed())
        })
    }
}

fn stream(about: u32) -> String {
    format!("deal-{about}")
}
