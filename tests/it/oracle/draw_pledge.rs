//! Random purchase pledges (section 5).

use serde_json::{Map, Value, json};

use super::draw::Story;
use super::time::{DAY_SECONDS, Day, Instant, day, first_of_month, month_label, months_after, show_day, show_instant};

/// A pledge being drawn: its windows, and the periods that statistics come in.
struct Plan {
    is_monthly: bool,
    tranches: Vec<(String, Day, Day)>,
    series: Vec<&'static str>,
}

/// What may be taken back.
const RETRACTED: [&str; 10] =
    ["amount", "amount", "amount", "amount", "waive", "excuse", "terminate", "amend", "reading", "adopt_reading"];

/// Terms and records.
pub(super) fn draw(story: &mut Story) {
    let plan = plan(story);
    story.open();
    terms(story, &plan);
    let edges = edges(story, &plan);
    for series in &plan.series {
        let own = if story.dice.chance(85) { edges.clone() } else { coarser(&edges) };
        report(story, series, &own);
    }
    let ids: Vec<&str> = plan.tranches.iter().map(|(id, _, _)| id.as_str()).collect();
    if story.has_readings {
        story.read(|story, _| change(story, &plan, true));
        if story.dice.chance(25) {
            story.read(|story, _| change(story, &plan, true));
        }
    }
    for _ in 0..story.dice.pick(&[0, 1, 1, 2, 3]) {
        match story.dice.between(1, 12) {
            1..=3 => story.waive(&ids, &["amount"], false),
            4..=6 => story.excuse(),
            7 | 8 => story.terminate(&ids),
            9..=11 => story.amend(|story, _| change(story, &plan, false)),
            _ => story.allege(),
        }
    }
    for _ in 0..story.dice.pick(&[0, 0, 1, 1, 2]) {
        if story.dice.chance(65) { correct(story) } else { story.retract(&RETRACTED) }
    }
}

fn plan(story: &mut Story) -> Plan {
    let is_monthly = story.dice.chance(50);
    let names = ["t1", "t2", "t3"];
    let mut tranches: Vec<(String, Day, Day)> = Vec::new();
    let mut start = if is_monthly {
        day(story.dice.pick(&["2025-11-01", "2026-01-01", "2028-01-01", "2026-02-01", "2026-09-01"]))
    } else {
        story.first_day()
    };
    for name in names.iter().take(story.dice.pick(&[1, 1, 2, 2, 3])) {
        let end = if is_monthly {
            months_after(start, story.dice.between(1, 3) as i32, false)
        } else {
            start + story.dice.between(14, 35) as Day
        };
        tranches.push(((*name).to_owned(), start, end - 1));
        let gap = if is_monthly { 0 } else { story.dice.pick(&[0, 0, 0, 4, -4]) };
        start = (end + gap).max(start);
    }
    let edges = tranches.iter().flat_map(|(_, start, last)| [*start, *last + 1, *last + 1]);
    story.days = edges.flat_map(|edge| [edge, edge + 5, edge + 10]).collect();
    let series = story.dice.pick(&[vec!["esr"], vec!["esr"], vec!["esr", "customs"], vec!["esr", "customs", "port"]]);
    Plan { is_monthly, tranches, series }
}

fn terms(story: &mut Story, plan: &Plan) {
    story.set("unit", "t");
    story.set("basis", "SOLD");
    story.set("conversions", json!({"kt": "1000", "container": "0.5"}));
    story.set("series", json!(plan.series));
    story.choose("series_rule", &["PRIMARY", "CONCUR", "CONSERVATIVE"]);
    story.set("primary", plan.series[0]);
    story.choose("disagreement_pct", &[0, 10, 50]);
    if story.dice.chance(85) {
        story.choose("reporting_lag_days", &[0, 5, 5, 10, 20]);
    }
    if story.dice.chance(85) {
        story.choose("on_missing", &["UNVERIFIED", "NOT_MET"]);
    }
    if story.dice.chance(80) {
        story.choose("carry", &["none", "forward"]);
    }
    if story.dice.chance(90) {
        let pace = pace(story, plan);
        story.set("pace", pace);
    }
    let mut tranches = Vec::new();
    for (id, start, last) in &plan.tranches {
        let mut tranche = json!({
            "id": id, "start": show_day(*start), "through": show_day(*last), "target": target(story),
            "cure_days": story.dice.pick(&[0, 0, 5, 10, 31]),
        });
        if story.dice.chance(15) {
            let series = story.dice.pick(&plan.series);
            tranche["target_by_series"] = Value::Object(Map::from_iter([(series.to_owned(), target(story))]));
        }
        tranches.push(tranche);
    }
    story.set("tranches", tranches);
}

