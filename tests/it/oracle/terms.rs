//! The terms in force at an instant: amendments, readings and extensions (specification, K3 and K4).

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::number::{Number, number};
use super::record::{Record, View, text};
use super::spans::Span;
use super::time::{Instant, NEVER, instant};

/// Terms with everything applied that applies, and what the applying did.
pub(super) struct Terms<'v> {
    fields: Cow<'v, Value>,
    /// When the duty runs: one span, or several where it was revived after a lapse.
    pub(super) spans: Vec<Span>,
    /// Time that a late extension protects.
    pub(super) protected: Vec<Span>,
    pub(super) is_amended: bool,
    pub(super) is_extended_retroactively: bool,
}

impl<'v> Terms<'v> {
    /// The terms at `as_of`, under one reading or as the base text has them.
    ///
    /// A reading is laid over the amendments that are not effective later than it; later-effective ones are laid over
    /// the reading. Within each of the two groups ledger order decides.
    pub(super) fn at(view: &'v View, reading: Option<&Record>, as_of: Instant) -> Terms<'v> {
        let base = view.commitment;
        let start = text(base, "effective_from").map_or(Instant::MIN, instant);
        let end = text(base, "until").map_or(NEVER, instant);
        let mut terms = Terms {
            fields: Cow::Borrowed(base),
            spans: vec![(start, end)],
            protected: Vec::new(),
            is_amended: false,
            is_extended_retroactively: false,
        };
        let applied: Vec<&Record> = view.of("amend").filter(|amend| applies_from(amend) <= as_of).collect();
        let is_later = |amend: &Record| reading.is_some_and(|reading| amend.at > reading.at);
        for amend in applied.iter().filter(|amend| !is_later(amend)) {
            terms.amend(amend);
        }
        if let Some(reading) = reading {
            terms.read(reading);
        }
        for amend in applied.iter().filter(|amend| is_later(amend)) {
            terms.amend(amend);
        }
        terms
    }

    fn amend(&mut self, amend: &Record) {
        self.is_amended = true;
        let Some(set) = amend.json.get("set").and_then(Value::as_object) else { return };
        lay_over(self.fields.to_mut(), set);
        if let Some(until) = set.get("until") {
            self.move_end(until.as_str().map_or(NEVER, instant), applies_from(amend), amend.recorded);
        }
    }

    fn read(&mut self, reading: &Record) {
        let Some(set) = reading.json.get("set").and_then(Value::as_object) else { return };
        lay_over(self.fields.to_mut(), set);
        if let Some(until) = set.get("until") {
            self.move_end(until.as_str().map_or(NEVER, instant), Instant::MIN, Instant::MIN);
        }
    }

    /// K4. A new end before the old one is no extension: the term is cut there, gap or no gap.
    fn move_end(&mut self, end: Instant, applies_from: Instant, recorded: Instant) {
        let Some(last) = self.spans.last_mut() else { return };
        let old = last.1;
        if end <= old {
            self.spans = self.spans.iter().map(|(from, to)| (*from, (*to).min(end))).collect();
            self.spans.retain(|(from, to)| from < to);
        } else if applies_from <= old {
            last.1 = end;
            if recorded > old {
                self.is_extended_retroactively = true;
                self.protected.push((old, recorded));
            }
        } else if applies_from < end {
            self.spans.push((applies_from, end));
        }
    }

    /// The flag of K4 for a term with a gap.
    pub(super) fn is_revived(&self) -> bool {
        self.spans.len() > 1
    }

    /// One field; none where it is absent or null.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// A text field.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        text(&self.fields, field)
    }

    /// An instant.
    pub(super) fn instant(&self, field: &str) -> Option<Instant> {
        self.text(field).map(instant)
    }

    /// A whole number; zero where it is absent.
    pub(super) fn int(&self, field: &str) -> i64 {
        self.get(field).and_then(Value::as_i64).unwrap_or(0)
    }

    /// An exact number.
    pub(super) fn number(&self, field: &str) -> Option<Number> {
        self.get(field).and_then(number)
    }

    /// A list; empty where it is absent.
    pub(super) fn list(&self, field: &str) -> &[Value] {
        self.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// From when an amendment applies (K3).
pub(super) fn applies_from(amend: &Record) -> Instant {
    amend.text("retroactive_to").map(instant).or(amend.at).unwrap_or(Instant::MIN)
}

/// Field by field; tranches and periods by their id, and their fields one by one.
fn lay_over(fields: &mut Value, set: &Map<String, Value>) {
    for (field, value) in set {
        match (field.as_str(), value.as_object()) {
            ("tranches" | "periods", Some(changes)) => {
                for (id, change) in changes {
                    lay_over_one(&mut fields[field], id, change);
                }
            }
            _ => fields[field] = value.clone(),
        }
    }
}

fn lay_over_one(list: &mut Value, id: &str, change: &Value) {
    let Some(list) = list.as_array_mut() else { return };
    let Some(change) = change.as_object() else { return };
    if let Some(one) = list.iter_mut().find(|one| text(one, "id") == Some(id)) {
        for (field, value) in change {
            match (field.as_str(), value.as_object()) {
                ("target_by_series", Some(targets)) if one[field].is_object() => {
                    for (series, target) in targets {
                        one[field][series] = target.clone();
                    }
                }
                _ => one[field] = value.clone(),
            }
        }
    } else {
        let mut one = change.clone();
        one.insert("id".to_owned(), Value::String(id.to_owned()));
        list.push(Value::Object(one));
    }
}
