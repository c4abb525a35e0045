//! What counts, and to which tranche: the first half of section 5 of the specification.

use std::collections::BTreeSet;

use num_traits::{Signed, Zero};
use serde_json::Value;

use super::number::{Number, number, whole};
use super::record::{Record, View, text};
use super::terms::Terms;
use super::time::{Day, Instant, day};

/// One tranche under the terms in force, with its excused days counted.
pub(super) struct Tranche<'t> {
    pub(super) id: &'t str,
    pub(super) json: &'t Value,
    pub(super) start: Day,
    /// The day after the last day of the window.
    pub(super) due: Day,
    /// Excused days inside the window, sorted.
    pub(super) excused: Vec<Day>,
    pub(super) cure_days: i32,
}

impl Tranche<'_> {
    /// due': the due date moved by the excused days.
    pub(super) fn moved_due(&self) -> Day {
        self.due + self.excused.len() as Day
    }

    /// The day after the last day of the cure period.
    pub(super) fn cure_end(&self) -> Day {
        self.moved_due() + self.cure_days
    }

    /// T, of a series.
    pub(super) fn target(&self, series: &str) -> Number {
        let own = self.json.get("target_by_series").and_then(|all| all.get(series)).and_then(number);
        own.or_else(|| number(&self.json["target"])).unwrap_or_else(Number::zero)
    }
}

/// The tranches, earliest first.
pub(super) fn tranches<'t>(view: &View, terms: &'t Terms, as_of: Instant) -> Vec<Tranche<'t>> {
    let is_accepted = |record: &Record| record.json.get("accepted").and_then(Value::as_bool) == Some(true);
    let excuses: Vec<(Day, Day)> = view
        .of("excuse")
        .filter(|excuse| excuse.has_begun(as_of) && is_accepted(excuse))
        .filter_map(|excuse| Some((excuse.first?, excuse.last?)))
        .collect();
    let mut tranches: Vec<Tranche> = terms
        .list("tranches")
        .iter()
        .map(|json| {
            let start = day(text(json, "start").expect("a tranche has a start"));
            let last = day(text(json, "through").expect("a tranche has a last day"));
            let mut excused = BTreeSet::new();
            for (from, through) in &excuses {
                excused.extend((*from).max(start)..=(*through).min(last));
            }
            Tranche {
                id: text(json, "id").unwrap_or_default(),
                json,
                start,
                due: last + 1,
                excused: excused.into_iter().collect(),
                cure_days: json.get("cure_days").and_then(Value::as_i64).unwrap_or(0) as i32,
            }
        })
        .collect();
    tranches.sort_by_key(|tranche| tranche.start);
    tranches
}

/// An amount that counts.
pub(super) struct Item {
    pub(super) from: Day,
    /// The day after its last day.
    pub(super) end: Day,
    pub(super) value: Number,
    pub(super) covers: bool,
}

/// The amounts of one series that count, in the order of allocation, and the flags of those that do not.
pub(super) fn items(
    view: &View,
    terms: &Terms,
    series: &str,
    as_of: Instant,
    flags: &mut BTreeSet<&'static str>,
) -> Vec<Item> {
    let mut found = Vec::new();
    for record in view.of("amount").filter(|record| record.text("series") == Some(series)) {
        let is_over = record.to.is_none_or(|end| end <= as_of);
        if !is_over || !record.is_admissible {
            continue;
        }
        match counted(terms, record) {
            Ok(item) => found.push((item, record.id)),
            Err(flag) => {
                flags.insert(flag);
            }
        }
    }
    found.sort_by(|(a, a_id), (b, b_id)| (a.end, a.from, a_id).cmp(&(b.end, b.from, b_id)));
    found.into_iter().map(|(item, _)| item).collect()
}

/// The tests in the order in which the text names them; the first that fails raises its flag.
fn counted(terms: &Terms, record: &Record) -> Result<Item, &'static str> {
    if record.text("basis") != terms.text("basis") {
        return Err("OTHER_BASIS_IGNORED");
    }
    let unit = record.text("unit");
    let factor = if unit == terms.text("unit") {
        Some(whole(1))
    } else {
        terms.get("conversions").and_then(|all| all.get(unit.unwrap_or_default())).and_then(number)
    };
    let factor = factor.ok_or("UNIT_UNKNOWN")?;
    let is_exact = record.text("bound").is_none_or(|bound| bound == "EXACT");
    let is_total = record.text("running_since").is_some();
    let (Some(from), Some(last), true, false) = (record.first, record.last, is_exact, is_total) else {
        return Err("BOUND_ONLY");
    };
    let value = record.value.clone().unwrap_or_else(Number::zero) * factor;
    let covers = record.json.get("covers").and_then(Value::as_bool) == Some(true);
    Ok(Item { from, end: last + 1, value, covers })
}

