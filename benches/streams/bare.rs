//! A bare server stream: what tonic itself costs to hand the same bytes to the same number of clients.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use entente::proto::stored::{SubscribeEventsResponse, SubscribedEvents, SubscriptionMessage};
use entente::proto::v1;
use futures_util::stream::{self, Stream};
use http::uri::PathAndQuery;
use tokio::sync::broadcast;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_prost::ProstCodec;

const PATH: &str = "/bench.Bare/Follow";

type Messages = Pin<Box<dyn Stream<Item = Result<SubscribeEventsResponse, Status>> + Send>>;

/// Streams what it is given: all that it holds, then what is broadcast.
#[derive(Clone)]
pub(crate) struct Bare {
    pub(crate) held: Arc<Vec<SubscribedEvents>>,
    pub(crate) live: broadcast::Sender<SubscribedEvents>,
}

impl Bare {
    pub(crate) fn new(held: Vec<SubscribedEvents>) -> Self {
        Bare { held: Arc::new(held), live: broadcast::Sender::new(16_384) }
    }
}

impl NamedService for Bare {
    const NAME: &'static str = "bench.Bare";
}

impl tower::Service<http::Request<Body>> for Bare {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let bare = self.clone();
        Box::pin(async move {
            let codec = ProstCodec::<SubscribeEventsResponse, v1::SubscribeEventsRequest>::default();
            Ok(tonic::server::Grpc::new(codec).server_streaming(Follow(bare), request).await)
        })
    }
}

struct Follow(Bare);

impl tonic::server::ServerStreamingService<v1::SubscribeEventsRequest> for Follow {
    type Response = SubscribeEventsResponse;
    type ResponseStream = Messages;
    type Future = std::future::Ready<Result<tonic::Response<Messages>, Status>>;

    fn call(&mut self, _: tonic::Request<v1::SubscribeEventsRequest>) -> Self::Future {
        let Bare { held, live } = self.0.clone();
        let message = |events| Ok(SubscribeEventsResponse { message: Some(SubscriptionMessage::Events(events)) });
        let started = SubscriptionMessage::Started(v1::StreamStarted::default());
        let first = stream::iter([Ok(SubscribeEventsResponse { message: Some(started) })]);
        let live = BroadcastStream::new(live.subscribe()).filter_map(Result::ok);
        let count = held.len();
        let held = stream::iter((0..count).map(move |index| held[index].clone()));
        let messages: Messages = Box::pin(first.chain(held.chain(live).map(message)));
        std::future::ready(Ok(tonic::Response::new(messages)))
    }
}

/// Follows the bare stream.
pub(crate) async fn follow(
    channel: &tonic::transport::Channel,
) -> Result<tonic::Streaming<v1::SubscribeEventsResponse>, Status> {
    let mut client = tonic::client::Grpc::new(channel.clone()).max_decoding_message_size(64 << 20);
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let codec = ProstCodec::<v1::SubscribeEventsRequest, v1::SubscribeEventsResponse>::default();
    let request = tonic::Request::new(v1::SubscribeEventsRequest::default());
    Ok(client.server_streaming(request, PathAndQuery::from_static(PATH), codec).await?.into_inner())
}
