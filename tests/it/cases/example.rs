//! Example: one worked example as events of a ledger. The table of the specification's last section says how.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use entente::domain::event::{InstrumentSigned, LedgerCreated, LedgerKind, StatementMade};
use entente::domain::{
    Collection, Dated, Day, Decimal, Docket, Event, EventId, Instant, Party, Payload, Position, Slug, Source,
    SourceClass, Status, Subject, Submission, Text, Unit,
};
use entente::views::Counterpart;
use serde_json::Value;

use super::record::{announcement, payloads};
use super::terms;

/// A worked example, said as events.
pub(crate) struct Example {
    /// Everything it records.
    pub(crate) docket: Docket,
    /// The same, event by event.
    pub(crate) events: Vec<Arc<Event>>,
    /// The commitment that is asked about.
    pub(crate) commitment: Slug,
    /// The counterpart's status, where the example gives it by hand.
    pub(crate) counterpart: ByHand,
    /// Which record each event came from.
    pub(crate) names: Names,
}

/// Which record of an example each event of a ledger came from, and the `seq` of each record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    by_position: BTreeMap<Position, String>,
    by_seq: BTreeMap<i64, String>,
}

impl Names {
    /// The names of an example whose events stand at other positions, none of them noted yet.
    pub(crate) fn elsewhere(&self) -> Self {
        Names { by_position: BTreeMap::new(), by_seq: self.by_seq.clone() }
    }

    /// Notes where an event of a record stands.
    pub(crate) fn note(&mut self, position: Position, record: &str) {
        self.by_position.insert(position, record.to_owned());
    }

    /// The record that the event at a position came from.
    pub(crate) fn of(&self, position: Position) -> Option<&str> {
        self.by_position.get(&position).map(String::as_str)
    }

    /// The record with this `seq`.
    pub(crate) fn with_seq(&self, seq: &serde_json::Number) -> Option<&str> {
        self.by_seq.get(&seq.as_i64()?).map(String::as_str)
    }

    /// The position through which the record with this `seq` is known.
    pub(crate) fn known_through(&self, seq: &serde_json::Number) -> Option<Position> {
        let record = self.with_seq(seq)?;
        self.by_position.iter().rev().find(|(_, name)| *name == record).map(|(position, _)| *position)
    }
}

/// A counterpart's status as an example gives it: each statement has a place in the ledger.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByHand {
    statements: Vec<Statement>,
    corrections: Vec<(Position, EventId)>,
}

#[derive(Debug, Clone)]
struct Statement {
    commitment: Slug,
    position: Position,
    id: EventId,
    effective_at: Instant,
    status: Status,
}

impl ByHand {
    /// The commitment whose status is said anew at a position: by a statement, or by what corrects one.
    pub(crate) fn said_at(&self, position: Position) -> Option<&Slug> {
        let corrected = self.corrections.iter().find(|(at, _)| *at == position).map(|(_, id)| *id);
        let said = self.statements.iter().find(|s| s.position == position || Some(s.id) == corrected);
        said.map(|statement| &statement.commitment)
    }
}

impl Counterpart for ByHand {
    fn history(&self, commitment: &Slug, known: Position) -> Vec<(Instant, Status)> {
        let dead: HashSet<EventId> =
            self.corrections.iter().filter(|(at, _)| *at <= known).map(|(_, id)| *id).collect();
        let of_it = self.statements.iter().filter(|s| s.commitment == *commitment);
        let known = of_it.filter(|s| s.position <= known && !dead.contains(&s.id));
        let mut history: Vec<(Instant, Position, Status)> =
            known.map(|s| (s.effective_at, s.position, s.status)).collect();
        history.sort();
        history.into_iter().map(|(at, _, status)| (at, status)).collect()
    }
}

/// What the conversion of a record needs to know of its example.
pub(crate) struct Setting {
    pub(crate) kind: String,
    pub(crate) commitment: Slug,
    pub(crate) obligor: Party,
    pub(crate) obligee: Party,
    pub(crate) zone: entente::domain::Zone,
    pub(crate) tranches: Vec<String>,
    pub(crate) pace: Option<entente::domain::terms::Pace>,
    /// The commitment that this one depends on.
    pub(crate) counterpart: Slug,
    /// Units that the example makes up, each as one that it does not use.
    pub(crate) units: BTreeMap<String, Unit>,
}

