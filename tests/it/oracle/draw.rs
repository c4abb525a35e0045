//! Drawing random commitments and histories: the dice, the ledger that is being written, and what all kinds share.
//! Times come from a small grid, so that things often happen at the same instant.

use serde_json::{Map, Value, json};

use super::time::{Calendar, DAY_SECONDS, Day, Instant, day, show_day, show_instant};

/// A deterministic source of chance (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x2545_F491_4F6C_DD1D).wrapping_add(1))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low + 1) as u64;
        low + (self.next() % width) as i64
    }

    /// True so many times in a hundred.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several; those that stand more than once come more often.
    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() as i64 - 1) as usize].clone()
    }
}

/// A record that is being written.
struct Draft {
    recorded: Instant,
    fields: Map<String, Value>,
    is_gone: bool,
}

/// A commitment and the records that are written about it.
pub(super) struct Story {
    pub(super) dice: Dice,
    pub(super) calendar: Calendar,
    pub(super) zone: &'static str,
    pub(super) obligor: &'static str,
    pub(super) obligee: &'static str,
    /// The days around which things happen.
    pub(super) days: Vec<Day>,
    pub(super) commitment: Map<String, Value>,
    pub(super) known_from: Instant,
    pub(super) has_readings: bool,
    drafts: Vec<Draft>,
    /// The records that conditional waivers rely on.
    relied_on: Vec<String>,
}

impl Story {
    pub(super) fn new(seed: u64) -> Story {
        let mut dice = Dice::new(seed);
        let zone = dice.pick(&[
            "Asia/Shanghai",
            "America/New_York",
            "America/New_York",
            "Europe/Brussels",
            "fixed:-05:00",
            "fixed:+05:30",
        ]);
        let (obligor, obligee) = dice.pick(&[("CN", "US"), ("US", "CN")]);
        let has_readings = dice.chance(25);
        let commitment = Map::new();
        Story {
            dice,
            calendar: Calendar::new(zone),
            zone,
            obligor,
            obligee,
            days: Vec::new(),
            commitment,
            known_from: 0,
            has_readings,
            drafts: Vec::new(),
            relied_on: Vec::new(),
        }
    }

    /// A day shortly before clocks change, or around a year's end or a leap day.
    pub(super) fn first_day(&mut self) -> Day {
        let picked =
            self.dice.pick(&["2026-02-27", "2026-03-22", "2026-10-19", "2026-10-27", "2025-12-22", "2028-02-20"]);
        day(picked)
    }

    /// The fields that every commitment has; call it once the days are set.
    pub(super) fn open(&mut self) {
        let first = *self.days.first().expect("the days were set");
        let early = self.calendar.start_of(first - 20);
        self.known_from = if self.dice.chance(85) { early } else { self.moment() };
        self.set("id", "c");
        self.set("obligor", self.obligor);
        self.set("obligee", self.obligee);
        self.set("recorded_at", show_instant(self.known_from));
        self.set("zone", self.zone);
        let official = ["OBLIGOR_OFFICIAL", "OBLIGEE_OFFICIAL", "THIRD_OFFICIAL"];
        match self.dice.between(1, 10) {
            1 => {}
            2 => self.set("admissible", json!(["OBLIGOR_OFFICIAL", "INDUSTRY"])),
            _ => self.set("admissible", json!(official)),
        }
    }

