//! NATS JetStream: a stream with file storage that syncs every message (`sync_interval: always`).

use std::path::Path;
use std::process::Command;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, stream};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use uuid::Uuid;

use crate::connection::{Answer, Connection, Stale};
use crate::event::{Contents, Event};
use crate::process::{Process, free_port, until_ready};
use crate::store::{CONNECTIONS, program};

const STREAM: &str = "bench";

pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let port = free_port()?;
    let config = format!(
        "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
        directory.join("data").display()
    );
    let file = directory.join("nats.conf");
    std::fs::write(&file, config)?;
    let mut command = Command::new(program("nats-server"));
    command.arg("-c").arg(&file);
    Ok((Process::start(&mut command, &directory.join("log"))?, format!("nats://127.0.0.1:{port}")))
}

pub(crate) async fn connect(address: &str, is_new: bool) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    for _ in 0..CONNECTIONS {
        let context = until_ready(|| async {
            let context = jetstream::new(async_nats::connect(address).await?);
            if !is_new {
                context.get_stream(STREAM).await?;
            }
            Ok(context)
        })
        .await?;
        if is_new && connections.is_empty() {
            let config = stream::Config {
                name: STREAM.to_owned(),
                subjects: vec!["bench.*".to_owned()],
                storage: stream::StorageType::File,
                ..Default::default()
            };
            context.create_stream(config).await?;
        }
        connections.push(Box::new(JetStreamConnection { context }));
    }
    Ok(connections)
}

struct JetStreamConnection {
    context: jetstream::Context,
}

impl JetStreamConnection {
    async fn messages(&self, from: DeliverPolicy) -> anyhow::Result<pull::Ordered> {
        let stream = self.context.get_stream(STREAM).await?;
        let config = pull::OrderedConfig { deliver_policy: from, ..Default::default() };
        Ok(stream.create_consumer(config).await?.messages().await?)
    }
}

impl Connection for JetStreamConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            // A batch is as many messages under way at once; each is acknowledged by itself.
            let mut waiting = Vec::with_capacity(events.len());
            for event in events {
                waiting.push(self.context.publish(subject(event.about), event.bytes().into()).await?);
            }
            for acknowledgement in waiting {
                acknowledgement.await?;
            }
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64> {
        Box::pin(async move {
            let message =
                PublishMessage::build().payload(event.bytes().into()).expected_last_subject_sequence(revision);
            match self.context.send_publish(subject(event.about), message).await?.await {
                Ok(acknowledgement) => Ok(acknowledgement.sequence),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Err(Stale.into()),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn read(&self) -> Answer<'_, Contents> {
        Box::pin(async move {
            let mut stream = self.context.get_stream(STREAM).await?;
            let expected = stream.info().await?.state.messages;
            let mut contents = Contents::default();
            if expected == 0 {
                return Ok(contents);
            }
            let mut messages = self.messages(DeliverPolicy::All).await?;
            while contents.events < expected {
                let Some(message) = messages.next().await else { break };
                contents.add(Event::id_in(&message?.payload)?);
            }
            Ok(contents)
        })
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        Box::pin(async move {
            let messages = self.messages(DeliverPolicy::New).await?;
            Ok(messages.map(|message| Event::id_in(&message?.payload)).boxed())
        })
    }
}

fn subject(about: u32) -> String {
    format!("bench.deal-{about}")
}
