//! The proto JSON mapping of every message, both ways: field names in lowerCamelCase (either spelling is read), 64-bit
//! integers as strings, instants in RFC 3339, enums by name, fields at their default left out. Fields come by number and
//! entries of maps by key, so that equal messages are equal texts.

use std::sync::OnceLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _};
use serde_json::Value;

use super::FILE_DESCRIPTOR_SET;

/// Why a JSON value is not a message, or a message has no JSON form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{problem}", .field, if .field.is_empty() { "" } else { ": " })]
pub struct JsonError {
    /// The field, as a path in proto spelling such as `submission.sources[0].class`; empty for the message itself.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A message as JSON. An error only where the message holds what JSON cannot say, such as an instant in the year 10000.
pub fn to_json<M: Message + Name>(message: &M) -> Result<Value, JsonError> {
    let mut dynamic = DynamicMessage::new(descriptor::<M>());
    dynamic.transcode_from(message).map_err(|error| JsonError::whole(error.to_string()))?;
    let mut value = serde_json::to_value(&dynamic).map_err(|error| JsonError::whole(error.to_string()))?;
    sort_maps(&mut value, &dynamic.descriptor());
    Ok(value)
}

/// A message from JSON. A field that the message does not have is refused, and so is a value that its field cannot hold.
pub fn from_json<M: Message + Name + Default>(value: &Value) -> Result<M, JsonError> {
    let descriptor = descriptor::<M>();
    let dynamic = read(&descriptor, value).map_err(|problem| {
        let (field, problem) = locate(&descriptor, value, "").unwrap_or((String::new(), problem));
        JsonError { field, problem }
    })?;
    dynamic.transcode_to().map_err(|error| JsonError::whole(error.to_string()))
}

impl JsonError {
    fn whole(problem: String) -> Self {
        JsonError { field: String::new(), problem }
    }
}

pub(super) fn descriptor<M: Name>() -> MessageDescriptor {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build embeds the descriptors it compiled")
    });
    pool.get_message_by_name(&M::full_name()).expect("a generated message is in the descriptors it was generated from")
}

/// Sorts the entries of every map by key; a dynamic message has them in no order.
fn sort_maps(value: &mut Value, descriptor: &MessageDescriptor) {
    // The well-known types have forms of their own, and no maps.
    let Some(fields) = value.as_object_mut().filter(|_| !descriptor.full_name().starts_with("google.protobuf.")) else {
        return;
    };
    for (name, value) in fields {
        let Some(field) = descriptor.get_field_by_json_name(name) else { continue };
        let Kind::Message(inner) = field.kind() else { continue };
        match value {
            Value::Object(entries) if field.is_map() => {
                entries.sort_keys();
                if let Kind::Message(inner) = inner.map_entry_value_field().kind() {
                    entries.values_mut().for_each(|value| sort_maps(value, &inner));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| sort_maps(item, &inner)),
            value => sort_maps(value, &inner),
        }
    }
}

fn read(descriptor: &MessageDescriptor, value: &Value) -> Result<DynamicMessage, String> {
    DynamicMessage::deserialize(descriptor.clone(), value).map_err(|error| error.to_string())
}

/// The first field of `value` that cannot be read, with the reason. The reader itself does not say where it failed, so
/// a refused message is read again field by field.
fn locate(descriptor: &MessageDescriptor, value: &Value, at: &str) -> Option<(String, String)> {
    let fields = value.as_object().filter(|_| !descriptor.full_name().starts_with("google.protobuf."))?;
    fields.iter().find_map(|(key, value)| {
        let Some(field) = descriptor.get_field_by_json_name(key).or_else(|| descriptor.get_field_by_name(key)) else {
            let known = descriptor.fields().map(|field| field.json_name().to_owned()).collect::<Vec<_>>().join(", ");
            // A name that is empty is still one that was given.
            let given = if key.is_empty() { "\"\"" } else { key };
            return Some((join(at, given), format!("{} has no such field; its fields are {known}", descriptor.name())));
        };
        locate_in(&field, value, &join(at, field.name()))
    })
}

fn locate_in(field: &FieldDescriptor, value: &Value, at: &str) -> Option<(String, String)> {
    let problem = read_field(field, value.clone()).err()?;
    let inner = match (value, field.kind()) {
        (Value::Array(items), _) if field.is_list() => items.iter().enumerate().find_map(|(index, item)| {
            let problem = read_field(field, Value::Array(vec![item.clone()])).err()?;
            Some(deepest(field.kind(), item, format!("{at}[{index}]"), problem))
        }),
        (Value::Object(entries), Kind::Message(entry)) if field.is_map() => entries.iter().find_map(|(key, item)| {
            let problem = read_field(field, [(key.clone(), item.clone())].into_iter().collect()).err()?;
            Some(deepest(entry.map_entry_value_field().kind(), item, format!("{at}[{key:?}]"), problem))
        }),
        (_, kind) => Some(deepest(kind, value, at.to_owned(), problem.clone())),
    };
    Some(inner.unwrap_or((at.to_owned(), problem)))
}

fn deepest(kind: Kind, value: &Value, at: String, problem: String) -> (String, String) {
    match kind {
        Kind::Message(descriptor) => locate(&descriptor, value, &at).unwrap_or((at, problem)),
        Kind::Enum(words) => {
            let known = words.values().filter(|word| word.number() != 0).map(|word| word.name().to_owned());
            (at, format!("{problem}; one of {}", known.collect::<Vec<_>>().join(", ")))
        }
        _ => (at, problem),
    }
}

/// Reads a message that has this one field.
fn read_field(field: &FieldDescriptor, value: Value) -> Result<DynamicMessage, String> {
    let message = [(field.json_name().to_owned(), value)].into_iter().collect();
    read(field.parent_message(), &message)
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}
