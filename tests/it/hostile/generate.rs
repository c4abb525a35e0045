//! Messages of any type. A message that is wrong everywhere is refused at the door; what is nearly right gets deep. So most
//! fields hold what is right somewhere, and a few hold what lies at the edges.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage as _, Value};

use super::methods::{Known, LEDGER, NOW};
use crate::oracle::Dice;

/// How deep a message is generated; deeper ones hold what was seen.
const DEPTH_MAX: usize = 7;
/// A list that is far too long.
const LIST_LONG: usize = 10_000;

/// Fields that are right with few others only, or narrow an answer down to nothing.
const RARE: [&str; 12] = [
    "page_token",
    "cursor",
    "expected_cursor",
    "place",
    "order_by",
    "read_mask",
    "filter",
    "preconditions",
    "append_sizes",
    "min_position",
    "named_cursor",
    "recorded_at",
];

/// Texts at the edges of what a text can be.
const TEXTS: [&str; 26] = [
    "",
    " ",
    "\n",
    "\u{0}",
    "\u{202e}",
    "a\u{301}",
    "\u{10ffff}",
    "0",
    "-1",
    "1e400",
    "NaN",
    "18446744073709551616",
    "999999999999999.999999999999",
    "0.000000000001",
    "0000-00-00",
    "2499-12-31",
    "1900-01-01",
    "2026-02-30",
    "9999-12-31T23:59:59Z",
    "2026-11-10T24:00:00",
    "ledgers/",
    "ledgers/-/commitments/-",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "%s%n",
    "*",
];

pub(super) struct Generator<'a> {
    dice: Dice,
    known: &'a Known,
    /// Fields in a thousand that hold something odd; a whole message may be odd, or nearly none of it.
    odd: i64,
    /// Whether the message has had its long part: one is enough to be far too large.
    long: bool,
}

impl<'a> Generator<'a> {
    pub(super) fn new(mut dice: Dice, known: &'a Known) -> Self {
        let odd = dice.pick(&[0, 5, 30, 30, 100, 500]);
        let long = dice.chance(80);
        Generator { dice, known, odd, long }
    }

    pub(super) fn message(&mut self, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let seen = self.known.messages.get(of.full_name());
        let mut message = match seen {
            Some(seen) if depth > 0 && (self.dice.chance(70) || depth >= DEPTH_MAX) => self.dice.pick(seen),
            _ => DynamicMessage::new(of.clone()),
        };
        let is_new = message.fields().next().is_none();
        if of.full_name() == "entente.v1.Submission" && self.dice.chance(80) {
            self.make_recordable(&mut message);
        }
        for field in of.fields() {
            // A request needs its names; what was seen is changed in few places.
            let wanted = match (is_new, depth) {
                (true, 0) if RARE.contains(&field.name()) => 12,
                (true, 0) => 75,
                (true, _) => 55,
                (false, _) => self.odd / 30,
            };
            if self.dice.chance(wanted) && depth < DEPTH_MAX {
                let value = match field.name() {
                    "name" if depth == 0 => Value::String(self.name_for(of.name())),
                    _ => self.value(&field, depth),
                };
                message.set_field(&field, value);
            }
        }
        message
    }

    /// The name that a request such as GetMeasureRequest asks for.
    fn name_for(&mut self, request: &str) -> String {
        let word = request.trim_end_matches("Request").to_lowercase();
        let of_its_kind = |name: &&String| {
            let mut parts = name.split('/');
            let collection = match parts.next() {
                Some("ledgers") => parts.nth(1).unwrap_or("ledgers"),
                other => other.unwrap_or_default(),
            };
            let collection = collection.trim_end_matches('s');
            word.ends_with(collection) || (collection == "event" && word.ends_with("proof"))
        };
        let fitting: Vec<String> = self.known.names.iter().filter(of_its_kind).cloned().collect();
        let names = if fitting.is_empty() || self.dice.chance(20) { &self.known.names } else { &fitting };
        if self.is_odd() { self.text("") } else { self.dice.pick(names) }
    }

    /// Gives a submission an id of its own and a time that a replayed ledger takes, so that it is not refused for these.
    fn make_recordable(&mut self, submission: &mut DynamicMessage) {
        let id = self.event_id();
        submission.set_field_by_name("event_id", Value::String(id));
        submission.clear_field_by_name("supersedes");
        let Some(Kind::Message(stamp)) = submission.descriptor().get_field_by_name("recorded_at").map(|it| it.kind())
        else {
            return;
        };
        let mut now = DynamicMessage::new(stamp);
        now.set_field_by_name("seconds", Value::I64(crate::server::stamp(NOW).seconds));
        submission.set_field_by_name("recorded_at", Value::Message(now));
    }

