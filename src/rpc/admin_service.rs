//! AdminService: the server itself.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::admin::{self, backup, token};
use super::admission::Guarded;
use super::limits::Limits;
use crate::auth::Access;
use crate::domain::Instant;
use crate::ledger::Ledgers;
use crate::proto::v1;
use crate::wire;
use v1::admin_service_server::AdminService;

/// The service over the ledgers of one store.
pub(super) struct AdminApi {
    started_at: Instant,
    ledgers: Guarded,
    access: Arc<Access>,
    stopping: CancellationToken,
    limits: Limits,
}

impl AdminApi {
    /// The service of a server that begins to run now.
    pub(super) fn new(ledgers: &Ledgers, access: Arc<Access>, limits: Limits, stopping: CancellationToken) -> Self {
        let started_at = ledgers.clock().now();
        AdminApi { started_at, ledgers: Guarded::new(ledgers.clone()), access, limits, stopping }
    }
}

#[tonic::async_trait]
impl AdminService for AdminApi {
    type BackupStream = backup::BackupStream;

    async fn get_server_info(
        &self,
        request: Request<v1::GetServerInfoRequest>,
    ) -> Result<Response<v1::GetServerInfoResponse>, Status> {
        self.ledgers.admit(&request)?;
        Ok(Response::new(v1::GetServerInfoResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Some(wire::instant_to_proto(self.started_at)),
            limits: admin::limits::told(&self.limits),
        }))
    }

    async fn create_token(
        &self,
        request: Request<v1::CreateTokenRequest>,
    ) -> Result<Response<v1::CreateTokenResponse>, Status> {
        let caller = self.ledgers.admit(&request)?;
        Ok(Response::new(token::create(&self.access, caller.admission(), request.into_inner()).await?))
    }

    async fn list_tokens(
        &self,
        request: Request<v1::ListTokensRequest>,
    ) -> Result<Response<v1::ListTokensResponse>, Status> {
        self.ledgers.admit(&request)?;
        Ok(Response::new(token::list(&self.access, request.get_ref())?))
    }

    async fn revoke_token(
        &self,
        request: Request<v1::RevokeTokenRequest>,
    ) -> Result<Response<v1::RevokeTokenResponse>, Status> {
        let caller = self.ledgers.admit(&request)?;
        Ok(Response::new(token::revoke(&self.access, caller.admission(), request.into_inner()).await?))
    }

    async fn backup(&self, request: Request<v1::BackupRequest>) -> Result<Response<Self::BackupStream>, Status> {
        let ledgers = self.ledgers.admit(&request)?;
        let parts = backup::start(&ledgers, request.into_inner(), self.stopping.clone()).await?;
        Ok(Response::new(parts))
    }
}