impl Setting {
    /// The unit of this name.
    pub(crate) fn unit(&self, name: &str) -> Result<Unit, String> {
        Unit::parse(name).or_else(|error| self.units.get(name).copied().ok_or(error)).map_err(|e| e.to_string())
    }
}

/// A ledger's units are a closed list. Of what an example counts in other ones, only the factors of its terms are known,
/// so any unit that it does not use serves.
fn made_up_units(example: &Value) -> BTreeMap<String, Unit> {
    let mut named = BTreeSet::new();
    name_units(example, &mut named);
    let (known, unknown): (Vec<&str>, Vec<&str>) = named.into_iter().partition(|name| Unit::parse(name).is_ok());
    let uncommon = ["container", "teu", "head", "vessel", "bale", "item", "person", "MWh", "TWh", "MMBtu"];
    let free = uncommon.into_iter().filter(|code| !known.contains(code)).filter_map(|code| Unit::parse(code).ok());
    unknown.into_iter().map(str::to_owned).zip(free).collect()
}

fn name_units<'v>(value: &'v Value, named: &mut BTreeSet<&'v str>) {
    for item in value.as_array().into_iter().flatten() {
        name_units(item, named);
    }
    for (field, item) in value.as_object().into_iter().flatten() {
        match field.as_str() {
            "unit" => named.extend(item.as_str()),
            "conversions" => named.extend(item.as_object().into_iter().flatten().map(|(unit, _)| unit.as_str())),
            _ => name_units(item, named),
        }
    }
}

/// Reads an example into a docket. What cannot be read is an error that says what it was.
pub(crate) fn docket_of(example: &Value) -> Result<Example, String> {
    let kind = text(example, "kind")?;
    let terms = &example["commitment"];
    let setting = Setting {
        kind: kind.clone(),
        commitment: slug(&text(terms, "id")?),
        obligor: party(terms, "obligor", "CN")?,
        obligee: party(terms, "obligee", "US")?,
        zone: entente::domain::Zone::parse(terms["zone"].as_str().unwrap_or("UTC")).map_err(|e| e.to_string())?,
        tranches: ids_of(&terms["tranches"]).chain(ids_of(&terms["periods"])).collect(),
        pace: terms::base_pace(terms)?,
        units: made_up_units(example),
        counterpart: slug(terms["depends_on"]["commitment"].as_str().unwrap_or("other")),
    };
    let undertaken_at = instant(terms, "recorded_at")?;
    let listed = example["ledger"].as_array().into_iter().flatten();
    // What an example records before its commitment waits for it: a ledger holds nothing about what it does not know.
    let dated = listed.map(|record| Ok((instant(record, "recorded_at")?.max(undertaken_at), record)));
    let mut records: Vec<(Instant, &Value)> = dated.collect::<Result<_, String>>()?;
    records.sort_by_key(|(recorded_at, record)| (*recorded_at, record["seq"].as_i64()));

    let mut writer = Writer::default();
    writer.open(&setting, undertaken_at);
    let mut seen: HashSet<String> = HashSet::new();
    // The measures that a commitment names are announced before it.
    let (announced, records): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|(at, record)| record["type"] == "announce" && *at == undertaken_at);
    for (recorded_at, record) in &announced {
        seen.insert(text(record, "id")?);
        writer.record(&setting, record, *recorded_at)?;
    }
    writer.announce_the_rest(&setting, terms, undertaken_at);
    writer.undertake(&setting, terms, undertaken_at)?;
    for (recorded_at, record) in records {
        // K1: records with the same id after the first are ignored; a ledger refuses them.
        if seen.insert(text(record, "id")?) {
            writer.record(&setting, record, recorded_at)?;
        }
    }
    Ok(writer.finish(setting.commitment))
}

#[derive(Default)]
struct Writer {
    docket: Docket,
    events: Vec<Arc<Event>>,
    counterpart: ByHand,
    names: Names,
    subjects: BTreeMap<EventId, Subject>,
}

impl Writer {
    fn open(&mut self, setting: &Setting, at: Instant) {
        let created =
            LedgerCreated { kind: LedgerKind::Replay, title: words("example"), incarnation: words("example") };
        self.append("ledger", Subject::Ledger, None, None, at, Payload::LedgerCreated(created));
        let signed = InstrumentSigned {
            title: words("instrument"),
            parties: vec![setting.obligor, setting.obligee],
            signed_at: Dated::exact(at),
            place: None,
        };
        self.append("instrument", instrument(), None, None, at, Payload::InstrumentSigned(signed.into()));
    }

