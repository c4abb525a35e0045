//! What exists at `known_at`: section 3 of the specification (K1, K2, admissible classes) and the validity of waivers
//! (section 5, the paragraph below the table).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::number::{Number, number};
use super::spans::Span;
use super::time::{Calendar, Day, Instant, NEVER, day, instant};

/// One record of the ledger, with its times read.
pub(super) struct Record<'a> {
    pub(super) kind: &'a str,
    pub(super) id: &'a str,
    pub(super) recorded: Instant,
    /// `effective_at` or `performed_at`.
    pub(super) at: Option<Instant>,
    /// `from`, as an instant.
    pub(super) from: Option<Instant>,
    /// `to`, `until` or the end of `through`, as an instant; none where there is no end.
    pub(super) to: Option<Instant>,
    /// `from`, where it is a day.
    pub(super) first: Option<Day>,
    /// `through`, or `snapshot_through`.
    pub(super) last: Option<Day>,
    pub(super) value: Option<Number>,
    pub(super) class: Option<&'a str>,
    pub(super) is_admissible: bool,
    pub(super) json: &'a Value,
}

/// Everything that a question may use, given what the ledger knew.
pub(super) struct View<'a> {
    pub(super) kind: &'a str,
    pub(super) commitment: &'a Value,
    pub(super) calendar: Calendar,
    /// The records that stand: known, the first of their id, neither superseded nor retracted.
    pub(super) records: Vec<Record<'a>>,
    waivers_void: HashSet<&'a str>,
}

impl<'a> Record<'a> {
    fn read(json: &'a Value, calendar: &Calendar, admissible: Option<&'a Vec<Value>>) -> Record<'a> {
        let from = text(json, "from");
        let is_day = |text: &&str| text.len() == 10;
        let first = from.filter(is_day).map(day);
        let last = text(json, "through").or(text(json, "snapshot_through")).map(day);
        let to = text(json, "to").or(text(json, "until")).map(instant);
        let class = text(json, "source_class");
        let is_admissible = match (class, admissible) {
            (Some(class), Some(list)) => list.iter().any(|one| one.as_str() == Some(class)),
            _ => true,
        };
        Record {
            kind: text(json, "type").unwrap_or_default(),
            id: text(json, "id").unwrap_or_default(),
            recorded: text(json, "recorded_at").map_or(NEVER, instant),
            at: text(json, "effective_at").or(text(json, "performed_at")).map(instant),
            from: first.map(|first| calendar.start_of(first)).or(from.filter(|text| !is_day(text)).map(instant)),
            to: to.or(last.map(|last| calendar.end_of(last))),
            first,
            last,
            value: json.get("value").and_then(number),
            class,
            is_admissible,
            json,
        }
    }

    /// A text field.
    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        text(self.json, field)
    }

    /// A field with a count; 1 where it is absent.
    pub(super) fn count(&self) -> i64 {
        self.json.get("count").and_then(Value::as_i64).unwrap_or(1)
    }

    /// K2: whether its effective or performed time has come.
    pub(super) fn is_effective(&self, as_of: Instant) -> bool {
        self.at.is_none_or(|at| at <= as_of)
    }

    /// K2: whether a thing that lasts has begun.
    pub(super) fn has_begun(&self, as_of: Instant) -> bool {
        self.from.is_none_or(|from| from <= as_of) && self.is_effective(as_of)
    }

    /// The time it is about.
    pub(super) fn span(&self) -> Span {
        (self.from.or(self.at).unwrap_or(Instant::MIN), self.to.unwrap_or(NEVER))
    }
}

