//! A bare unary gRPC service: what tonic itself costs for one request with a small body.

use std::convert::Infallible;
use std::task::{Context, Poll};

use entente::proto::v1::{AppendEventsRequest, AppendEventsResponse};
use http::uri::PathAndQuery;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_prost::ProstCodec;

const PATH: &str = "/bench.Echo/Echo";

/// Answers every append with an empty response, and does nothing else.
#[derive(Clone)]
pub(crate) struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<AppendEventsResponse, AppendEventsRequest>::default();
            Ok(tonic::server::Grpc::new(codec).unary(Answer, request).await)
        })
    }
}

struct Answer;

impl tonic::server::UnaryService<AppendEventsRequest> for Answer {
    type Response = AppendEventsResponse;
    type Future = std::future::Ready<Result<tonic::Response<AppendEventsResponse>, tonic::Status>>;

    fn call(&mut self, _: tonic::Request<AppendEventsRequest>) -> Self::Future {
        std::future::ready(Ok(tonic::Response::new(AppendEventsResponse::default())))
    }
}

/// One request to the echo.
pub(crate) async fn ask(
    channel: &tonic::transport::Channel,
    request: AppendEventsRequest,
) -> Result<(), tonic::Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| tonic::Status::unknown(error.to_string()))?;
    let codec = ProstCodec::<AppendEventsRequest, AppendEventsResponse>::default();
    client.unary(tonic::Request::new(request), PathAndQuery::from_static(PATH), codec).await.map(drop)
}
