//! ChangeService: following a ledger, and the cursors that consumers keep with it.

pub(super) mod place;

mod named;
pub(super) mod subscribe;

use tonic::{Request, Response, Status};

use self::subscribe::EventStream;
use super::admission::Guarded;
use super::transitions::{self, TransitionStream};
use super::{deadline, name};
use crate::ledger::Ledgers;
use crate::proto::stored::services::change_service_server::ChangeService;
use crate::proto::v1;

/// The service over the ledgers of one store.
pub(super) struct ChangeApi {
    ledgers: Guarded,
}

impl ChangeApi {
    pub(super) fn new(ledgers: Ledgers) -> Self {
        ChangeApi { ledgers: Guarded::new(ledgers) }
    }
}

#[tonic::async_trait]
impl ChangeService for ChangeApi {
    type SubscribeEventsStream = EventStream;
    type SubscribeTransitionsStream = TransitionStream;

    async fn subscribe_events(
        &self,
        request: Request<v1::SubscribeEventsRequest>,
    ) -> Result<Response<Self::SubscribeEventsStream>, Status> {
        let deadline = deadline::of(request.metadata());
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        Ok(Response::new(subscribe::events(ledger, ledgers.clock().clone(), request, deadline).await?))
    }

    async fn subscribe_transitions(
        &self,
        request: Request<v1::SubscribeTransitionsRequest>,
    ) -> Result<Response<Self::SubscribeTransitionsStream>, Status> {
        let deadline = deadline::of(request.metadata());
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        Ok(Response::new(transitions::subscribe(ledger, ledgers.clock().clone(), request, deadline).await?))
    }

    async fn commit_cursor(
        &self,
        request: Request<v1::CommitCursorRequest>,
    ) -> Result<Response<v1::CommitCursorResponse>, Status> {
        let cursor = named::commit(&self.ledgers.admit(&request)?, request.into_inner()).await?;
        Ok(Response::new(v1::CommitCursorResponse { cursor: Some(cursor) }))
    }

    async fn get_cursor(
        &self,
        request: Request<v1::GetCursorRequest>,
    ) -> Result<Response<v1::GetCursorResponse>, Status> {
        let cursor = named::get(&self.ledgers.admit(&request)?, &request.get_ref().name).await?;
        Ok(Response::new(v1::GetCursorResponse { cursor: Some(cursor) }))
    }

    async fn list_cursors(
        &self,
        request: Request<v1::ListCursorsRequest>,
    ) -> Result<Response<v1::ListCursorsResponse>, Status> {
        Ok(Response::new(named::list(&self.ledgers.admit(&request)?, request.get_ref()).await?))
    }

    async fn delete_cursor(
        &self,
        request: Request<v1::DeleteCursorRequest>,
    ) -> Result<Response<v1::DeleteCursorResponse>, Status> {
        named::delete(&self.ledgers.admit(&request)?, &request.get_ref().name).await?;
        Ok(Response::new(v1::DeleteCursorResponse {}))
    }
}
