//! etcd: keys and values, replicated by Raft; here one node.

use std::path::Path;
use std::process::Command;

use etcd_client::{Client, Compare, CompareOp, EventType, GetOptions, Txn, TxnOp, WatchOptions};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use uuid::Uuid;

use crate::connection::{Answer, Connection, Stale};
use crate::event::{Contents, Event};
use crate::process::{Process, free_port, until_ready};
use crate::store::{CONNECTIONS, program};

/// Every event is a value under its own key, in the order of its id.
const PREFIX: &str = "events/";
const PAGE: i64 = 5000;

pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let client = format!("http://127.0.0.1:{}", free_port()?);
    let peer = format!("http://127.0.0.1:{}", free_port()?);
    let mut command = Command::new(program("etcd"));
    command.arg("--data-dir").arg(directory.join("data"));
    command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client, "--listen-peer-urls", &peer]);
    command.args(["--initial-advertise-peer-urls", &peer, "--initial-cluster", &format!("default={peer}")]);
    command.args(["--quota-backend-bytes", "8589934592"]);
    Ok((Process::start(&mut command, &directory.join("log"))?, client))
}

pub(crate) async fn connect(address: &str) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = until_ready(|| async {
            let mut client = Client::connect([address], None).await?;
            client.get("ready", None).await?;
            Ok(client)
        })
        .await?;
        connections.push(Box::new(EtcdConnection { client }));
    }
    Ok(connections)
}

struct EtcdConnection {
    client: Client,
}

impl Connection for EtcdConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut client = self.client.clone();
            match events {
                [event] => drop(client.put(key(event), event.bytes(), None).await?),
                _ => {
                    let puts: Vec<TxnOp> =
                        events.iter().map(|event| TxnOp::put(key(event), event.bytes(), None)).collect();
                    client.txn(Txn::new().and_then(puts)).await?;
                }
            }
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64> {
        Box::pin(async move {
            let subject = format!("subjects/deal-{}", event.about);
            let unchanged = Compare::mod_revision(subject.clone(), CompareOp::Equal, i64::try_from(revision)?);
            let puts = [TxnOp::put(subject, event.id.to_string(), None), TxnOp::put(key(event), event.bytes(), None)];
            let answer = self.client.clone().txn(Txn::new().when([unchanged]).and_then(puts)).await?;
            if !answer.succeeded() {
                return Err(Stale.into());
            }
            let revision = answer.header().map(etcd_client::ResponseHeader::revision).unwrap_or_default();
            Ok(u64::try_from(revision)?)
        })
    }

    fn read(&self) -> Answer<'_, Contents> {
        Box::pin(async move {
            let mut client = self.client.clone();
            let mut contents = Contents::default();
            let mut from = PREFIX.as_bytes().to_vec();
            loop {
                // '0' comes right after '/'.
                let options = GetOptions::new().with_range("events0").with_limit(PAGE);
                let page = client.get(from.clone(), Some(options)).await?;
                for pair in page.kvs() {
                    contents.add(Event::id_in(pair.value())?);
                }
                match page.kvs().last().filter(|_| page.more()) {
                    Some(last) => from = [last.key(), &[0]].concat(),
                    None => return Ok(contents),
                }
            }
        })
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        Box::pin(async move {
            let options = WatchOptions::new().with_prefix();
            let stream = self.client.clone().watch(PREFIX, Some(options)).await?;
            let ids = stream.flat_map(|answer| {
                let ids: Vec<anyhow::Result<Uuid>> = match &answer {
                    Ok(answer) => {
                        let puts = answer.events().iter().filter(|event| event.event_type() == EventType::Put);
                        puts.filter_map(|event| event.kv()).map(|pair| Event::id_in(pair.value())).collect()
                    }
                    Err(error) => vec![Err(anyhow::anyhow!("{error}"))],
                };
                futures_util::stream::iter(ids)
            });
            Ok(ids.boxed())
        })
    }
}

fn key(event: &Event) -> String {
    format!("{PREFIX}{}", event.id)
}
