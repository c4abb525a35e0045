//! Pool: texts that many events repeat, kept once.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::Hash;
use std::mem;

use super::{Event, Payload, Slug, Sources, Subject, Text, ValueError};

/// How many values of a sort a generation of the pool has at most.
const GENERATION_MAX: usize = 32 << 10;

/// Texts, names and lists of sources that many events repeat: a ledger of millions of events has some thousands of
/// them. It remembers those that were met lately, so that it stays small where every event has texts of its own; what it
/// has forgotten is only kept twice.
#[derive(Debug, Default)]
pub struct Pool {
    names: Lately<Slug>,
    texts: Lately<Text>,
    sources: Lately<Sources>,
}

impl Pool {
    /// Reads a text; one that was met before is not checked again.
    pub(crate) fn text(&mut self, text: &str) -> Result<Text, ValueError> {
        self.texts.find_or(text, Text::new)
    }

    /// Reads an identifier; one that was met before is not checked again.
    pub(crate) fn slug(&mut self, text: &str) -> Result<Slug, ValueError> {
        self.names.find_or(text, Slug::parse)
    }

    /// Makes a list of sources be that of earlier events, where they are equal.
    pub(crate) fn share_sources(&mut self, sources: &mut Sources) {
        if !sources.is_empty() {
            self.sources.share(sources);
        }
    }

    /// Makes an event hold the values of earlier events in place of its own equal ones.
    pub fn share(&mut self, event: &mut Event) {
        self.texts.share(&mut event.recorded_by);
        let submission = &mut event.submission;
        if let Subject::Member(_, id) = &mut submission.subject {
            self.names.share(id);
        }
        self.share_sources(&mut submission.sources);
        let submission = &mut event.submission;
        if let Some(note) = &mut submission.note {
            self.texts.share(note);
        }
        self.share_payload(&mut submission.payload);
    }

    /// Only what is recorded by the million is worth the look: a ledger's other events are few.
    fn share_payload(&mut self, payload: &mut Payload) {
        let (names, texts) = (&mut self.names, &mut self.texts);
        match payload {
            Payload::AmountReported(it) => names.share(&mut it.series),
            Payload::MetricReported(it) => {
                names.share(&mut it.series);
                it.period.iter_mut().for_each(|period| names.share(period));
                it.item.iter_mut().for_each(|item| texts.share(item));
            }
            Payload::CohortReported(it) => names.share(&mut it.period),
            Payload::RateSet(it) => {
                names.share(&mut it.component);
                it.reference.iter_mut().for_each(|reference| texts.share(reference));
            }
            Payload::ActPerformed(it) => it.reference.iter_mut().for_each(|reference| texts.share(reference)),
            Payload::PriceReported(it) => texts.share(&mut it.item),
            Payload::StatementMade(it) => texts.share(&mut it.by),
            Payload::BreachAlleged(it) => texts.share(&mut it.by),
            Payload::EventRetracted(it) => texts.share(&mut it.reason),
            _ => {}
        }
    }
}

/// The values that were met lately: those of this generation, and those of the one before it.
#[derive(Debug)]
struct Lately<T> {
    now: HashSet<T>,
    before: HashSet<T>,
}

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Lately { now: HashSet::new(), before: HashSet::new() }
    }
}

impl<T: Clone + Eq + Hash> Lately<T> {
    fn share(&mut self, value: &mut T) {
        if let Some(known) = self.now.get(value) {
            *value = known.clone();
            return;
        }
        if let Some(known) = self.before.take(value) {
            *value = known;
        }
        self.remember(value);
    }

    fn remember(&mut self, value: &T) {
        if self.now.len() >= GENERATION_MAX {
            self.before = mem::take(&mut self.now);
        }
        self.now.insert(value.clone());
    }
}

impl<T: Clone + Eq + Hash + Borrow<str>> Lately<T> {
    fn find_or(&mut self, text: &str, read: impl FnOnce(&str) -> Result<T, ValueError>) -> Result<T, ValueError> {
        if let Some(known) = self.now.get(text) {
            return Ok(known.clone());
        }
        let value = self.before.take(text).map_or_else(|| read(text), Ok)?;
        self.remember(&value);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::new(text).expect("a text")
    }

    fn is_one(left: &Text, right: &Text) -> bool {
        std::ptr::eq(left.as_str(), right.as_str())
    }

    #[test]
    fn what_is_met_again_is_kept_once() {
        let mut lately = Lately::default();
        let (mut first, mut again, mut other) = (text("a gazette"), text("a gazette"), text("another"));
        assert!(!is_one(&first, &again));
        lately.share(&mut first);
        lately.share(&mut again);
        lately.share(&mut other);
        assert!(is_one(&first, &again));
        assert_eq!(other, text("another"));
    }

    #[test]
    fn it_forgets_what_was_not_met_for_long_and_keeps_what_is_met_often() {
        let mut lately = Lately::default();
        let (mut often, mut once) = (text("often"), text("once"));
        lately.share(&mut often);
        lately.share(&mut once);
        for number in 0..GENERATION_MAX * 3 {
            lately.share(&mut text(&format!("text {number}")));
            let mut again = text("often");
            lately.share(&mut again);
            assert!(is_one(&often, &again), "after {number}");
        }
        let mut again = text("once");
        lately.share(&mut again);
        assert!(!is_one(&once, &again));
        assert!(lately.now.len() <= GENERATION_MAX && lately.before.len() <= GENERATION_MAX);
    }
}
