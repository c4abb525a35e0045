//! The time slider: a range of days with the ledger's events as ticks. It is a form, so that it works without a script.

use super::clocks;
use super::fault::Fault;
use super::visit::Visit;
use crate::domain::{Day, Docket, Instant, Position, Zone};

/// The days of a ledger, and where the page stands among them. Days are counted from 1970.
pub(super) struct Slider {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) chosen: i64,
    /// The same three as dates.
    pub(super) dates: [String; 3],
    /// The ticks as the path of a drawing, 600 wide and 8 high.
    pub(super) ticks: String,
    /// How many events the ticks stand for.
    pub(super) events: u64,
}

const DAY: i64 = 86_400;
const WIDTH: i64 = 600;
/// How far beyond now the slider reaches: as far as the calendar.
const DAYS_AHEAD: i64 = 366;

impl Slider {
    /// The slider of a visit.
    pub(super) fn of(visit: &Visit, docket: &Docket) -> Self {
        let day = |at: Instant| at.unix_seconds().div_euclid(DAY);
        let recorded = docket.recorded_at(Position::new(1)).unwrap_or(visit.now);
        let chosen = day(visit.at.as_of);
        let latest = docket.head_recorded_at().unwrap_or(visit.now).max(visit.now);
        let (first, last) = (day(recorded).min(chosen), (day(latest) + DAYS_AHEAD).max(chosen));
        let dates = [first, last, chosen].map(date);
        let ticks = ticks(docket, first, last);
        Slider { first, last, chosen, dates, ticks, events: docket.head().get() }
    }
}

/// A tick for every place at which something was recorded, higher where it was more. Counted by searching the record
/// times, not by reading every event.
fn ticks(docket: &Docket, first: i64, last: i64) -> String {
    let days = (last - first).max(1);
    let known = |x: i64| {
        let seconds = first * DAY + x * days * DAY / WIDTH;
        Instant::from_unix_seconds(seconds).map_or(0, |at| docket.known_at(at).get())
    };
    let mut path = String::new();
    let mut before = known(0);
    for x in 0..WIDTH {
        let after = known(x + 1);
        let height = match after.saturating_sub(before) {
            0 => 0,
            1 => 3,
            2..=4 => 5,
            _ => 8,
        };
        if height > 0 {
            path.push_str(&format!("M{x} 8v-{height}"));
        }
        before = after;
    }
    path
}

/// Where the slider was moved: the address of the same page on that day. Both clocks are pinned, so that the page says the
/// same tomorrow.
pub(super) fn chosen(visit: &Visit) -> Result<Option<String>, Fault> {
    let Some(day) = visit.address.get("day") else { return Ok(None) };
    let wrong =
        || Fault::field("day", format!("{day:?} is neither a date such as 2026-11-10 nor a number of days since 1970"));
    let as_of = match day.parse::<i64>() {
        Ok(days) => days.checked_mul(DAY).and_then(|it| Instant::from_unix_seconds(it).ok()).ok_or_else(wrong)?,
        Err(_) => clocks::parse_time(day).map_err(|_| wrong())?,
    };
    let known = match visit.address.get("with") {
        Some("now") => visit.ledger.head(),
        None | Some("then") => visit.ledger.docket().known_at(as_of),
        Some(other) => {
            let right = "then is what was known on that day, now is all that is known";
            return Err(Fault::field("with", format!("{other:?} is neither then nor now; {right}")));
        }
    };
    let query = visit.address.at(Some(&date(as_of.unix_seconds().div_euclid(DAY))), Some(&known.to_string()));
    Ok(Some(format!("{}{query}", visit.path)))
}

fn date(days: i64) -> String {
    let seconds = days.saturating_mul(DAY);
    let at = Instant::from_unix_seconds(seconds).unwrap_or(if days < 0 { Instant::MIN } else { Instant::MAX });
    Day::to_string(&Zone::utc().day_of(at))
}
