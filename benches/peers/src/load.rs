//! Closed loops: every client asks again once it is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::event::{Contents, Event};

type Connections = Arc<[Box<dyn Connection>]>;

/// Clients that append until the time is up. Gives what was acknowledged, and the events a second.
pub(crate) async fn append(
    connections: &Connections,
    clients: usize,
    batch: usize,
    slice: Duration,
) -> anyhow::Result<(Contents, f64)> {
    drive(connections, clients, slice, move |connection, client, acknowledged| {
        Box::pin(async move {
            let events: Vec<Event> = (0..batch).map(|_| Event::new(client)).collect();
            connection.append(&events).await?;
            events.iter().for_each(|event| acknowledged.add(event.id));
            Ok(0)
        })
    })
    .await
}

/// The same for single events, each under the precondition that nobody else recorded about its subject.
pub(crate) async fn append_if(
    connections: &Connections,
    clients: usize,
    slice: Duration,
) -> anyhow::Result<(Contents, f64)> {
    drive(connections, clients, slice, move |connection, client, acknowledged| {
        Box::pin(async move {
            let event = Event::new(client);
            let revision = connection.append_if(&event, acknowledged.revision).await?;
            acknowledged.add(event.id);
            Ok(revision)
        })
    })
    .await
}

/// What one client was told.
#[derive(Default)]
pub(crate) struct Acknowledged {
    contents: Contents,
    revision: u64,
}

impl Acknowledged {
    fn add(&mut self, id: uuid::Uuid) {
        self.contents.add(id);
    }
}

type Step<'a> = std::pin::Pin<Box<dyn Future<Output = anyhow::Result<u64>> + Send + 'a>>;

async fn drive<F>(
    connections: &Connections,
    clients: usize,
    slice: Duration,
    step: F,
) -> anyhow::Result<(Contents, f64)>
where
    F: for<'a> Fn(&'a dyn Connection, u32, &'a mut Acknowledged) -> Step<'a> + Copy + Send + 'static,
{
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let connections = Arc::clone(connections);
        running.spawn(async move {
            let connection = &*connections[client % connections.len()];
            let mut acknowledged = Acknowledged::default();
            while begun.elapsed() < slice {
                acknowledged.revision = step(connection, client as u32, &mut acknowledged).await?;
            }
            Ok::<_, anyhow::Error>(acknowledged.contents)
        });
    }
    let mut all = Contents::default();
    while let Some(ended) = running.join_next().await {
        all.join(ended??);
    }
    Ok((all, all.events as f64 / begun.elapsed().as_secs_f64()))
}
