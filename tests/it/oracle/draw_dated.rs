//! Random acts, periodic ceilings and licensing flows (sections 6, 7 and 8).

use serde_json::{Map, Value, json};

use super::draw::Story;
use super::time::{DAY_SECONDS, Day, Instant, day, months_after, show_day, show_instant};

/// A one-off act with its doings and undoings.
pub(super) fn draw_act(story: &mut Story) {
    let first = story.first_day();
    story.days = (first..first + story.dice.pick(&[10, 16, 24])).collect();
    story.open();
    let start = story.calendar.start_of(first + story.dice.between(0, 3) as Day);
    story.set("effective_from", show_instant(start));
    let last = first + story.dice.between(5, 12) as Day;
    story.set("through", show_day(last));
    let (count, cure, lag) =
        (story.dice.pick(&[1, 1, 2, 3]), story.dice.pick(&[0, 0, 2, 4, 6]), story.dice.pick(&[0, 2, 3, 8]));
    let missing = story.dice.pick(&["UNVERIFIED", "NOT_MET"]);
    for (field, value) in [("count", json!(count)), ("cure_days", json!(cure)), ("reporting_lag_days", json!(lag))] {
        if story.dice.chance(85) {
            story.set(field, value);
        }
    }
    if story.dice.chance(85) {
        story.set("on_missing", missing);
    }
    if story.dice.chance(45) {
        // Never before any day that an amendment or a reading may move the due date to.
        let persist = first + 18 + story.dice.between(0, 4) as Day;
        story.set("persist_through", show_day(persist));
        story.days.push(persist + 1);
    }
    if story.has_readings {
        story.read(|story, _| change_act(story, first));
    }
    for _ in 0..story.dice.between(1, 7) {
        match story.dice.between(1, 16) {
            1..=8 => act(story),
            9 | 10 => reverse(story),
            11 if story.dice.chance(30) => story.excuse(),
            11 => story.waive(&[], &["act"], false),
            12 => story.terminate(&[]),
            13 | 14 => story.amend(|story, _| change_act(story, first)),
            15 => story.allege(),
            _ => story.retract(&["act", "act", "reversal", "waive", "amend", "terminate", "reading", "adopt_reading"]),
        }
    }
    if story.dice.chance(25) {
        correct_act(story);
    }
}

fn change_act(story: &mut Story, first: Day) -> Value {
    match story.dice.between(1, 8) {
        1..=3 => json!({"through": show_day(first + story.dice.between(5, 17) as Day)}),
        4 => json!({"count": story.dice.between(1, 3)}),
        5 => json!({"cure_days": story.dice.pick(&[0, 2, 4, 6])}),
        6 => json!({"reporting_lag_days": story.dice.pick(&[0, 2, 3, 8])}),
        7 => json!({"persist_through": show_day(first + 18 + story.dice.between(0, 4) as Day)}),
        _ => json!({"on_missing": story.dice.pick(&["UNVERIFIED", "NOT_MET"])}),
    }
}

fn acted(story: &mut Story) -> (Instant, Value) {
    let at = story.moment();
    let stage = story.dice.pick(&["EFFECTIVE", "EFFECTIVE", "EFFECTIVE", "ANNOUNCED", "ADOPTED"]);
    let count = story.dice.pick(&[1, 1, 1, 2]);
    let class = story.class();
    (at, json!({"performed_at": show_instant(at), "stage": stage, "count": count, "source_class": class}))
}

fn act(story: &mut Story) {
    let (at, fields) = acted(story);
    let recorded = story.known(at);
    story.write("act", recorded, fields);
}

fn reverse(story: &mut Story) {
    let at = story.moment();
    let recorded = story.known(at);
    let mut fields = json!({"performed_at": show_instant(at), "count": story.dice.pick(&[1, 1, 2])});
    if story.dice.chance(40) {
        fields["source_class"] = story.class();
    }
    story.write("reversal", recorded, fields);
}

fn correct_act(story: &mut Story) {
    if let Some((at, old)) = story.one_of(&["act"]) {
        let mut fields = acted(story).1;
        if story.dice.chance(20) {
            fields = json!({});
            for field in ["performed_at", "stage", "count", "source_class"] {
                fields[field] = old.get(field).cloned().unwrap_or_default();
            }
        }
        story.supersede(at, fields);
    }
}

