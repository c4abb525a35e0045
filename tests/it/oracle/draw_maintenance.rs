//! Random suspensions and rate ceilings (section 4).

use serde_json::{Map, Value, json};

use super::draw::Story;
use super::time::{DAY_SECONDS, Day, Instant, show_instant};

/// What may be corrected by a later record of its kind.
const CORRECTED: [&str; 11] = [
    "observe",
    "observe",
    "rate_set",
    "rate_set",
    "waive",
    "excuse",
    "finding",
    "notice",
    "implement",
    "terminate",
    "amend",
];

/// What may be taken back.
const RETRACTED: [&str; 13] = [
    "reading",
    "adopt_reading",
    "observe",
    "rate_set",
    "waive",
    "excuse",
    "finding",
    "notice",
    "implement",
    "terminate",
    "amend",
    "notify_noncompliance",
    "exercise_suspension",
];

/// Terms and records of one of the two kinds.
pub(super) fn draw(story: &mut Story, is_ceiling: bool) {
    let first = story.first_day();
    let width = story.dice.pick(&[12, 18, 30]);
    story.days = (first..first + width).collect();
    story.open();
    terms(story, first, is_ceiling);
    if story.dice.chance(92) {
        implement(story);
    }
    if is_ceiling {
        first_rates(story);
    }
    if story.has_readings {
        story.read(|story, applies| change(story, applies, is_ceiling));
        if story.dice.chance(25) {
            story.read(|story, applies| change(story, applies, is_ceiling));
        }
    }
    if story.commitment.contains_key("snapback") && story.dice.chance(55) {
        notify(story);
    }
    if story.commitment.contains_key("depends_on") {
        for _ in 0..story.dice.between(0, 3) {
            depend(story);
        }
    }
    for _ in 0..story.dice.between(1, 7) {
        add(story, is_ceiling);
    }
    for _ in 0..story.dice.pick(&[0, 0, 0, 1, 1, 2]) {
        if story.dice.chance(60) { correct(story, is_ceiling) } else { story.retract(&RETRACTED) }
    }
}

fn terms(story: &mut Story, first: Day, is_ceiling: bool) {
    let start = story.calendar.start_of(first + story.dice.between(0, 4) as Day);
    story.set("effective_from", show_instant(start));
    if story.dice.chance(92) {
        let until = story.moment_after(start);
        story.set("until", show_instant(until));
    }
    if story.dice.chance(65) {
        let by = if story.dice.chance(60) { start } else { story.moment() };
        story.set("implement_by", show_instant(by));
    }
    if is_ceiling {
        story.choose("limit", &["20", "20", "10.5", "0"]);
    } else {
        story.choose("on_end", &["revive", "expire"]);
    }
    if story.dice.chance(75) {
        let cure = cure(story);
        story.set("cure", cure);
    }
    if story.dice.chance(50) {
        story.choose("tolerance_hours", &[0, 0, 6, 24, 48]);
    }
    if story.dice.chance(40) {
        let days = story.dice.between(1, 6);
        story.set("snapback", json!({"notice_days": days}));
    }
    if story.dice.chance(30) {
        let effect = story.dice.pick(&["AUTO_SUSPEND", "AUTO_SUSPEND", "RIGHT_TO_SUSPEND"]);
        let triggers = story.dice.pick(&[json!(["BREACHED"]), json!(["BREACHED", "NOT_MET"])]);
        story.set("depends_on", json!({"commitment": "other", "triggers": triggers, "effect": effect}));
    }
}

fn cure(story: &mut Story) -> Value {
    let mut cure = Map::from_iter([("days".to_owned(), Value::from(story.dice.pick(&[0, 1, 2, 2, 3, 5])))]);
    if story.dice.chance(70) {
        cure.insert("from".to_owned(), Value::from(story.dice.pick(&["breach", "notice"])));
    }
    if story.dice.chance(30) {
        cure.insert("max".to_owned(), Value::from(story.dice.between(0, 2)));
    }
    Value::Object(cure)
}

