//! What is recorded: about 256 bytes that look like an event, told apart by their ids.

use uuid::Uuid;

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    /// The instrument it is about, one a client.
    pub(crate) about: u32,
}

/// What a store holds: how many events, and their ids added up without order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Contents {
    pub(crate) events: u64,
    ids: u128,
}

/// What is said, the same each time but for the id.
pub(crate) const SUMMARY: &str =
    "Both sides said that the talks were candid and constructive, and that they will go on.";

impl Event {
    pub(crate) fn new(about: u32) -> Self {
        Event { id: Uuid::now_v7(), about }
    }

    /// The event for stores that keep bytes: its id, and a text of the length that entente's event has.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let said = format!(
            r#"{{"subject":"ledgers/bench/instruments/deal-{}","by":"a spokesman of the ministry","made_at":"2025-10-30T00:00:00Z","publisher":"a gazette of record","summary":"{SUMMARY}"}}"#,
            self.about
        );
        [self.id.as_bytes(), said.as_bytes()].concat()
    }

    /// The id in such bytes.
    pub(crate) fn id_in(bytes: &[u8]) -> anyhow::Result<Uuid> {
        let id = bytes.get(..16).ok_or_else(|| anyhow::anyhow!("an event of {} bytes", bytes.len()))?;
        Ok(Uuid::from_slice(id)?)
    }
}

impl Contents {
    pub(crate) fn add(&mut self, id: Uuid) {
        self.events += 1;
        self.ids = self.ids.wrapping_add(id.as_u128());
    }

    pub(crate) fn join(&mut self, other: Contents) {
        self.events += other.events;
        self.ids = self.ids.wrapping_add(other.ids);
    }
}
