//! Which methods there are, and what is known of the ledger to ask with.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use entente::domain::Slug;
use entente::proto::{FILE_DESCRIPTOR_SET, v1};
use entente::wire;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};

use crate::real_ledger::TRUCE;
use crate::server::TestServer;

pub(super) const LEDGER: &str = "ledgers/us-china";

/// One method of a service.
#[derive(Debug, Clone)]
pub(super) struct Method {
    /// `package.Service/Method`.
    pub(super) path: String,
    pub(super) input: MessageDescriptor,
    /// How many messages are taken from an answer before it is dropped: streams that follow have no end.
    pub(super) messages_max: usize,
}

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = DescriptorPool::new();
    for set in
        [FILE_DESCRIPTOR_SET, tonic_health::pb::FILE_DESCRIPTOR_SET, tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET]
    {
        pool.decode_file_descriptor_set(set).unwrap();
    }
    pool
});

static METHODS: LazyLock<Vec<Method>> = LazyLock::new(|| {
    let methods = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let method = |method: prost_reflect::MethodDescriptor| {
        let follows = method.name().starts_with("Subscribe") || method.name() == "Watch";
        Method {
            path: format!("{}/{}", method.parent_service().full_name(), method.name()),
            input: method.input(),
            messages_max: if follows { 1 } else { 4 },
        }
    };
    methods.map(method).collect()
});

/// Every method of every service that the server has.
pub(super) fn all() -> &'static [Method] {
    &METHODS
}

pub(super) fn named(path: &str) -> Method {
    METHODS.iter().find(|method| method.path == path).unwrap().clone()
}

/// The events of the real ledger, as they are sent.
pub(super) fn truce() -> Vec<v1::Submission> {
    let ledger = Slug::parse("us-china").unwrap();
    TRUCE.submissions.iter().map(|submission| wire::submission_to_proto(submission, &ledger)).collect()
}

/// The time on the server's clock: all that is in the real ledger was recorded before.
pub(super) const NOW: &str = "2026-11-24T12:00:00Z";

/// A statement as the ledger takes one at its end, whatever it holds by then.
pub(super) fn one_more() -> v1::Submission {
    let is_statement = |it: &v1::Submission| matches!(it.payload, Some(v1::submission::Payload::StatementMade(_)));
    let statement = truce().into_iter().find(is_statement).unwrap();
    let event_id = "018f4e3a-ffff-7000-8000-000000000001".to_owned();
    v1::Submission { event_id, recorded_at: Some(crate::server::stamp(NOW)), ..statement }
}

/// What an attacker who has looked around knows: names, tokens, cursors, and messages of every type.
pub(super) struct Known {
    /// Texts that are right somewhere, by the name of the field that they were seen in.
    pub(super) texts: BTreeMap<String, Vec<String>>,
    /// Messages that are right somewhere, by type.
    pub(super) messages: BTreeMap<String, Vec<DynamicMessage>>,
    pub(super) names: Vec<String>,
}

/// So many examples of one thing are enough.
const EXAMPLES_MAX: usize = 60;

impl Known {
    pub(super) async fn of(server: &TestServer) -> Self {
        let mut known = Known { texts: BTreeMap::new(), messages: BTreeMap::new(), names: vec![LEDGER.to_owned()] };
        for submission in truce() {
            if known.names.len() < EXAMPLES_MAX * 4 && !known.names.contains(&submission.subject) {
                known.names.push(submission.subject.clone());
            }
            known.learn(&dynamic(&submission, "entente.v1.Submission"));
        }
        known.names.extend([1, 9, 250].map(|position| format!("{LEDGER}/events/{position}")));
        known.names.push(format!("{LEDGER}/cursors/desk"));
        let grant = v1::Grant { role: v1::Role::Reader.into(), ledger: LEDGER.to_owned() };
        let token = v1::Token { holder: "desk".to_owned(), grants: vec![grant], ..Default::default() };
        let request = v1::CreateTokenRequest { token: Some(token) };
        let made = server.client.admin().create_token(request).await.unwrap().into_inner();
        known.names.extend(made.token.map(|token| token.name));
        let request = v1::ListAssessmentsRequest { parent: LEDGER.to_owned(), page_size: 3, ..Default::default() };
        let board = server.client.compliance().list_assessments(request).await.unwrap().into_inner();
        known.text("page_token", board.next_page_token);
        let request = v1::SubscribeEventsRequest { ledger: LEDGER.to_owned(), ..Default::default() };
        let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
        if let Some(v1::subscribe_events_response::Message::Started(started)) =
            stream.message().await.unwrap().unwrap().message
        {
            known.text("cursor", started.cursor.clone());
            known.text("expected_cursor", started.cursor);
        }
        for expression in
            ["status = NOT_MET", "soy -party=CN", "next_change_at < \"2027-01-01T00:00:00Z\" OR product:12"]
        {
            known.text("expression", expression.to_owned());
        }
        for order in ["status", "next_change_at desc"] {
            known.text("order_by", order.to_owned());
        }
        known
    }

    fn text(&mut self, field: &str, text: String) {
        let texts = self.texts.entry(field.to_owned()).or_default();
        if texts.len() < EXAMPLES_MAX && !texts.contains(&text) {
            texts.push(text);
        }
    }

    fn learn(&mut self, message: &DynamicMessage) {
        let examples = self.messages.entry(message.descriptor().full_name().to_owned()).or_default();
        if examples.len() < EXAMPLES_MAX * 4 {
            examples.push(message.clone());
        }
        for (field, value) in message.fields() {
            match value {
                Value::String(text) => self.text(field.name(), text.clone()),
                Value::Message(inner) => self.learn(inner),
                Value::List(items) => {
                    for item in items {
                        match item {
                            Value::Message(inner) => self.learn(inner),
                            Value::String(text) => self.text(field.name(), text.clone()),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn dynamic(message: &impl prost::Message, name: &str) -> DynamicMessage {
    let mut dynamic = DynamicMessage::new(POOL.get_message_by_name(name).unwrap());
    dynamic.transcode_from(message).unwrap();
    dynamic
}