/// Test periods in order, months or short spans.
fn periods(story: &mut Story) -> Vec<(&'static str, Day, Day)> {
    let is_monthly = story.dice.chance(50);
    let mut start = if is_monthly {
        day(story.dice.pick(&["2026-01-01", "2025-11-01", "2028-02-01", "2026-10-01"]))
    } else {
        story.first_day()
    };
    let mut periods = Vec::new();
    for name in ["p1", "p2", "p3", "p4"].into_iter().take(story.dice.between(1, 4) as usize) {
        let end = if is_monthly { months_after(start, 1, false) } else { start + 10 };
        periods.push((name, start, end - 1));
        start = end + story.dice.pick(&[0, 0, 0, 0, 3]);
    }
    let lag = story.dice.pick(&[0, 4, 8]);
    story.days = periods.iter().flat_map(|(_, start, last)| [*start, *last + 1, *last + 1 + lag]).collect();
    story.open();
    let begins = periods[0].1 + story.dice.pick(&[0, 0, 0, -3, 2]);
    let begins = story.calendar.start_of(begins);
    story.set("effective_from", show_instant(begins));
    story.set("reporting_lag_days", lag);
    story.choose("on_missing", &["UNVERIFIED", "NOT_MET"]);
    match story.dice.between(1, 10) {
        1 => {}
        2..=3 => story.set("cure", Value::Null),
        _ => story.set("cure", "next_period"),
    }
    let listed: Vec<Value> = periods
        .iter()
        .map(|(id, start, last)| json!({"id": id, "start": show_day(*start), "through": show_day(*last)}))
        .collect();
    story.set("periods", listed);
    periods
}

/// A periodic ceiling or share with its figures.
pub(super) fn draw_ceiling(story: &mut Story) {
    let periods = periods(story);
    let ids: Vec<&str> = periods.iter().map(|(id, _, _)| *id).collect();
    story.choose("comparator", &["LE", "LE", "LE", "LT", "GE", "GT"]);
    story.choose("limit", &["0.2", "0.2", "0.25", "0.05"]);
    story.choose("series_rule", &["PRIMARY", "CONCUR", "CONCUR", "CONSERVATIVE"]);
    story.set("primary", "gacc");
    if story.dice.chance(20) {
        story.choose("series", &[json!(["gacc"]), json!(["gacc", "tracker"])]);
    }
    story.choose("disagreement_pct", &[0, 10, 50]);
    let has_two = story.dice.chance(45);
    for (id, _, last) in &periods {
        let over = story.calendar.end_of(*last);
        if story.dice.chance(82) {
            metric(story, id, "gacc", over);
        }
        if has_two && story.dice.chance(70) {
            metric(story, id, "tracker", over);
        }
        if story.dice.chance(8) {
            metric(story, id, "gacc", over);
        }
    }
    happen(story, &ids, "metric", |story| match story.dice.between(1, 7) {
        6 | 7 => change_periods(story, &periods),
        1..=3 => json!({"limit": story.dice.pick(&["0.2", "0.25", "0.05", "0.1"])}),
        4 => json!({"reporting_lag_days": story.dice.pick(&[0, 4, 8])}),
        _ => json!({"on_missing": story.dice.pick(&["UNVERIFIED", "NOT_MET"])}),
    });
}

