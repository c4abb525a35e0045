//! Every instant at which something could change: what the search for `next_change_at` tries (section 1).

use std::collections::BTreeSet;

use serde_json::Value;

use super::record::{View, text};
use super::time::{DAY_SECONDS, Day, Instant, day, instant};

/// All candidates, sorted. Generous on purpose: an instant at which nothing changes costs only time.
pub(super) fn candidates(view: &View) -> Vec<Instant> {
    let mut found = BTreeSet::new();
    for field in ["effective_from", "until", "implement_by"] {
        found.extend(said(view, field).into_iter().filter_map(Value::as_str).map(instant));
    }
    for record in &view.records {
        found.insert(record.recorded);
        found.extend(record.at);
        found.extend(record.from);
        found.extend(record.to);
        for field in ["covers_from", "retroactive_to"] {
            found.extend(record.text(field).map(instant));
        }
    }
    match view.kind {
        "measure_suspension" | "rate_ceiling" => later(view, &mut found),
        _ => dated(view, &mut found),
    }
    found.into_iter().collect()
}

/// All candidates of an example, once all of it is known, in seconds since 1970.
pub(crate) fn all_candidates(case: &Value) -> Vec<i64> {
    View::at(case, Instant::MAX).map_or_else(Vec::new, |view| candidates(&view))
}

/// Every value that the terms, an amendment or a reading gives a field.
fn said<'v>(view: &'v View, field: &str) -> Vec<&'v Value> {
    let sets = view.records.iter().filter_map(|record| record.json.get("set"));
    std::iter::once(view.commitment).chain(sets).filter_map(|fields| fields.get(field)).collect()
}

/// Maintenance: tolerances, cure periods and snapback clocks, from each of the instants found so far.
fn later(view: &View, found: &mut BTreeSet<Instant>) {
    let mut lengths = BTreeSet::new();
    let int = |value: &Value| value.as_i64();
    lengths.extend(said(view, "tolerance_hours").into_iter().filter_map(int).map(|hours| hours * 3600));
    let in_days = |field: &str, part: &str| -> Vec<i64> {
        said(view, field).into_iter().filter_map(|value| int(&value[part])).map(|days| days * DAY_SECONDS).collect()
    };
    lengths.extend(in_days("cure", "days"));
    lengths.extend(in_days("snapback", "notice_days"));
    let anchors: Vec<Instant> = found.iter().copied().collect();
    for length in lengths {
        found.extend(anchors.iter().map(|anchor| anchor + length));
    }
}

/// The other kinds: local midnights that terms and excuses lead to.
fn dated(view: &View, found: &mut BTreeSet<Instant>) {
    let as_days = |field: &str| -> BTreeSet<Day> {
        let days = said(view, field).into_iter().filter_map(Value::as_i64);
        days.map(|days| days as Day).chain([0]).collect()
    };
    let mut firsts = BTreeSet::new();
    let mut lasts = BTreeSet::new();
    let mut cures = as_days("cure_days");
    for field in ["through", "persist_through"] {
        lasts.extend(said(view, field).into_iter().filter_map(Value::as_str).map(day));
    }
    for list in ["tranches", "periods"] {
        for one in said(view, list).into_iter().flat_map(parts) {
            firsts.extend(text(one, "start").map(day));
            lasts.extend(text(one, "through").map(day));
            cures.extend(one.get("cure_days").and_then(Value::as_i64).map(|days| days as Day));
        }
    }
    let lags = as_days("reporting_lag_days");
    let decides = as_days("decide_within_days");
    let moves = moves(view, &firsts, &lasts);
    for lag in &lags {
        found.extend(firsts.iter().map(|first| view.calendar.start_of(first + lag)));
        for cure in &cures {
            for decide in &decides {
                for moved in &moves {
                    let days = lag + cure + decide + moved;
                    found.extend(lasts.iter().map(|last| view.calendar.end_of(last + days)));
                }
            }
        }
    }
}

/// The members of a list of the terms, or of the changes to it.
fn parts(list: &Value) -> Vec<&Value> {
    match list {
        Value::Array(all) => all.iter().collect(),
        Value::Object(all) => all.values().collect(),
        _ => Vec::new(),
    }
}

/// By how many days excuses may move a due date: for every window, with the excuses that have begun one after another.
fn moves(view: &View, firsts: &BTreeSet<Day>, lasts: &BTreeSet<Day>) -> BTreeSet<Day> {
    let mut moves = BTreeSet::from([0]);
    let is_accepted = |json: &Value| json.get("accepted").and_then(Value::as_bool) == Some(true);
    let accepted = view.of("excuse").filter(|excuse| is_accepted(excuse.json));
    let mut excuses: Vec<(Day, Day)> = accepted.filter_map(|excuse| Some((excuse.first?, excuse.last?))).collect();
    excuses.sort_unstable();
    for first in firsts {
        for last in lasts.iter().filter(|last| *last >= first) {
            let mut days = BTreeSet::new();
            for (from, through) in &excuses {
                days.extend((*from).max(*first)..=(*through).min(*last));
                moves.insert(days.len() as Day);
            }
        }
    }
    moves
}
