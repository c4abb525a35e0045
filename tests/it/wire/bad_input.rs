//! What a client may get wrong, with the field that the answer names and the reason it gives.

mod commitment;
mod record;
mod terms;

use entente::proto::{json, v1};
use entente::wire::Reason;
use serde_json::{Value, json};

use super::read;

/// Spoils a sound submission at one place and expects exactly these violations.
struct Sound(Value);

impl Sound {
    fn new(payload: Value) -> Self {
        let mut submission = json!({
            "eventId": "018f4e3a-0000-7000-8000-000000000001",
            "subject": "ledgers/us-china/commitments/soybeans",
            "sources": [{ "publisher": "USDA", "class": "SOURCE_CLASS_OBLIGEE_OFFICIAL" }],
        });
        submission.as_object_mut().unwrap().extend(payload.as_object().unwrap().clone());
        let sound = Sound(submission);
        assert_eq!(sound.violations(), [], "the submission to be spoiled is sound");
        sound
    }

    /// Puts a value at a JSON pointer whose parent exists; `null` takes away what is there.
    fn with(&self, pointer: &str, value: Value) -> Sound {
        let mut spoiled = self.0.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match spoiled.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is there")) {
            Value::Array(items) => match key.parse::<usize>().unwrap() {
                index if index < items.len() => items[index] = value,
                _ => items.push(value),
            },
            Value::Object(fields) if value.is_null() => drop(fields.remove(key)),
            Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
            other => panic!("{parent} is {other}"),
        }
        Sound(spoiled)
    }

    fn violations(&self) -> Vec<(String, Reason)> {
        let message: v1::Submission = json::from_json(&self.0).unwrap();
        let violations = read(&message).err().map(|error| error.violations).unwrap_or_default();
        for violation in &violations {
            assert!(violation.description.len() > 8, "{violation}");
        }
        violations.into_iter().map(|it| (it.field, it.reason)).collect()
    }

    #[track_caller]
    fn names(&self, expected: &[(&str, Reason)]) {
        let expected: Vec<_> = expected.iter().map(|(field, reason)| ((*field).to_owned(), *reason)).collect();
        assert_eq!(self.violations(), expected);
    }

    /// Spoils one place and expects one violation.
    #[track_caller]
    fn spoiled(&self, pointer: &str, value: Value, field: &str, reason: Reason) {
        self.with(pointer, value).names(&[(field, reason)]);
    }

    /// Changes one place and expects that nothing is wrong with it.
    #[track_caller]
    fn allows(&self, pointer: &str, value: Value) {
        self.with(pointer, value).names(&[]);
    }
}

fn digits(count: usize) -> String {
    "9".repeat(count)
}
