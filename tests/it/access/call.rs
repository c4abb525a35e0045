//! Any method, by its descriptor, with any credential.

use std::time::Duration;

use bytes::{Buf as _, BufMut as _};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use entente::rpc::{RULES, Rule};

/// How long the first message of an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every method that the server has: of its own services, of health and of reflection.
pub(super) fn methods() -> Vec<MethodDescriptor> {
    let sets = [
        entente::proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ];
    let mut methods = Vec::new();
    for set in sets {
        let pool = DescriptorPool::decode(set).unwrap();
        methods.extend(pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()));
    }
    methods
}

/// The full name, as the table of rules has it.
pub(super) fn name_of(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

pub(super) fn rule_of(method: &MethodDescriptor) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.method == name_of(method))
}

/// A request that names a ledger, and a member of it where the method is about one.
pub(super) fn request_about(method: &MethodDescriptor, ledger: &str) -> Vec<u8> {
    let mut request = DynamicMessage::new(method.input());
    let rule = rule_of(method).unwrap();
    let text = match (rule.ledger_field, method.name()) {
        ("", _) => return fill_alone(method),
        ("ledger_id", _) => ledger.to_owned(),
        ("name", "GetLedger") => format!("ledgers/{ledger}"),
        ("name", name) => {
            let member = match name {
                "GetInstrument" => "instruments/truce",
                "GetMeasure" => "measures/fee",
                "GetEvent" | "GetInclusionProof" => "events/1",
                "CommitCursor" | "GetCursor" | "DeleteCursor" => "cursors/desk",
                _ => "commitments/suspension",
            };
            format!("ledgers/{ledger}/{member}")
        }
        _ => format!("ledgers/{ledger}"),
    };
    request.set_field_by_name(rule.ledger_field, Value::String(text));
    request.encode_to_vec()
}

/// A request of a method that is about no ledger. Reflection answers no empty one.
fn fill_alone(method: &MethodDescriptor) -> Vec<u8> {
    let mut request = DynamicMessage::new(method.input());
    if method.name() == "ServerReflectionInfo" {
        request.set_field_by_name("list_services", Value::String("*".to_owned()));
    }
    request.encode_to_vec()
}

/// What a client shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Credential {
    /// Values of the authorization header; each one a header.
    pub(super) authorization: Vec<String>,
    /// The value of a cookie.
    pub(super) cookie: Option<String>,
}

impl Credential {
    pub(super) fn bearer(token: &str) -> Self {
        Credential { authorization: vec![format!("Bearer {token}")], cookie: None }
    }
}

/// Calls a method; the status of what comes first.
pub(super) async fn call(channel: &Channel, method: &str, body: Vec<u8>, credential: &Credential) -> Status {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let mut request = Request::new(tokio_stream::once(body));
    for value in &credential.authorization {
        request.metadata_mut().append("authorization", value.parse().unwrap());
    }
    if let Some(cookie) = &credential.cookie {
        request.metadata_mut().insert("cookie", cookie.parse().unwrap());
    }
    let path: http::uri::PathAndQuery = format!("/{method}").parse().unwrap();
    let first = async {
        match grpc.streaming(request, path, Bytes).await {
            Err(status) => status,
            Ok(answer) => match answer.into_inner().message().await {
                Ok(_) => Status::new(Code::Ok, ""),
                Err(status) => status,
            },
        }
    };
    tokio::time::timeout(PATIENCE, first).await.unwrap_or_else(|_| panic!("{method} said nothing"))
}

/// Whether somebody got past the guard: whatever the service said then.
pub(super) fn is_admitted(status: &Status) -> bool {
    !matches!(status.code(), Code::Unauthenticated | Code::PermissionDenied)
}

/// Messages as their bytes.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Bytes;
    type Decoder = Bytes;

    fn encoder(&mut self) -> Bytes {
        Bytes
    }

    fn decoder(&mut self) -> Bytes {
        Bytes
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}