/// What each tranche was given, piece by piece: the day after the piece's last day, and how much.
pub(super) struct Allocation {
    pieces: Vec<Vec<(Day, Number)>>,
    pub(super) flags: BTreeSet<&'static str>,
}

impl Allocation {
    /// Gives the items to the tranches.
    pub(super) fn of(
        view: &View,
        terms: &Terms,
        tranches: &[Tranche],
        series: &str,
        items: &[Item],
        as_of: Instant,
    ) -> Self {
        let mut given = Allocation { pieces: vec![Vec::new(); tranches.len()], flags: BTreeSet::new() };
        let is_forward = terms.text("carry") == Some("forward");
        let mut waiting: Vec<usize> = (0..tranches.len().saturating_sub(1)).filter(|_| is_forward).collect();
        waiting.sort_by_key(|index| tranches[*index].moved_due());
        for item in items {
            waiting.retain(|index| {
                let is_past = tranches[*index].moved_due() < item.end;
                if is_past {
                    given.carry(tranches, series, *index);
                }
                !is_past
            });
            if item.value.is_negative() {
                given.take_back(tranches, item);
            } else {
                given.give(tranches, series, item);
            }
        }
        for index in waiting {
            if view.calendar.end_of(tranches[index].moved_due() - 1) <= as_of {
                given.carry(tranches, series, index);
            }
        }
        given
    }

    /// P(x): what a tranche was given in periods that end by a day.
    pub(super) fn by(&self, tranche: usize, day: Day) -> Number {
        let pieces = self.pieces[tranche].iter().filter(|(end, _)| *end <= day);
        pieces.fold(Number::zero(), |sum, (_, value)| sum + value)
    }

    /// All that a tranche was given.
    pub(super) fn total(&self, tranche: usize) -> Number {
        self.by(tranche, Day::MAX)
    }

    fn give(&mut self, tranches: &[Tranche], series: &str, item: &Item) {
        let eligible = |tranche: &Tranche| tranche.start <= item.from && item.end <= tranche.cure_end();
        let eligible: Vec<usize> = (0..tranches.len()).filter(|index| eligible(&tranches[*index])).collect();
        let Some((last, earlier)) = eligible.split_last() else {
            match tranches.iter().rposition(|tranche| tranche.start <= item.from) {
                Some(latest) => self.pieces[latest].push((item.end, item.value.clone())),
                None => {
                    self.flags.insert("EVIDENCE_INCOMPLETE");
                }
            }
            return;
        };
        let mut rest = item.value.clone();
        for index in earlier {
            let room = tranches[*index].target(series) - self.total(*index);
            let part = rest.clone().min(room);
            if part.is_positive() {
                rest -= &part;
                self.pieces[*index].push((item.end, part));
            }
        }
        if rest.is_positive() {
            self.pieces[*last].push((item.end, rest));
        }
    }

    /// The cure period is closed at its last day: what begins when it is over (T1) comes too late, and where there is no
    /// cure period, what begins after the due date does.
    fn take_back(&mut self, tranches: &[Tranche], item: &Item) {
        let in_window = |tranche: &Tranche| tranche.start <= item.from && item.from < tranche.due;
        let in_cure = |tranche: &Tranche| tranche.start <= item.from && item.from < tranche.cure_end();
        match tranches.iter().position(in_window).or_else(|| tranches.iter().position(in_cure)) {
            Some(index) => self.pieces[index].push((item.end, item.value.clone())),
            None => {
                self.flags.insert("POST_DUE_CANCELLATION");
            }
        }
    }

    /// Moves what is over the target at the due date to the next tranche's first day.
    fn carry(&mut self, tranches: &[Tranche], series: &str, index: usize) {
        let due = tranches[index].moved_due();
        let surplus = self.by(index, due) - tranches[index].target(series);
        if surplus.is_positive() {
            self.pieces[index + 1].push((tranches[index + 1].start + 1, surplus.clone()));
            self.pieces[index].push((due, -surplus));
        }
    }
}

/// D: the day after the last day that contiguous covering periods reach from the window's start.
pub(super) fn covered_until(tranche: &Tranche, items: &[Item]) -> Day {
    let mut reached = tranche.start;
    while let Some(next) = items.iter().find(|item| item.covers && item.from <= reached && reached < item.end) {
        reached = next.end;
    }
    reached
}