/// The last period ends on another day, or one more follows it.
fn change_periods(story: &mut Story, periods: &[(&'static str, Day, Day)]) -> Value {
    let (id, start, last) = periods[periods.len() - 1];
    let mut changes = Map::new();
    if story.dice.chance(60) {
        let last = (last + story.dice.pick(&[-3, -1, 2, 5])).max(start);
        changes.insert(id.to_owned(), json!({"through": show_day(last)}));
    } else {
        changes.insert("p9".to_owned(), json!({"start": show_day(last + 1), "through": show_day(last + 10)}));
    }
    json!({"periods": changes})
}

fn figures(story: &mut Story) -> (Value, Value) {
    let (num, den) = story.dice.pick(&[
        ("20", "100"),
        ("20", "100"),
        ("25", "100"),
        ("10", "50"),
        ("26", "130"),
        ("5", "100"),
        ("20.0001", "100"),
        ("19.9", "100"),
        ("0", "130"),
        ("30", "100"),
        ("30", "100"),
        ("5", "0"),
    ]);
    (Value::from(num), Value::from(den))
}

fn metric(story: &mut Story, period: &str, series: &str, over: Instant) {
    let recorded = over + story.dice.pick(&[0, 0, 1, 2, 4, 7, 8, 20, -2]) * DAY_SECONDS;
    let (num, den) = figures(story);
    let class = story.class();
    let mut fields = json!({"period": period, "num": num, "den": den, "series": series, "source_class": class});
    if story.dice.chance(5) {
        fields["bound"] = Value::from(story.dice.pick(&["AT_LEAST", "ABOUT", "EXACT"]));
    }
    story.write("metric", recorded, fields);
}

/// A licensing flow with its snapshots.
pub(super) fn draw_licences(story: &mut Story) {
    let periods = periods(story);
    let ids: Vec<&str> = periods.iter().map(|(id, _, _)| *id).collect();
    let within = story.dice.pick(&[0, 5, 10, 10, 20]);
    story.set("decide_within_days", within);
    story.choose("min_share", &["0.9", "0.5", "0.75"]);
    story.choose("min_sample", &[1, 5, 20]);
    for (id, start, last) in &periods {
        let mature = *last + within as Day;
        for _ in 0..story.dice.pick(&[0, 1, 1, 2, 2, 3]) {
            let through = story.dice.pick(&[*last, *last, *last + 2, mature, mature, mature - 1, *start + 4]);
            let over = story.calendar.end_of(through);
            let recorded = over + story.dice.pick(&[0, 0, 1, 2, 4, 8, -1]) * DAY_SECONDS;
            let fields = cohort(story, id, through);
            story.write("cohort", recorded, fields);
        }
    }
    happen(story, &ids, "cohort", |story| match story.dice.between(1, 6) {
        6 => change_periods(story, &periods),
        1 => json!({"min_share": story.dice.pick(&["0.9", "0.5", "0.75"])}),
        2 => json!({"min_sample": story.dice.pick(&[1, 5, 20])}),
        3 => json!({"decide_within_days": story.dice.pick(&[0, 5, 10])}),
        4 => json!({"reporting_lag_days": story.dice.pick(&[0, 4, 8])}),
        _ => json!({"on_missing": story.dice.pick(&["UNVERIFIED", "NOT_MET"])}),
    });
}

fn cohort(story: &mut Story, period: &str, through: Day) -> Value {
    let submitted = story.dice.pick(&[4, 10, 20, 20, 22]);
    let withdrawn = story.dice.pick(&[0, 0, 0, 2]);
    let n = submitted - withdrawn;
    let on_time = story.dice.pick(&[n, n - 2, n / 2, n * 3 / 4, n / 4]).max(0);
    let late = if story.dice.chance(50) { 0 } else { story.dice.between(0, n - on_time) };
    let class = story.class();
    json!({
        "period": period, "snapshot_through": show_day(through), "submitted": submitted, "withdrawn": withdrawn,
        "on_time": on_time, "late": late, "pending": n - on_time - late, "source_class": class,
    })
}

/// What may happen to both kinds that are judged by period.
fn happen(story: &mut Story, ids: &[&str], evidence: &'static str, change: impl Fn(&mut Story) -> Value) {
    if story.has_readings {
        story.read(|story, _| change(story));
        if story.dice.chance(25) {
            story.read(|story, _| change(story));
        }
    }
    for _ in 0..story.dice.pick(&[0, 1, 1, 2, 3]) {
        match story.dice.between(1, 10) {
            1..=3 => story.waive(ids, &[evidence], true),
            4 | 5 => story.terminate(&[]),
            6 | 7 => story.amend(|story, _| change(story)),
            8 if story.dice.chance(30) => story.excuse(),
            8 => story.allege(),
            _ => story.retract(&[evidence, evidence, "waive", "terminate", "amend", "reading", "adopt_reading"]),
        }
    }
    if story.dice.chance(40) {
        correct_figures(story, evidence);
    }
}

fn correct_figures(story: &mut Story, evidence: &str) {
    let Some((at, old)) = story.one_of(&[evidence]) else { return };
    let mut fields = old.clone();
    for field in ["id", "type", "recorded_at", "supersedes"] {
        fields.remove(field);
    }
    if story.dice.chance(75) {
        if evidence == "metric" {
            let (num, den) = figures(story);
            fields.insert("num".to_owned(), num);
            fields.insert("den".to_owned(), den);
        } else {
            let through = day(old["snapshot_through"].as_str().unwrap_or_default());
            let period = old["period"].as_str().unwrap_or_default().to_owned();
            fields = cohort(story, &period, through).as_object().cloned().unwrap_or_default();
        }
    }
    story.supersede(at, Value::Object(fields));
}
