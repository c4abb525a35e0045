//! AdminService: the server itself.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::admin::backup;
use crate::domain::Instant;
use crate::ledger::Ledgers;
use crate::proto::v1;
use crate::wire;
use v1::admin_service_server::AdminService;

/// The service over the ledgers of one store.
pub(super) struct AdminApi {
    started_at: Instant,
    ledgers: Ledgers,
    stopping: CancellationToken,
}

impl AdminApi {
    /// The service of a server that begins to run now.
    pub(super) fn new(ledgers: &Ledgers, stopping: CancellationToken) -> Self {
        AdminApi { started_at: ledgers.clock().now(), ledgers: ledgers.clone(), stopping }
    }
}

#[tonic::async_trait]
impl AdminService for AdminApi {
    type BackupStream = backup::BackupStream;

    async fn get_server_info(
        &self,
        _: Request<v1::GetServerInfoRequest>,
    ) -> Result<Response<v1::GetServerInfoResponse>, Status> {
        Ok(Response::new(v1::GetServerInfoResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Some(wire::instant_to_proto(self.started_at)),
        }))
    }

    async fn backup(&self, request: Request<v1::BackupRequest>) -> Result<Response<Self::BackupStream>, Status> {
        let parts = backup::start(&self.ledgers, request.into_inner(), self.stopping.clone()).await?;
        Ok(Response::new(parts))
    }
}