fn target(story: &mut Story) -> Value {
    if story.dice.chance(2) {
        return json!(0);
    }
    story.dice.pick(&[json!(6), json!(8), json!(8), json!(10), json!(12), json!(7.5), json!(3)])
}

fn pace(story: &mut Story, plan: &Plan) -> Value {
    let tolerance = story.dice.pick(&[0, 0, 10, 25]);
    // A pace with weights stays one with weights: an amendment that sets another method would leave them behind.
    let is_seasonal = story.commitment.get("pace").is_some_and(|pace| pace["method"] == "SEASONAL");
    let method = if is_seasonal {
        "SEASONAL"
    } else if plan.is_monthly {
        story.dice.pick(&["LINEAR_DAYS", "LINEAR_MONTHS", "SEASONAL", "SEASONAL", "NONE"])
    } else {
        story.dice.pick(&["LINEAR_DAYS", "LINEAR_DAYS", "LINEAR_DAYS", "LINEAR_MONTHS", "NONE"])
    };
    let mut pace = json!({"method": method, "tolerance_pct": tolerance});
    if method == "SEASONAL" {
        let mut weights = Map::new();
        let mut month = plan.tranches[0].1;
        for _ in 0..story.dice.between(4, 10) {
            let weight = story.dice.pick(&["0.25", "0.5", "0.1", "0.333"]);
            weights.insert(month_label(month), Value::from(weight));
            month = months_after(month, 1, false);
        }
        pace["weights"] = Value::Object(weights);
    }
    pace
}

/// A change of one tranche or of a field of the whole.
fn change(story: &mut Story, plan: &Plan, is_reading: bool) -> Value {
    let (id, start, last) = story.dice.pick(&plan.tranches);
    let one = |field: &str, value: Value| {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        json!({"tranches": Map::from_iter([(id.clone(), Value::Object(fields))])})
    };
    let is_of_tranche = is_reading && story.dice.chance(70);
    match if is_of_tranche { story.dice.between(1, 5) } else { story.dice.between(1, 12) } {
        1..=3 => {
            let moved = if plan.is_monthly {
                months_after(first_of_month(start), story.dice.between(1, 4) as i32, false) - 1
            } else {
                (last + story.dice.pick(&[-6, -3, 5, 10])).max(start + 1)
            };
            one("through", Value::from(show_day(moved)))
        }
        4 => one("target", target(story)),
        5 => one("cure_days", Value::from(story.dice.pick(&[0, 5, 10, 31]))),
        6 => json!({"reporting_lag_days": story.dice.pick(&[0, 5, 10, 20])}),
        7 => json!({"on_missing": story.dice.pick(&["UNVERIFIED", "NOT_MET"])}),
        8 => json!({"pace": pace(story, plan)}),
        9 => {
            let series = story.dice.pick(&plan.series);
            one("target_by_series", Value::Object(Map::from_iter([(series.to_owned(), target(story))])))
        }
        10 => one("start", Value::from(show_day((start + story.dice.pick(&[-3, 3, 7])).min(last - 1)))),
        11 => {
            let first = plan.tranches.last().map_or(0, |(_, _, last)| *last + 1);
            let (first, last) = (show_day(first), show_day(first + story.dice.between(10, 20) as Day));
            json!({"tranches": {"t9": {"start": first, "through": last, "target": target(story), "cure_days": 5}}})
        }
        _ => json!({"disagreement_pct": story.dice.pick(&[0, 10, 50])}),
    }
}

/// The first days of the periods that statistics come in; the last is the day after the last period.
fn edges(story: &mut Story, plan: &Plan) -> Vec<Day> {
    let (first, last) = (plan.tranches[0].1, plan.tranches.last().map_or(0, |(_, _, last)| *last + 40));
    let mut edges = Vec::new();
    if plan.is_monthly && story.dice.chance(85) {
        let offset = story.dice.pick(&[0, 0, 0, 14]);
        let mut edge = if story.dice.chance(30) { months_after(first, -1, false) } else { first };
        let is_halved = story.dice.chance(35);
        while edge <= last {
            edges.push(edge + offset);
            if is_halved && offset == 0 {
                edges.push(edge + 15);
            }
            edge = months_after(edge, 1, false);
        }
    } else {
        let step = story.dice.pick(&[7, 10, 14]);
        let mut edge = first - story.dice.pick(&[0, 0, 0, 3, 5]);
        while edge <= last {
            edges.push(edge);
            edge += step;
        }
    }
    edges
}

/// Every second edge.
fn coarser(edges: &[Day]) -> Vec<Day> {
    edges.iter().copied().step_by(2).collect()
}

