//! The layer before the services: who calls, and whether the method is for them at all. What it finds goes on with the request.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use tonic::Status;

use super::admission::Admission;
use super::caller::Connection;
use super::observe::REQUEST_ID;
use super::rule::{self, Need};
use super::status::{self, Fault};
use crate::auth::{self, Access, Caller, Peer, Presented, Refused, Scene};

/// Lets a request through with its [`Admission`], or answers it.
pub(super) async fn guard<F: Future<Output = Response>>(
    access: &Access,
    mut request: Request,
    answer_of: impl FnOnce(Request) -> F,
) -> Response {
    let method = request.uri().path().trim_start_matches('/');
    let Some(rule) = rule::of(method) else { return answer(Fault::NoMethod) };
    if rule.need == Need::Nothing {
        return answer_of(request).await;
    }
    let peer = Connection::peer(request.extensions());
    let id = request.headers().get(REQUEST_ID).cloned().unwrap_or_else(|| HeaderValue::from_static(""));
    let proved = request.extensions_mut().remove::<Proved>();
    let caller = match proved.map_or_else(|| prove(access, request.headers(), &peer), |Proved(outcome)| outcome) {
        Ok(caller) => caller,
        Err(refused) => {
            let (address, request) = (peer.address, id.to_str().unwrap_or_default());
            let scene = Scene { principal: None, address, method: rule.method, request };
            auth::denied(scene, refused.reason(), &refused.to_string());
            return answer(Fault::Unproved(refused));
        }
    };
    let admission = Admission { caller: caller.clone(), rule, address: peer.address, request: id };
    if let Err(fault) = admission.check_method() {
        return answer(fault);
    }
    request.extensions_mut().insert(admission);
    let response = answer_of(request).await;
    if rule.streams && !access.is_open() { until_over(response, caller, access) } else { response }
}

/// What came of the credential of a request, where the layer around the gate has looked at it already.
#[derive(Debug, Clone)]
pub struct Proved(pub Result<Caller, Refused>);

/// The caller of a request. The credential of gRPC is never a cookie, which a browser would send by itself.
pub fn prove(access: &Access, headers: &HeaderMap, peer: &Peer) -> Result<Caller, Refused> {
    if access.is_open() {
        return access.prove(Presented::default());
    }
    access.prove(Presented { bearer: auth::bearer_of(headers)?, certificate: peer.certificate.as_deref() })
}

fn answer(fault: Fault) -> Response {
    Status::from(fault).into_http()
}

/// The same answer, ended when the credential that it was asked with is over.
fn until_over(response: Response, caller: Caller, access: &Access) -> Response {
    let over = Box::pin(caller.over(access.clock().clone()));
    response.map(|body| Body::new(UntilOver { body, over, is_over: false }))
}

struct UntilOver {
    body: Body,
    over: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_over: bool,
}

impl http_body::Body for UntilOver {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if self.over.as_mut().poll(context).is_ready() {
            self.is_over = true;
            return Poll::Ready(Some(Ok(Frame::trailers(status::headers(Fault::CredentialOver)))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }
}