/// A change of the terms by an amendment or a reading.
fn change(story: &mut Story, applies: Instant, is_ceiling: bool) -> Value {
    let start = super::time::instant(story.commitment["effective_from"].as_str().unwrap_or_default());
    match story.dice.between(1, 10) {
        1 => json!({"cure": cure(story)}),
        2 => json!({"tolerance_hours": story.dice.pick(&[0, 6, 24, 48])}),
        3 if story.commitment.contains_key("snapback") => {
            json!({"snapback": {"notice_days": story.dice.between(1, 6)}})
        }
        4 => json!({"implement_by": show_instant(story.moment())}),
        5 | 6 if is_ceiling => json!({"limit": story.dice.pick(&["20", "10", "5.5", "30"])}),
        _ => json!({"until": show_instant(story.moment_after(start.max(applies)))}),
    }
}

fn add(story: &mut Story, is_ceiling: bool) {
    match story.dice.between(1, 24) {
        1..=8 if is_ceiling => rate(story),
        1..=8 => observe(story),
        9 | 10 => story.waive(&[], &["observe", "rate_set"], false),
        11 => story.excuse(),
        12 | 13 => finding(story),
        14 => at(story, "notice", json!({})),
        15 | 16 => notify(story),
        17 if story.dice.chance(50) => story.terminate(&[]),
        18..=20 => story.amend(|story, applies| change(story, applies, is_ceiling)),
        21 => story.allege(),
        22 => {
            let class = story.class();
            at(story, "measure_void", json!({"by": "a court", "source_class": class}));
        }
        23 if story.dice.chance(50) => exercise(story),
        24 if story.dice.chance(40) => implement(story),
        _ if is_ceiling => rate(story),
        _ => observe(story),
    }
}

/// What reciprocity hangs on: the counterpart's status, or the exercise of a right.
fn depend(story: &mut Story) {
    let is_right = story.commitment["depends_on"]["effect"] == "RIGHT_TO_SUSPEND";
    if is_right && story.dice.chance(40) {
        exercise(story);
    } else {
        let status = story.dice.pick(&["BREACHED", "BREACHED", "NOT_MET", "CURED", "ON_TRACK"]);
        at(story, "counter_status", json!({"commitment": "other", "status": status}));
    }
}

/// The exercise of a right to suspend, whether or not there is one.
fn exercise(story: &mut Story) {
    let from = story.moment();
    let to = story.dice.chance(80).then(|| show_instant(story.moment_after(from)));
    let recorded = story.known(from);
    story.write("exercise_suspension", recorded, json!({"effective_at": show_instant(from), "to": to}));
}

/// A record with an effective time; notices need an author.
fn at(story: &mut Story, kind: &str, fields: Value) {
    let moment = story.moment();
    let recorded = story.known(moment);
    let mut fields = fields;
    fields["effective_at"] = Value::from(show_instant(moment));
    if kind == "notice" {
        fields["by"] = Value::from(story.author());
    }
    story.write(kind, recorded, fields);
}

fn implement(story: &mut Story) {
    let by = story.commitment.get("implement_by").and_then(Value::as_str).map(super::time::instant);
    let moment = match by {
        Some(by) if story.dice.chance(55) => by,
        Some(by) if story.dice.chance(60) => by + story.dice.between(1, 4) * DAY_SECONDS,
        _ => story.moment(),
    };
    let recorded = story.known(moment);
    let class = story.class();
    story.write("implement", recorded, json!({"effective_at": show_instant(moment), "source_class": class}));
}

fn observed(story: &mut Story) -> (Instant, Value) {
    let from = story.moment();
    let to = story.dice.chance(70).then(|| show_instant(story.moment_after(from)));
    let state = story.dice.pick(&["APPLIED", "APPLIED", "APPLIED", "NOT_APPLIED"]);
    (from, json!({"state": state, "from": show_instant(from), "to": to, "source_class": story.class()}))
}

fn observe(story: &mut Story) {
    let (from, fields) = observed(story);
    let recorded = story.known(from);
    story.write("observe", recorded, fields);
}

