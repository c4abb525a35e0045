//! Bytes over HTTP/2, with nothing between: whatever is sent is what the server gets.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::ServiceExt as _;

use super::answer::Answer;
use super::methods::Method;

/// How long an answer may take to begin and to go on, in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a request waits for a position that nobody has recorded yet.
const DEADLINE: &str = "2S";

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

pub(super) struct Raw {
    channel: Channel,
}

impl Raw {
    pub(super) async fn to(address: &str) -> Self {
        Raw { channel: Channel::from_shared(address.to_owned()).unwrap().connect().await.unwrap() }
    }

    /// Sends one message as gRPC has it.
    pub(super) async fn call(&self, method: &Method, message: &[u8]) -> Answer {
        self.send(method, &Request { headers: plain(), body: framed(0, message) }).await
    }

    pub(super) async fn send(&self, method: &Method, request: &Request) -> Answer {
        let mut sent = http::Request::post(format!("http://localhost/{}", method.path));
        for (name, value) in &request.headers {
            sent = sent.header(*name, value);
        }
        let sent = sent.body(Body::new(Full::new(Bytes::from(request.body.clone())))).unwrap();
        let answer = match tokio::time::timeout(PATIENCE, self.answer(sent, method.messages_max)).await {
            Ok(Ok(answer)) => answer,
            // The channel keeps the deadline too, and may be before the server.
            Ok(Err(why)) if why.contains("TimeoutExpired") => {
                Answer { code: Some(tonic::Code::DeadlineExceeded), ..Answer::none() }
            }
            Ok(Err(why)) => Answer::broken(why),
            Err(_) => Answer::broken(format!("no answer for {PATIENCE:?}")),
        };
        Answer { is_foreign: method.path.starts_with("grpc."), ..answer }
    }

    async fn answer(&self, request: http::Request<Body>, messages_max: usize) -> Result<Answer, String> {
        let response = self.channel.clone().oneshot(request).await.map_err(|error| format!("{error:?}"))?;
        let http = response.status();
        let mut answer = Answer { http, ..Answer::none() };
        answer.take_status(response.headers());
        let mut body = response.into_body();
        let mut waiting = BytesMut::new();
        while answer.messages < messages_max {
            let Some(frame) = body.frame().await else { break };
            // After an error among the headers nothing more is of interest.
            let frame = match frame {
                Ok(frame) => frame,
                Err(_) if answer.status.is_some() => break,
                Err(error) => return Err(format!("{error:?}")),
            };
            match frame.into_data() {
                Ok(data) => {
                    waiting.extend_from_slice(&data);
                    answer.messages += whole_frames(&mut waiting);
                }
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        answer.take_status(&trailers);
                    }
                }
            }
        }
        Ok(answer)
    }
}

impl Answer {
    fn none() -> Self {
        let http = http::StatusCode::OK;
        Answer { http, code: None, message: String::new(), status: None, broken: None, is_foreign: false, messages: 0 }
    }

    fn broken(why: String) -> Self {
        Answer { broken: Some(why), ..Answer::none() }
    }

    fn take_status(&mut self, headers: &HeaderMap) {
        if let Some(status) = Status::from_header_map(headers) {
            self.code = Some(status.code());
            self.message = status.message().to_owned();
            self.status = Some(status);
        }
    }
}

/// The headers of a gRPC request.
pub(super) fn plain() -> Vec<(&'static str, String)> {
    vec![
        ("content-type", "application/grpc".to_owned()),
        ("te", "trailers".to_owned()),
        ("grpc-timeout", DEADLINE.to_owned()),
    ]
}

/// A message in its frame.
pub(super) fn framed(flag: u8, message: &[u8]) -> Vec<u8> {
    [&[flag][..], &(message.len() as u32).to_be_bytes(), message].concat()
}

/// Takes whole frames off, and counts them.
fn whole_frames(waiting: &mut BytesMut) -> usize {
    let mut count = 0;
    while waiting.len() >= 5 {
        let length = u32::from_be_bytes([waiting[1], waiting[2], waiting[3], waiting[4]]) as usize;
        if waiting.len() < 5 + length {
            break;
        }
        waiting.advance(5 + length);
        count += 1;
    }
    count
}