impl<'a> View<'a> {
    /// What is known at `known_at`; none where the commitment itself is not.
    pub(super) fn at(case: &'a Value, known_at: Instant) -> Option<View<'a>> {
        let commitment = &case["commitment"];
        if text(commitment, "recorded_at").is_some_and(|recorded| instant(recorded) > known_at) {
            return None;
        }
        let calendar = Calendar::new(text(commitment, "zone").unwrap_or("UTC"));
        let admissible = commitment.get("admissible").and_then(Value::as_array);
        let mut ids = HashSet::new();
        let mut known = Vec::new();
        for json in case["ledger"].as_array().into_iter().flatten() {
            let record = Record::read(json, &calendar, admissible);
            if record.recorded <= known_at && ids.insert(record.id) {
                known.push(record);
            }
        }
        let mut gone: HashSet<&str> = known.iter().filter_map(|record| record.text("supersedes")).collect();
        gone.extend(known.iter().filter(|record| record.kind == "retract").filter_map(|record| record.text("target")));
        let void = |waiver: &&Record| {
            let relied_on = waiver.json.get("conditional_on").and_then(Value::as_array);
            relied_on.into_iter().flatten().filter_map(Value::as_str).any(|id| has_changed(&known, id))
        };
        let waivers_void = known.iter().filter(|record| record.kind == "waive").filter(void).map(|w| w.id).collect();
        known.retain(|record| !gone.contains(record.id));
        let kind = case["kind"].as_str().unwrap_or_default();
        Some(View { kind, commitment, calendar, records: known, waivers_void })
    }

    /// The standing records of one type.
    pub(super) fn of(&self, kind: &'static str) -> impl Iterator<Item = &Record<'a>> {
        self.records.iter().filter(move |record| record.kind == kind)
    }

    /// The standing records of one type whose time has come (K2).
    pub(super) fn effective(&self, kind: &'static str, as_of: Instant) -> impl Iterator<Item = &Record<'a>> {
        self.of(kind).filter(move |record| record.is_effective(as_of))
    }

    /// Whether it was done by the obligee, or jointly.
    pub(super) fn is_from_obligee(&self, record: &Record) -> bool {
        let by = record.text("by");
        by == Some("JOINT") || by.is_some() && by == text(self.commitment, "obligee")
    }

    /// Whether a waiver was void in this view because a figure it relied on changed.
    pub(super) fn is_void(&self, waiver: &Record) -> bool {
        self.waivers_void.contains(waiver.id)
    }

    /// The waivers in effect by `as_of` that are valid.
    pub(super) fn waivers(&self, as_of: Instant) -> impl Iterator<Item = &Record<'a>> {
        self.effective("waive", as_of).filter(|waiver| self.is_from_obligee(waiver) && !self.is_void(waiver))
    }

    /// Whether a valid waiver of the whole, or of one tranche or period, is active.
    pub(super) fn is_waived(&self, target: Option<&str>, as_of: Instant) -> bool {
        self.waivers(as_of).any(|waiver| {
            let meant = waiver.text("target");
            let is_meant = meant.is_none() || meant == target || meant == text(self.commitment, "id");
            is_meant && waiver.to.is_none_or(|until| as_of < until)
        })
    }

    /// The earliest termination by `as_of` that this commitment (or tranche of it) does not survive.
    pub(super) fn terminated(&self, tranche: Option<&str>, as_of: Instant) -> Option<Instant> {
        let outlives = |record: &Record| {
            let listed = record.json.get("surviving").and_then(Value::as_array).into_iter().flatten();
            let id = text(self.commitment, "id");
            let mut listed = listed.filter_map(Value::as_str);
            listed.any(|name| Some(name) == id || Some(name) == tranche) && record.text("mode") != Some("void")
        };
        self.effective("terminate", as_of).filter(|record| !outlives(record)).filter_map(|record| record.at).min()
    }

    /// Whether the instrument is void by `as_of`.
    pub(super) fn is_instrument_void(&self, as_of: Instant) -> bool {
        self.effective("terminate", as_of).any(|record| record.text("mode") == Some("void"))
    }
}

/// Whether these records know another value of a record, or that it was retracted, itself or as it was issued again. What
/// is known of a change stays known, also when a later record changes the figure back.
fn has_changed(known: &[Record], id: &str) -> bool {
    let Some(first) = known.iter().find(|record| record.id == id) else { return false };
    let mut last = first;
    loop {
        if known.iter().any(|record| record.kind == "retract" && record.text("target") == Some(last.id)) {
            return true;
        }
        match known.iter().find(|record| record.text("supersedes") == Some(last.id)) {
            Some(next) if said(first.json) != said(next.json) => return true,
            Some(next) => last = next,
            None => return false,
        }
    }
}

/// The value of a record: of a figure its numbers and unit, and of any other record all that it says, without what only
/// says who wrote it down and when.
fn said(json: &Value) -> Map<String, Value> {
    let is_part = |field: &str| match text(json, "type") {
        Some("amount") => ["value", "unit"].contains(&field),
        Some("metric") => ["num", "den", "value"].contains(&field),
        _ => true,
    };
    const ABOUT: [&str; 8] = ["id", "recorded_at", "seq", "supersedes", "source_class", "ref", "note", "why"];
    let mut said = Map::new();
    for (field, value) in json.as_object().into_iter().flatten() {
        if is_part(field) && !ABOUT.contains(&field.as_str()) && !value.is_null() {
            let plain = number(value).map(|number| Value::String(number.to_string()));
            said.insert(field.clone(), plain.unwrap_or_else(|| value.clone()));
        }
    }
    said
}

/// A text field of a JSON object.
pub(super) fn text<'a>(json: &'a Value, field: &str) -> Option<&'a str> {
    json.get(field).and_then(Value::as_str)
}
