//! The place that is kept on the server, while the server may be away.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tonic::Code;

use crate::client::{Client, ClientError};
use crate::proto::v1;

const WAIT_MIN: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(5);
/// How long the last commit may take when the program is asked to stop.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// A named cursor in use.
pub(super) struct Kept {
    client: Client,
    name: String,
    /// The cursor that is kept, and its position; empty where none is yet.
    cursor: String,
    position: u64,
    /// What has been handled and is not kept yet.
    reached: Option<v1::CursorPlace>,
}

impl Kept {
    /// The cursor of this name of a ledger, kept already or not.
    pub(super) async fn open(client: Client, ledger: &str, name: &str) -> Result<Self, ClientError> {
        let name = if name.starts_with("ledgers/") { name.to_owned() } else { format!("{ledger}/cursors/{name}") };
        let mut kept = Kept { client, name, cursor: String::new(), position: 0, reached: None };
        match kept.get().await {
            Ok(()) => Ok(kept),
            Err(status) if status.code() == Code::NotFound => Ok(kept),
            Err(status) => Err(status.into()),
        }
    }

    /// Where to go on; none where nothing is kept yet.
    pub(super) fn place(&self) -> Option<v1::CursorPlace> {
        (!self.cursor.is_empty()).then(|| v1::CursorPlace { cursor: self.cursor.clone(), position: 0 })
    }

    /// Everything up to this place has been handled.
    pub(super) fn reached(&mut self, place: v1::CursorPlace) {
        self.reached = Some(place);
    }

    /// Keeps the place reached; goes on until the server has it.
    pub(super) async fn commit(&mut self) -> anyhow::Result<()> {
        let Some(place) = self.reached.clone() else { return Ok(()) };
        let builder = ExponentialBuilder::default().with_min_delay(WAIT_MIN).with_max_delay(WAIT_MAX);
        let mut waits = builder.with_jitter().without_max_times().build();
        loop {
            let request = v1::CommitCursorRequest {
                name: self.name.clone(),
                place: Some(place.clone()),
                expected_cursor: Some(self.cursor.clone()),
                force: false,
            };
            match self.client.changes().commit_cursor(request).await {
                Ok(answer) => {
                    self.hold(answer.into_inner().cursor.unwrap_or_default());
                    break;
                }
                Err(status) if matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled) => {
                    tokio::time::sleep(waits.next().unwrap_or(WAIT_MAX)).await;
                }
                Err(status) if status.code() == Code::Aborted => {
                    // The answer to the last try may have been lost, and then it is this program that moved the cursor.
                    self.get().await.map_err(ClientError::from)?;
                    let is_ours = match place.position {
                        0 => self.cursor == place.cursor,
                        within => self.position == within,
                    };
                    if !is_ours {
                        return Err(ClientError::from(status).into());
                    }
                    break;
                }
                Err(status) => return Err(ClientError::from(status).into()),
            }
        }
        self.reached = None;
        Ok(())
    }

    /// Keeps the place reached if the server takes it soon; otherwise what it covers is handled again next time.
    pub(super) async fn commit_soon(&mut self) -> anyhow::Result<()> {
        match tokio::time::timeout(LAST_PATIENCE, self.commit()).await {
            Ok(outcome) => outcome,
            Err(_) => {
                eprintln!("entente: the server is away; what came last will come again next time");
                Ok(())
            }
        }
    }

    async fn get(&mut self) -> Result<(), tonic::Status> {
        let request = v1::GetCursorRequest { name: self.name.clone() };
        let answer = self.client.changes().get_cursor(request).await?.into_inner();
        self.hold(answer.cursor.unwrap_or_default());
        Ok(())
    }

    fn hold(&mut self, cursor: v1::Cursor) {
        self.position = cursor.position;
        self.cursor = cursor.cursor;
    }
}