    /// Announces the measures that the commitment names and no record announces.
    fn announce_the_rest(&mut self, setting: &Setting, terms: &Value, at: Instant) {
        for name in terms["measures"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let subject = Subject::Member(Collection::Measures, slug(name));
            if !self.docket.knows(&subject) {
                self.append(
                    &format!("measure {name}"),
                    subject,
                    None,
                    None,
                    at,
                    announcement(setting, Dated::exact(at)),
                );
            }
        }
    }

    fn undertake(&mut self, setting: &Setting, terms: &Value, at: Instant) -> Result<(), String> {
        let payload = Payload::CommitmentUndertaken(Box::new(terms::undertaking(setting, terms)?));
        self.append(
            &undertaking_name(&setting.commitment),
            Subject::commitment(setting.commitment.clone()),
            None,
            None,
            at,
            payload,
        );
        Ok(())
    }

    fn record(&mut self, setting: &Setting, record: &Value, at: Instant) -> Result<(), String> {
        let name = text(record, "id")?;
        self.names.by_seq.extend(record["seq"].as_i64().map(|seq| (seq, name.clone())));
        let supersedes = record["supersedes"].as_str().map(event_id);
        if record["type"] == "counter_status" {
            return self.counter_status(setting, record, &name, supersedes, at);
        }
        // A record is about the commitment, unless it names one of its measures.
        let about = record["measure"].as_str().map(slug);
        let about = about.map(|measure| Subject::Member(Collection::Measures, measure));
        let about = about.unwrap_or_else(|| Subject::commitment(setting.commitment.clone()));
        for payload in payloads(setting, record)? {
            let (event, subject, supersedes) = match &payload {
                Payload::InstrumentTerminated(_) => (name.clone(), instrument(), supersedes),
                Payload::EventRetracted(retracted) => {
                    self.counterpart.corrections.push((self.docket.head().next(), retracted.event));
                    let subject = self.subjects.get(&retracted.event).cloned();
                    (name.clone(), subject.unwrap_or_else(instrument), supersedes)
                }
                // Accepting is an event of its own; what corrects the record corrects the claim.
                Payload::ExcuseAccepted(_) => (format!("{name} accepted"), about.clone(), None),
                _ => (name.clone(), about.clone(), supersedes),
            };
            let class = record["source_class"].as_str();
            self.append(&event, subject, supersedes, class, at, payload);
            self.names.note(self.docket.head(), &name);
        }
        Ok(())
    }

    /// A real ledger computes the counterpart's status; here a statement keeps its place in the order of events.
    fn counter_status(
        &mut self,
        setting: &Setting,
        record: &Value,
        name: &str,
        supersedes: Option<EventId>,
        at: Instant,
    ) -> Result<(), String> {
        let status = text(record, "status")?;
        let position = self.docket.head().next();
        let commitment = record["commitment"].as_str().map_or_else(|| setting.counterpart.clone(), slug);
        self.counterpart.corrections.extend(supersedes.map(|earlier| (position, earlier)));
        self.counterpart.statements.push(Statement {
            commitment: commitment.clone(),
            position,
            id: event_id(name),
            effective_at: instant(record, "effective_at")?,
            status: Status::parse(&status).ok_or(format!("{status} is no status"))?,
        });
        let statement =
            StatementMade { by: words("example"), made_at: Dated::exact(at), summary: words("counterpart's status") };
        let subject = Subject::commitment(commitment);
        self.append(name, subject, supersedes, None, at, Payload::StatementMade(statement));
        self.names.note(self.docket.head(), name);
        Ok(())
    }

    fn append(
        &mut self,
        name: &str,
        subject: Subject,
        supersedes: Option<EventId>,
        class: Option<&str>,
        recorded_at: Instant,
        payload: Payload,
    ) {
        let position = self.docket.head().next();
        let event_id = event_id(name);
        self.subjects.insert(event_id, subject.clone());
        let submission = Submission {
            event_id,
            subject,
            sources: vec![source(class)].into(),
            supersedes,
            note: None,
            confidence: None,
            recorded_at: Some(recorded_at),
            recorded_basis: None,
            payload,
        };
        let event = Arc::new(Event {
            position,
            recorded_at,
            recorded_by: words("example"),
            append_through: position,
            submission,
        });
        self.docket.fold(Arc::clone(&event));
        self.events.push(event);
    }

    fn finish(self, commitment: Slug) -> Example {
        let Writer { docket, events, counterpart, names, .. } = self;
        Example { docket, events, commitment, counterpart, names }
    }
}