/// The rates that were there before, mostly.
fn first_rates(story: &mut Story) {
    let before = story.calendar.start_of(story.days[0]);
    for (component, percent) in [("first", 80), ("second", 30)] {
        if story.dice.chance(percent) {
            let rate = story.dice.pick(&["10", "10", "20", "5.5"]);
            let fields = json!({
                "component": component, "rate": rate, "effective_at": show_instant(before),
                "source_class": "OBLIGOR_OFFICIAL",
            });
            story.write("rate_set", before, fields);
        }
    }
}

fn rate(story: &mut Story) {
    let moment = story.moment();
    let recorded = story.known(moment);
    let component = story.dice.pick(&["first", "second"]);
    let rate =
        story.dice.pick(&[json!("10"), json!("10"), json!("20"), json!("5.5"), json!("25"), json!("0"), Value::Null]);
    let class = story.class();
    let fields =
        json!({"component": component, "rate": rate, "effective_at": show_instant(moment), "source_class": class});
    story.write("rate_set", recorded, fields);
}

fn finding(story: &mut Story) {
    let from = story.moment();
    let to = story.moment_after(from);
    let at = if story.dice.chance(70) { to } else { story.moment() };
    let verdict = story.dice.pick(&["BREACH", "NO_BREACH"]);
    let to = story.dice.chance(85).then(|| show_instant(to));
    let recorded = story.known(at);
    let fields = json!({
        "effective_at": show_instant(at), "by": "JOINT", "verdict": verdict, "from": show_instant(from), "to": to,
    });
    story.write("finding", recorded, fields);
}

/// A notice of non-compliance, perhaps resolved: in time, at the last instant, or too late.
fn notify(story: &mut Story) {
    let at = story.moment();
    let recorded = story.known(at);
    let author = story.author();
    let id = story.write("notify_noncompliance", recorded, json!({"effective_at": show_instant(at), "by": author}));
    if story.dice.chance(55) {
        let days = story.commitment.get("snapback").and_then(|snapback| snapback["notice_days"].as_i64()).unwrap_or(3);
        let resolved = at + story.dice.pick(&[0, 1, 2, days, days, -1]) * DAY_SECONDS + story.dice.pick(&[0, 0, -1]);
        let known = story.known(resolved).max(recorded);
        story.write("resolve", known, json!({"target": id, "effective_at": show_instant(resolved)}));
    }
}

/// Writes a corrected version of a record: the same, or with one thing changed.
fn correct(story: &mut Story, is_ceiling: bool) {
    // Where there are readings amendments stay in order (see `Story::amend`).
    let kinds: Vec<&str> = CORRECTED.into_iter().filter(|kind| *kind != "amend" || !story.has_readings).collect();
    let Some((at, old)) = story.one_of(&kinds) else { return };
    let mut fields = old.clone();
    for field in ["id", "type", "recorded_at", "supersedes"] {
        fields.remove(field);
    }
    if story.dice.chance(80) {
        match old["type"].as_str().unwrap_or_default() {
            "observe" => fields = observed(story).1.as_object().cloned().unwrap_or_default(),
            "rate_set" => {
                fields
                    .insert("rate".to_owned(), story.dice.pick(&[json!("10"), json!("20"), json!("25"), Value::Null]));
            }
            "amend" => {
                let applies = old.get("retroactive_to").unwrap_or(&old["effective_at"]);
                let applies = super::time::instant(applies.as_str().unwrap_or_default());
                fields.insert("set".to_owned(), change(story, applies, is_ceiling));
            }
            "excuse" => {
                fields.insert("accepted".to_owned(), Value::from(story.dice.chance(60)));
            }
            "finding" => {
                fields.insert("verdict".to_owned(), Value::from(story.dice.pick(&["BREACH", "NO_BREACH"])));
            }
            _ => {
                let moment = show_instant(story.moment());
                fields.remove("covers_from");
                fields.remove("until");
                fields.insert("effective_at".to_owned(), Value::from(moment));
            }
        }
    }
    story.supersede(at, Value::Object(fields));
}