    fn event_id(&mut self) -> String {
        format!("018f4e3a-0000-7000-8000-{:012x}", self.dice.between(0, 1 << 40))
    }

    fn value(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else { unreachable!("a map is made of entries") };
            let value = entry.map_entry_value_field();
            let entries = (0..self.dice.between(0, 3)).map(|_| {
                let key = self.text("key");
                (MapKey::String(key), self.single(&value, depth))
            });
            return Value::Map(entries.collect());
        }
        if !field.is_list() {
            return self.single(field, depth);
        }
        if !self.long && self.is_odd() {
            self.long = true;
            return Value::List(vec![self.single(field, DEPTH_MAX - 1); LIST_LONG]);
        }
        let count = self.dice.pick(&[0, 1, 1, 1, 2, 3, 9]);
        Value::List((0..count).map(|_| self.single(field, depth)).collect())
    }

    fn is_odd(&mut self) -> bool {
        self.dice.between(0, 999) < self.odd
    }

    fn single(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::Message(inner) if inner.full_name() == "google.protobuf.Timestamp" => self.timestamp(&inner),
            Kind::Message(inner) => Value::Message(self.message(&inner, depth + 1)),
            Kind::Enum(words) => {
                let known: Vec<i32> = words.values().map(|word| word.number()).collect();
                let odd = self.is_odd();
                Value::EnumNumber(if odd {
                    self.dice.pick(&[-1, 0, 99, i32::MAX, i32::MIN])
                } else {
                    self.dice.pick(&known)
                })
            }
            Kind::String => Value::String(self.text(field.name())),
            Kind::Bytes => Value::Bytes(vec![self.dice.next() as u8; self.dice.pick(&[0, 1, 32, 5000])].into()),
            Kind::Bool => Value::Bool(self.dice.chance(50)),
            Kind::Double => Value::F64(self.dice.pick(&[0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX])),
            Kind::Float => Value::F32(self.dice.pick(&[0.0, -1.0, f32::NAN, f32::INFINITY, f32::MAX])),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(self.dice.pick(&[0, 1, 5, -1, 999_999_999, i32::MAX, i32::MIN]))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.whole()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.dice.pick(&[0, 1, 2, 5, 100, 1000, 1001, u32::MAX])),
            // A position that is not reached is waited for.
            Kind::Uint64 if field.name() == "min_position" && self.dice.chance(90) => {
                Value::U64(self.dice.pick(&[0, 1, 200]))
            }
            Kind::Uint64 | Kind::Fixed64 => {
                Value::U64(self.dice.pick(&[0, 1, 2, 50, 255, 256, 298, 1000, 1 << 63, u64::MAX - 1, u64::MAX]))
            }
        }
    }

    fn whole(&mut self) -> i64 {
        match self.is_odd() {
            true => self.dice.pick(&[-1, i64::MAX, i64::MIN, 253_402_300_800, -62_135_596_801]),
            false => self.dice.pick(&[0, 1, 86_400, 864_000, 31_536_000]),
        }
    }

    fn timestamp(&mut self, of: &MessageDescriptor) -> Value {
        let mut stamp = DynamicMessage::new(of.clone());
        let seconds = match self.is_odd() {
            true => self.dice.pick(&[i64::MIN, i64::MAX, -2_208_988_801, 16_725_225_600, 253_402_300_800, -1]),
            // Two years around the truce.
            false => 1_750_000_000 + self.dice.between(0, 1_500) * 43_200,
        };
        stamp.set_field_by_name("seconds", Value::I64(seconds));
        if self.is_odd() {
            stamp.set_field_by_name(
                "nanos",
                Value::I32(self.dice.pick(&[-1, 1, 999_999_999, 1_000_000_000, i32::MIN, i32::MAX])),
            );
        }
        Value::Message(stamp)
    }

    fn text(&mut self, field: &str) -> String {
        if self.is_odd() {
            if !self.long && self.dice.chance(30) {
                self.long = true;
                return self.dice.pick(&["a", "\u{e9}", "(", "ledgers/", "9"]).repeat(200_000);
            }
            return self.dice.pick(&TEXTS).to_owned();
        }
        match field {
            "ledger" | "parent" => LEDGER.to_owned(),
            "name" | "subject" | "instrument" | "commitments" | "subjects" | "measure" | "named_cursor"
                if self.dice.chance(80) =>
            {
                self.dice.pick(&self.known.names)
            }
            "event_id" => self.event_id(),
            "paths" => {
                self.dice.pick(&["status", "commitment", "numbers", "*", "terms_in_force", "effects"]).to_owned()
            }
            _ => match self.known.texts.get(field) {
                Some(texts) => self.dice.pick(texts),
                None => self.dice.pick(&["", "US", "1201", "2026-03-01", "12.5", "soybeans"]).to_owned(),
            },
        }
    }
}
