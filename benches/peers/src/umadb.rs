//! UmaDB: an event store with consistency boundaries by query.

use std::path::Path;
use std::process::Command;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{
    DcbAppendCondition, DcbError, DcbEvent, DcbEventStoreAsync as _, DcbQuery, DcbQueryItem, DcbSequencedEvent,
};
use uuid::Uuid;

use crate::connection::{Answer, Connection, Stale};
use crate::event::{Contents, Event};
use crate::process::{Process, free_port, until_ready};
use crate::store::{CONNECTIONS, program};

pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(program("umadb"));
    command.args(["--listen", &address, "--db-path"]).arg(directory.join("data"));
    std::fs::create_dir_all(directory.join("data"))?;
    Ok((Process::start(&mut command, &directory.join("log"))?, format!("http://{address}")))
}

pub(crate) async fn connect(address: &str) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = until_ready(|| async {
            let client = UmaDbClient::new(address.to_owned()).connect_async().await?;
            client.head().await?;
            Ok(client)
        })
        .await?;
        connections.push(Box::new(UmaDbConnection { client }));
    }
    Ok(connections)
}

struct UmaDbConnection {
    client: AsyncUmaDbClient,
}

impl Connection for UmaDbConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            self.client.append(events.iter().map(stored).collect(), None, None).await?;
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64> {
        Box::pin(async move {
            let query = DcbQuery::new().item(DcbQueryItem::new().tags([tag(event.about)]));
            let condition = DcbAppendCondition::new(query).after((revision > 0).then_some(revision));
            match self.client.append(vec![stored(event)], Some(condition), None).await {
                Ok(position) => Ok(position),
                Err(DcbError::IntegrityError(_)) => Err(Stale.into()),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn read(&self) -> Answer<'_, Contents> {
        Box::pin(async move {
            let mut events = self.client.read(None, None, false, None).await?;
            let mut contents = Contents::default();
            while let Some(event) = events.next().await {
                contents.add(id_of(&event?)?);
            }
            Ok(contents)
        })
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        Box::pin(async move {
            let head = self.client.head().await?;
            let events = self.client.subscribe(None, head).await?;
            Ok(events.map(|event| id_of(&event?)).boxed())
        })
    }
}

fn tag(about: u32) -> String {
    format!("deal-{about}")
}

fn stored(event: &Event) -> DcbEvent {
    DcbEvent::default().event_type("StatementMade").tags([tag(event.about)]).data(event.bytes()).uuid(event.id)
}

fn id_of(event: &DcbSequencedEvent) -> anyhow::Result<Uuid> {
    Event::id_in(&event.event.data)
}
