//! Read masks: which fields of an answer a client wants (AIP-157).

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};
use prost_types::FieldMask;

use super::json::descriptor;

/// A mask that names what is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} is not a field of {message}; its fields are {fields}")]
pub struct MaskError {
    /// The path that does not lead anywhere.
    pub path: String,
    /// The message in which it ends.
    pub message: String,
    /// The fields of that message.
    pub fields: String,
}

/// A mask whose every path leads to a field of one message.
#[derive(Debug, Clone)]
pub struct ReadMask {
    /// Paths as segments; empty where everything is wanted.
    paths: Vec<Vec<String>>,
}

impl ReadMask {
    /// Checks a mask for messages of type `M`. No mask, an empty one, and `*` want everything.
    pub fn new<M: Name>(mask: Option<&FieldMask>) -> Result<Self, MaskError> {
        let wanted = mask.map(|mask| mask.paths.as_slice()).unwrap_or_default();
        if wanted.iter().any(|path| path == "*") {
            return Ok(ReadMask { paths: Vec::new() });
        }
        let root = descriptor::<M>();
        let mut paths = Vec::with_capacity(wanted.len());
        for path in wanted {
            let segments: Vec<String> = path.split('.').map(str::to_owned).collect();
            check(&root, &segments, path)?;
            paths.push(segments);
        }
        Ok(ReadMask { paths })
    }

    /// The message with only the fields wanted.
    pub fn apply<M: Message + Name + Default>(&self, message: M) -> M {
        if self.paths.is_empty() {
            return message;
        }
        let mut whole = DynamicMessage::new(descriptor::<M>());
        let paths: Vec<&[String]> = self.paths.iter().map(Vec::as_slice).collect();
        let kept = whole.transcode_from(&message).and_then(|()| keep(&whole, &paths).transcode_to());
        // A generated message and its own descriptor always fit.
        kept.unwrap_or(message)
    }
}

fn check(message: &MessageDescriptor, segments: &[String], path: &str) -> Result<(), MaskError> {
    let Some((first, rest)) = segments.split_first() else { return Ok(()) };
    let lost = || MaskError {
        path: path.to_owned(),
        message: message.name().to_owned(),
        fields: message.fields().map(|field| field.name().to_owned()).collect::<Vec<_>>().join(", "),
    };
    let field = message.get_field_by_name(first).ok_or_else(lost)?;
    match field.kind() {
        _ if rest.is_empty() => Ok(()),
        prost_reflect::Kind::Message(inner) if !field.is_map() => check(&inner, rest, path),
        _ => Err(lost()),
    }
}

fn keep(message: &DynamicMessage, paths: &[&[String]]) -> DynamicMessage {
    let mut kept = DynamicMessage::new(message.descriptor());
    for (field, value) in message.fields() {
        let below: Vec<&[String]> = paths
            .iter()
            .filter_map(|path| path.split_first())
            .filter(|(name, _)| *name == field.name())
            .map(|(_, rest)| rest)
            .collect();
        if below.iter().any(|rest| rest.is_empty()) {
            kept.set_field(&field, value.clone());
        } else if !below.is_empty() {
            kept.set_field(&field, keep_in(value, &below));
        }
    }
    kept
}

fn keep_in(value: &Value, paths: &[&[String]]) -> Value {
    match value {
        Value::Message(message) => Value::Message(keep(message, paths)),
        Value::List(items) => Value::List(items.iter().map(|item| keep_in(item, paths)).collect()),
        other => other.clone(),
    }
}