    /// Sets a field of the terms.
    pub(super) fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.commitment.insert(field.to_owned(), value.into());
    }

    /// Sets a field of the terms to one of several values.
    pub(super) fn choose<T: Clone + Into<Value>>(&mut self, field: &str, choices: &[T]) {
        let value = self.dice.pick(choices);
        self.set(field, value);
    }

    /// One of the days, or a neighbour.
    pub(super) fn day(&mut self) -> Day {
        let days = self.days.clone();
        self.dice.pick(&days) + self.dice.pick(&[0, 0, 0, 0, 0, 0, 1, -1, 2, -2])
    }

    /// An instant of the grid: mostly a local midnight.
    pub(super) fn moment(&mut self) -> Instant {
        let day = self.day();
        self.calendar.start_of(day) + self.dice.pick(&[0, 0, 0, 0, 0, 6, 12]) * 3600
    }

    /// An instant of the grid after another.
    pub(super) fn moment_after(&mut self, than: Instant) -> Instant {
        for _ in 0..20 {
            let moment = self.moment();
            if moment > than {
                return moment;
            }
        }
        than + self.dice.between(1, 12) * DAY_SECONDS
    }

    /// The time at which something becomes known that happened at an instant.
    pub(super) fn known(&mut self, happened: Instant) -> Instant {
        let days = self.dice.pick(&[0, 0, 0, 0, 1, 2, 3, 5, 9, -1, -3]);
        (happened + days * DAY_SECONDS).max(self.known_from)
    }

    /// Writes a record; gives its id.
    pub(super) fn write(&mut self, kind: &str, recorded: Instant, fields: Value) -> String {
        let recorded = recorded.max(self.known_from);
        let id = format!("{}{}", &kind[..2], self.drafts.len());
        let mut record = Map::from_iter([("type".to_owned(), Value::from(kind)), ("id".to_owned(), Value::from(&*id))]);
        record.insert("recorded_at".to_owned(), Value::from(show_instant(recorded)));
        record.extend(fields.as_object().cloned().into_iter().flatten());
        self.drafts.push(Draft { recorded, fields: record, is_gone: false });
        id
    }

    /// The source class of an observation, if any.
    pub(super) fn class(&mut self) -> Value {
        let official =
            ["OBLIGOR_OFFICIAL", "OBLIGOR_OFFICIAL", "OBLIGEE_OFFICIAL", "OBLIGEE_OFFICIAL", "THIRD_OFFICIAL"];
        match self.dice.between(1, 20) {
            1 => Value::from("MEDIA"),
            2 => Value::from("INDUSTRY"),
            3 => Value::Null,
            _ => Value::from(self.dice.pick(&official)),
        }
    }

    /// Somebody who may do what only the obligee may, or who may not.
    pub(super) fn author(&mut self) -> &'static str {
        let (obligor, obligee) = (self.obligor, self.obligee);
        self.dice.pick(&[obligee, obligee, obligee, "JOINT", obligor, "EU"])
    }

    /// The ids and types of the records that stand and are of one of several types.
    pub(super) fn standing(&self, kinds: &[&str]) -> Vec<(usize, String)> {
        let is_meant =
            |draft: &Draft| !draft.is_gone && draft.fields["type"].as_str().is_some_and(|kind| kinds.contains(&kind));
        let id = |draft: &Draft| draft.fields["id"].as_str().unwrap_or_default().to_owned();
        self.drafts.iter().enumerate().filter(|(_, draft)| is_meant(draft)).map(|(at, draft)| (at, id(draft))).collect()
    }

    /// One standing record of one of several types: its place, and its fields. Often one that a waiver relies on.
    pub(super) fn one_of(&mut self, kinds: &[&str]) -> Option<(usize, Map<String, Value>)> {
        let mut standing = self.standing(kinds);
        if standing.is_empty() {
            return None;
        }
        if standing.iter().any(|(_, id)| self.relied_on.contains(id)) && self.dice.chance(60) {
            standing.retain(|(_, id)| self.relied_on.contains(id));
        }
        let (at, _) = self.dice.pick(&standing);
        Some((at, self.drafts[at].fields.clone()))
    }

    /// Replaces a record by another, which is written later and names it.
    pub(super) fn supersede(&mut self, at: usize, fields: Value) {
        let days = self.dice.pick(&[0, 1, 2, 5, 9, 15]);
        let (recorded, old) = (self.drafts[at].recorded + days * DAY_SECONDS, self.drafts[at].fields.clone());
        self.drafts[at].is_gone = true;
        let kind = old["type"].as_str().unwrap_or_default().to_owned();
        let mut fields = fields.as_object().cloned().unwrap_or_default();
        fields.insert("supersedes".to_owned(), old["id"].clone());
        let id = self.write(&kind, recorded, Value::Object(fields));
        // What relied on a record relies on how it is issued again.
        if self.relied_on.iter().any(|relied_on| old["id"] == **relied_on) {
            self.relied_on.push(id);
        }
    }

    /// Takes a record back.
    pub(super) fn retract(&mut self, kinds: &[&str]) {
        if let Some((at, fields)) = self.one_of(kinds) {
            let days = self.dice.pick(&[0, 1, 2, 5, 9, 15]);
            let recorded = self.drafts[at].recorded + days * DAY_SECONDS;
            self.drafts[at].is_gone = true;
            self.write("retract", recorded, json!({"target": fields["id"]}));
        }
    }

    /// A waiver: of the whole or of a part, valid or not, relying on figures or not.
    pub(super) fn waive(&mut self, targets: &[&str], evidence: &[&str], is_long: bool) {
        let at = self.moment();
        let mut fields = json!({"effective_at": show_instant(at), "by": self.author()});
        if !targets.is_empty() && self.dice.chance(75) {
            fields["target"] = Value::from(self.dice.pick(targets));
        } else if self.dice.chance(10) {
            fields["target"] = Value::from("c");
        }
        if !is_long && self.dice.chance(40) {
            fields["until"] = Value::from(show_instant(self.moment_after(at)));
        }
        if targets.is_empty() && self.dice.chance(35) {
            let from = self.moment().min(at);
            fields["covers_from"] = Value::from(show_instant(from));
        }
        let recorded = self.known(at);
        if self.dice.chance(35) {
            let known: Vec<_> =
                self.standing(evidence).into_iter().filter(|(at, _)| self.drafts[*at].recorded <= recorded).collect();
            if !known.is_empty() {
                let (_, id) = self.dice.pick(&known);
                fields["conditional_on"] = json!([id]);
                self.relied_on.push(id);
            }
        }
        self.write("waive", recorded, fields);
    }

    /// An excuse, in days.
    pub(super) fn excuse(&mut self) {
        let from = self.day();
        let through = if self.dice.chance(75) { Some(from + self.dice.between(0, 12) as Day) } else { None };
        let recorded = self.known(self.calendar.start_of(from));
        let is_accepted = self.dice.chance(75);
        let fields = json!({"from": show_day(from), "through": through.map(show_day), "accepted": is_accepted});
        self.write("excuse", recorded, fields);
    }

    /// A termination.
    pub(super) fn terminate(&mut self, tranches: &[&str]) {
        let at = self.moment();
        let mode = if self.dice.chance(12) { "void" } else { "prospective" };
        let mut fields = json!({"effective_at": show_instant(at), "mode": mode});
        if self.dice.chance(25) {
            let names: Vec<&str> =
                if tranches.len() > 1 && self.dice.chance(60) { tranches.to_vec() } else { vec!["c"] };
            fields["surviving"] = json!([self.dice.pick(&names)]);
        }
        let recorded = self.known(at);
        self.write("terminate", recorded, fields);
    }

    /// An allegation.
    pub(super) fn allege(&mut self) {
        let at = self.moment();
        let recorded = self.known(at);
        self.write("allege", recorded, json!({"effective_at": show_instant(at), "by": "US"}));
    }

    /// An amendment, whose change may depend on when it applies. Where there are readings, amendments take effect when
    /// they are recorded: an earlier-effective one later in the ledger would win over a later-effective one, which wins
    /// over a reading, which wins over the first.
    pub(super) fn amend(&mut self, change: impl Fn(&mut Story, Instant) -> Value) {
        let at = self.moment();
        let recorded = if self.has_readings { at.max(self.known_from) } else { self.known(at) };
        let at = if self.has_readings { recorded } else { at };
        let mut fields = json!({"effective_at": show_instant(at)});
        let mut applies = at;
        if self.dice.chance(35) {
            applies = self.moment().min(at);
            fields["retroactive_to"] = Value::from(show_instant(applies));
        }
        fields["set"] = change(self, applies);
        self.write("amend", recorded, fields);
    }

    /// A reading, perhaps adopted later.
    pub(super) fn read(&mut self, change: impl Fn(&mut Story, Instant) -> Value) {
        let at = self.moment();
        let set = change(self, Instant::MIN);
        let recorded = self.known(at);
        let id = self.write("reading", recorded, json!({"effective_at": show_instant(at), "set": set}));
        if self.dice.chance(40) {
            let adopted = self.moment().max(at);
            let name = if self.dice.chance(15) { "base".to_owned() } else { id };
            let known = self.known(adopted).max(recorded);
            self.write("adopt_reading", known, json!({"effective_at": show_instant(adopted), "reading": name}));
        }
    }

    /// Once a notice or a reading was taken back, nothing can resolve or adopt it any more.
    fn drop_what_rests_on_nothing(&mut self) {
        let (mut gone, mut dropped) = (Vec::new(), Vec::new());
        self.drafts.retain(|draft| {
            let named = |field: &str| draft.fields.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (target, rests_on) = match named("type").as_str() {
                "resolve" => (String::new(), named("target")),
                "adopt_reading" => (String::new(), named("reading")),
                "retract" => (named("target"), String::new()),
                _ => (named("supersedes"), String::new()),
            };
            let is_dropped = gone.contains(&rests_on) || dropped.contains(&target);
            if is_dropped {
                dropped.push(named("id"));
            } else if !target.is_empty() {
                gone.push(target);
            }
            !is_dropped
        });
    }

    /// The example: the records in order of record time, numbered.
    pub(super) fn close(mut self, kind: &str, seed: u64) -> (Value, Dice) {
        self.drafts.sort_by_key(|draft| draft.recorded);
        self.drop_what_rests_on_nothing();
        let number = |(index, draft): (usize, Draft)| {
            let mut fields = draft.fields;
            fields.retain(|field, value| !value.is_null() || ["to", "through", "rate"].contains(&field.as_str()));
            fields.insert("seq".to_owned(), Value::from(index + 1));
            Value::Object(fields)
        };
        let ledger: Vec<Value> = self.drafts.into_iter().enumerate().map(number).collect();
        let case = json!({
            "id": format!("R{seed}"), "kind": kind, "commitment": Value::Object(self.commitment), "ledger": ledger,
        });
        (case, self.dice)
    }
}