/// The reports of one series: mostly complete and in time, up to some period.
fn report(story: &mut Story, series: &str, edges: &[Day]) {
    if edges.len() < 2 || story.dice.chance(8) {
        return;
    }
    let until = story.dice.between(1, edges.len() as i64 - 1).max(story.dice.between(1, edges.len() as i64 - 1));
    for pair in edges[..=until as usize].windows(2) {
        if story.dice.chance(94) {
            let (recorded, fields) = amount(story, series, pair[0], pair[1] - 1);
            story.write("amount", recorded, fields);
        }
        if story.dice.chance(6) {
            claim(story, series, pair[0], pair[1] - 1);
        }
    }
}

fn amount(story: &mut Story, series: &str, from: Day, last: Day) -> (Instant, Value) {
    let over = story.calendar.end_of(last);
    let recorded = over + story.dice.pick(&[0, 0, 1, 3, 5, 10, 30, -2]) * DAY_SECONDS;
    let basis = if story.dice.chance(4) { "SHIPPED" } else { "SOLD" };
    let class = if story.dice.chance(30) { story.class() } else { Value::from("OBLIGOR_OFFICIAL") };
    let mut fields = json!({
        "series": series, "source_class": class, "basis": basis, "from": show_day(from),
        "through": show_day(last), "value": quantity(story), "unit": "t", "covers": story.dice.chance(95),
    });
    match story.dice.between(1, 40) {
        1 => fields["unit"] = Value::from("cargo"),
        2 | 3 => fields["unit"] = Value::from("container"),
        4 => {
            fields["unit"] = Value::from("kt");
            fields["value"] = Value::from(story.dice.pick(&[0.002, 0.0035, 0.01]));
        }
        5 => fields["bound"] = Value::from(story.dice.pick(&["AT_LEAST", "AT_MOST", "ABOUT"])),
        6 => fields["bound"] = Value::from("EXACT"),
        7 => fields["running_since"] = Value::from(show_day(from - 7)),
        8 => {
            fields["running_since"] = fields["from"].take();
        }
        _ => {}
    }
    (recorded, fields)
}

fn quantity(story: &mut Story) -> Value {
    match story.dice.between(1, 12) {
        1 => json!(story.dice.pick(&[-1, -3])),
        2 | 3 => json!(2.5),
        4 => json!(0),
        5 => json!(story.dice.between(8, 14)),
        _ => json!(story.dice.between(1, 6)),
    }
}

/// A second record for a period that cannot count.
fn claim(story: &mut Story, series: &str, from: Day, last: Day) {
    let is_listed = story.commitment.contains_key("admissible");
    let (recorded, mut fields) = amount(story, series, from, last);
    if is_listed && story.dice.chance(50) {
        fields["source_class"] = Value::from("ANALYST");
        fields["series"] = Value::from(story.dice.pick(&[series, "rumour"]));
    } else {
        fields["bound"] = Value::from("AT_LEAST");
        fields["series"] = Value::from(story.dice.pick(&[series, series, "rumour"]));
    }
    if fields["series"] == "rumour" && story.dice.chance(50) {
        fields["basis"] = Value::from(story.dice.pick(&["SOLD", "SHIPPED", "RECEIVED"]));
        fields["unit"] = Value::from(story.dice.pick(&["t", "cargo", "container"]));
        fields["bound"] = Value::from(story.dice.pick(&["EXACT", "ABOUT"]));
        fields["source_class"] = story.class();
    }
    story.write("amount", recorded, fields);
}

/// Writes a figure anew, changed or not; or another relief.
fn correct(story: &mut Story) {
    let Some((at, old)) = story.one_of(&["amount", "amount", "amount", "excuse", "waive"]) else { return };
    let mut fields = old.clone();
    for field in ["id", "type", "recorded_at", "supersedes"] {
        fields.remove(field);
    }
    if story.dice.chance(75) {
        match old["type"].as_str().unwrap_or_default() {
            "amount" => match story.dice.between(1, 8) {
                1 => {
                    let covers = fields["covers"] != true;
                    fields.insert("covers".to_owned(), Value::from(covers));
                }
                2 => {
                    fields.insert("unit".to_owned(), Value::from(story.dice.pick(&["t", "container", "cargo"])));
                }
                3 => {
                    let class = story.class();
                    fields.insert("source_class".to_owned(), class);
                }
                _ => {
                    fields.insert("value".to_owned(), quantity(story));
                }
            },
            "excuse" => {
                let from = day(old["from"].as_str().unwrap_or_default());
                let through = from + story.dice.between(0, 12) as Day;
                fields.insert("through".to_owned(), Value::from(show_day(through)));
            }
            _ => {
                let moment = show_instant(story.moment());
                fields.remove("until");
                fields.insert("effective_at".to_owned(), Value::from(moment));
            }
        }
    }
    story.supersede(at, Value::Object(fields));
}