/// The name by which the event of an undertaking gets its id.
fn undertaking_name(commitment: &Slug) -> String {
    format!("commitment {commitment}")
}

/// The id of the event that a record of this id became; a commitment's own id means its undertaking.
pub(crate) fn event_of(setting: &Setting, record: &str) -> EventId {
    match record == setting.commitment.as_str() {
        true => event_id(&undertaking_name(&setting.commitment)),
        false => event_id(record),
    }
}

fn instrument() -> Subject {
    Subject::Member(Collection::Instruments, slug("instrument"))
}

pub(crate) fn source(class: Option<&str>) -> Source {
    Source {
        publisher: words("example"),
        title: None,
        address: None,
        archived_address: None,
        published: None,
        class: class.and_then(SourceClass::parse),
        attribution: None,
        quality: None,
    }
}

fn ids_of(list: &Value) -> impl Iterator<Item = String> + '_ {
    list.as_array().into_iter().flatten().filter_map(|entry| entry["id"].as_str().map(str::to_owned))
}

/// The id of a record's event: 16 bytes that sort as the names do, as far as eight letters go.
pub(crate) fn event_id(name: &str) -> EventId {
    let mut bytes = [0x2d; 16];
    for (byte, letter) in bytes.iter_mut().zip(name.bytes().take(8)) {
        *byte = letter;
    }
    // FNV-1a of the whole name tells apart names that begin alike.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    bytes[8..].copy_from_slice(&hash.to_be_bytes());
    EventId::from_bytes(bytes)
}

/// A name as an identifier: what an identifier cannot hold becomes a hyphen.
pub(crate) fn slug(name: &str) -> Slug {
    let kept = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let lower: String = name.to_lowercase().chars().map(|c| if kept(c) { c } else { '-' }).collect();
    Slug::parse(lower.trim_matches(|c| c == '-' || c == '_')).expect("a name of an example has a letter or digit")
}

/// A text that is not empty.
pub(crate) fn words(text: &str) -> Text {
    Text::new(text).expect("texts of examples are short")
}

/// A text field.
pub(crate) fn text(value: &Value, field: &str) -> Result<String, String> {
    value[field].as_str().map(str::to_owned).ok_or_else(|| format!("no text {field:?} in {value}"))
}

/// An instant field.
pub(crate) fn instant(value: &Value, field: &str) -> Result<Instant, String> {
    Instant::parse(&text(value, field)?).map_err(|e| e.to_string())
}

/// An instant field that may be absent or null.
pub(crate) fn instant_or_none(value: &Value, field: &str) -> Result<Option<Instant>, String> {
    value[field].as_str().map(Instant::parse).transpose().map_err(|e| e.to_string())
}

/// A day field.
pub(crate) fn day(value: &Value, field: &str) -> Result<Day, String> {
    Day::parse(&text(value, field)?).map_err(|e| e.to_string())
}

/// A day field that may be absent or null.
pub(crate) fn day_or_none(value: &Value, field: &str) -> Result<Option<Day>, String> {
    value[field].as_str().map(Day::parse).transpose().map_err(|e| e.to_string())
}

/// A party field, or a default where it is absent.
pub(crate) fn party(value: &Value, field: &str, default: &str) -> Result<Party, String> {
    Party::parse(value[field].as_str().unwrap_or(default)).map_err(|e| e.to_string())
}

/// An exact decimal, whether it is written as a number or as a text.
pub(crate) fn decimal(value: &Value) -> Result<Decimal, String> {
    let written = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(format!("{other} is no number")),
    };
    // 2721554.0 and 2721554 are one number; a JSON writer that knows floats only adds the point.
    let plain = written.strip_suffix(".0").unwrap_or(&written);
    Decimal::parse(plain).or_else(|error| from_float(value).ok_or(error)).map_err(|e| e.to_string())
}

/// A number that a JSON writer wrote as a float, with an exponent or with more digits than a decimal has.
fn from_float(value: &Value) -> Option<Decimal> {
    let written = format!("{:.12}", value.as_f64()?);
    Decimal::parse(written.trim_end_matches('0').trim_end_matches('.')).ok()
}

/// A whole number, or a default where the field is absent or null.
pub(crate) fn whole(value: &Value, field: &str, default: u32) -> Result<u32, String> {
    match &value[field] {
        Value::Null => Ok(default),
        given => decimal(given)?.to_string().parse().map_err(|_| format!("{field}: {given} is no whole number")),
    }
}
