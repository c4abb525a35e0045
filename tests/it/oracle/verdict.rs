//! What one text's assessment says, before texts are compared (specification, sections 1 and 10).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::record::View;
use super::spans::holds;
use super::time::Instant;

/// The outcome under one text.
pub(super) struct Verdict {
    pub(super) lifecycle: &'static str,
    pub(super) status: &'static str,
    pub(super) flags: BTreeSet<&'static str>,
    /// The kind's own outputs, evidence among them, as the examples write them.
    pub(super) shown: Map<String, Value>,
}

impl Verdict {
    pub(super) fn new() -> Verdict {
        Verdict { lifecycle: "IN_FORCE", status: "OPEN", flags: BTreeSet::new(), shown: Map::new() }
    }

    /// Raises a flag if something is so.
    pub(super) fn flag_if(&mut self, is_so: bool, flag: &'static str) {
        if is_so {
            self.flags.insert(flag);
        }
    }

    /// Adds an output.
    pub(super) fn show(&mut self, key: &str, value: impl Into<Value>) {
        self.shown.insert(key.to_owned(), value.into());
    }

    /// The flags that the records of every kind raise in the same way. Inadmissible records are the kind's own affair,
    /// because it knows when such a record would have begun to count.
    pub(super) fn flag_records(&mut self, view: &View, as_of: Instant) {
        self.flag_if(view.effective("allege", as_of).next().is_some(), "ALLEGED_BREACH");
        self.flag_if(view.is_instrument_void(as_of), "VOID");
        for waiver in view.effective("waive", as_of) {
            let is_valid = view.is_from_obligee(waiver);
            self.flag_if(!is_valid, "WAIVER_INVALID");
            self.flag_if(is_valid && view.is_void(waiver), "WAIVER_VOID");
        }
        let is_accepted = |json: &Value| json.get("accepted").and_then(Value::as_bool) == Some(true);
        let contested = view.of("excuse").any(|excuse| excuse.has_begun(as_of) && !is_accepted(excuse.json));
        self.flag_if(contested, "EXCUSE_CONTESTED");
    }
}

/// The accepted excuses that have begun by `as_of`, as spans.
pub(super) fn excused(view: &View, as_of: Instant) -> Vec<(Instant, Instant)> {
    let is_accepted = |json: &Value| json.get("accepted").and_then(Value::as_bool) == Some(true);
    let excuses = view.of("excuse").filter(|excuse| excuse.has_begun(as_of) && is_accepted(excuse.json));
    excuses.map(|excuse| excuse.span()).collect()
}

/// Reciprocity (section 4): the spans in which the counterpart is in a trigger status, as far as known at `as_of`.
pub(super) fn triggered(view: &View, as_of: Instant) -> Vec<(Instant, Instant)> {
    let Some(condition) = view.commitment.get("depends_on") else { return Vec::new() };
    let other = condition.get("commitment").and_then(Value::as_str);
    let triggers = condition.get("triggers").and_then(Value::as_array);
    let is_trigger = |status: Option<&str>| triggers.is_some_and(|all| all.iter().any(|one| one.as_str() == status));
    let mut known: Vec<_> = view.effective("counter_status", as_of).collect();
    known.retain(|record| record.text("commitment") == other);
    known.sort_by_key(|record| record.at);
    let mut spans = Vec::new();
    for (index, record) in known.iter().enumerate() {
        if is_trigger(record.text("status")) {
            let next = known.get(index + 1).and_then(|next| next.at).unwrap_or(Instant::MAX);
            spans.push((record.at.unwrap_or(Instant::MIN), next));
        }
    }
    spans
}

/// Whether the counterpart is in a trigger status at `as_of`.
pub(super) fn is_triggered(view: &View, as_of: Instant) -> bool {
    holds(&triggered(view, as_of), as_of)
}
