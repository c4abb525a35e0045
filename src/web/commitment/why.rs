//! Why an answer is what it is: the rows of the decision tables that were tried, and the working behind them.

use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::proto::v1::reading_explanation::Derivation;
use crate::web::badge::Badge;
use crate::web::commitment::evidence::spaced;
use crate::web::lead::reading_name;
use crate::web::visit::Visit;
use crate::web::when::When;

/// Why one reading gives its answer.
pub(in crate::web) struct Reading {
    pub(in crate::web) name: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) lifecycle: &'static str,
    pub(in crate::web) row: String,
    pub(in crate::web) flags: Vec<String>,
    pub(in crate::web) tables: Vec<Table>,
    /// The steps that are those of the first reading, which shows them.
    pub(in crate::web) as_first: Vec<String>,
}

/// One step of the reasoning.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::web) struct Table {
    pub(in crate::web) caption: String,
    pub(in crate::web) heads: &'static [&'static str],
    pub(in crate::web) rows: Vec<Row>,
}

/// One line of it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::web) struct Row {
    pub(in crate::web) cells: Vec<String>,
    /// It decided.
    pub(in crate::web) decided: bool,
    /// The events it rests on, with their pages.
    pub(in crate::web) events: Vec<(u64, String)>,
}

const TRIED: &[&str] = &["row", "holds", "asks"];
const QUANTITIES: &[&str] = &["quantity", "value", "working"];

/// Why each reading gives its answer.
pub(super) fn readings(visit: &Visit, explained: &v1::Explanation) -> Vec<Reading> {
    let mut readings: Vec<Reading> = explained.readings.iter().map(|reading| one(visit, reading)).collect();
    if let Some((first, others)) = readings.split_first_mut() {
        for other in others {
            let (same, own) = std::mem::take(&mut other.tables).into_iter().partition(|it| first.tables.contains(it));
            other.tables = own;
            let same: Vec<Table> = same;
            other.as_first = same.into_iter().map(|table| table.caption).collect();
        }
    }
    readings
}

fn one(visit: &Visit, reading: &v1::ReadingExplanation) -> Reading {
    let judgement = reading.judgement.unwrap_or_default();
    let mut tables = vec![tried("Rows tried for the status", &reading.rows)];
    if !reading.lifecycle_rows.is_empty() {
        tables.push(tried("Rows tried for the lifecycle", &reading.lifecycle_rows));
    }
    match &reading.derivation {
        Some(Derivation::Maintenance(it)) => tables.extend(maintenance(visit, it)),
        Some(Derivation::Purchase(it)) => tables.extend(purchase(visit, it)),
        Some(Derivation::Act(it)) => {
            tables.push(quantities("Quantities", &it.quantities));
            tables.push(steps(visit, &it.steps));
        }
        Some(Derivation::Periodic(it)) => {
            tables.push(quantities("Quantities", &it.quantities));
            tables.extend(it.periods.iter().map(|period| figures(visit, period)));
        }
        None => {}
    }
    tables.retain(|table| !table.rows.is_empty());
    Reading {
        name: reading_name(&reading.reading),
        badge: Badge::spelled(judgement.status()),
        lifecycle: word(judgement.lifecycle().as_str_name(), "LIFECYCLE_"),
        row: reading.row.clone(),
        flags: reading.flags().map(|flag| word(flag.as_str_name(), "FLAG_").to_owned()).collect(),
        tables,
        as_first: Vec::new(),
    }
}

fn tried(caption: &str, rows: &[v1::TriedRow]) -> Table {
    let row = |row: &v1::TriedRow| {
        let says = if row.matched { format!(": {}", row.says) } else { String::new() };
        let holds = if row.matched { "yes" } else { "no" };
        let name = if row.row.is_empty() { "-" } else { &row.row };
        Row {
            cells: vec![name.to_owned(), holds.to_owned(), format!("{}{says}", row.asks)],
            decided: row.matched,
            events: Vec::new(),
        }
    };
    Table { caption: caption.to_owned(), heads: TRIED, rows: rows.iter().map(row).collect() }
}

fn quantities(caption: &str, quantities: &[v1::Quantity]) -> Table {
    let row = |it: &v1::Quantity| Row::plain(vec![it.name.clone(), it.value.clone(), it.working.clone()]);
    Table { caption: caption.to_owned(), heads: QUANTITIES, rows: quantities.iter().map(row).collect() }
}

fn maintenance(visit: &Visit, it: &v1::MaintenanceDerivation) -> Vec<Table> {
    let ground = spaced(word(it.end_ground().as_str_name(), "END_GROUND_"));
    let term = Table {
        caption: format!("The term; its end: {ground}"),
        heads: &["from", "until"],
        rows: it.term.iter().map(|it| Row::plain(interval(it).into())).collect(),
    };
    let spans = |caption: &str, spans: &[v1::TracedSpan]| Table {
        caption: caption.to_owned(),
        heads: &["from", "until", "ground", "events"],
        rows: spans.iter().map(|span| traced(visit, span)).collect(),
    };
    let breach = |it: &v1::BreachExplanation| {
        let [from, until] = interval(&it.interval.unwrap_or_default());
        let dropped = if it.dropped { "not counted" } else { "counted" };
        Row::plain(vec![from, until, dropped.to_owned(), stamp(it.cure_end_at)])
    };
    let rate =
        |it: &v1::RateExplanation| Row::resting(visit, vec![it.component.clone(), it.rate.clone()], &[it.position]);
    vec![
        term,
        spans("When it counts as applied", &it.applied),
        spans("What is taken off", &it.reductions),
        Table {
            caption: "Breaches".to_owned(),
            heads: &["from", "until", "counts", "cure ends"],
            rows: it.breaches.iter().map(breach).collect(),
        },
        Table {
            caption: "Components of the rate".to_owned(),
            heads: &["component", "points", "events"],
            rows: it.rates.iter().map(rate).collect(),
        },
    ]
}

fn purchase(visit: &Visit, it: &v1::PurchaseDerivation) -> Vec<Table> {
    let mut tables = Vec::new();
    for series in &it.series {
        let heard = if series.heard { "" } else { "; it does not decide" };
        tables.push(Table {
            caption: format!("Amounts of {} in {}, in order of allocation{heard}", series.series, it.unit),
            heads: &["days", "amount", "went to", "events"],
            rows: series.amounts.iter().map(|amount| allocated(visit, amount)).collect(),
        });
    }
    for tranche in &it.tranches {
        tables.push(quantities(&format!("Tranche {}", tranche.id), &tranche.quantities));
        for series in &tranche.series {
            let by = format!("Tranche {} by {}", tranche.id, series.series);
            tables.push(quantities(&format!("{by}: quantities"), &series.quantities));
            tables.push(tried(&format!("{by}: rows tried"), &series.rows));
        }
    }
    tables
}

fn allocated(visit: &Visit, it: &v1::AllocatedAmount) -> Row {
    let window = it.window.clone().unwrap_or_default();
    let went: Vec<String> = it.shares.iter().map(|share| format!("{} to {}", share.amount, share.tranche)).collect();
    let went = match went.as_slice() {
        [] => format!("no tranche: {}", spaced(word(it.dropped().as_str_name(), "FLAG_"))),
        went => went.join("; "),
    };
    Row::resting(
        visit,
        vec![format!("{} to {}", window.start, window.through), it.amount.clone(), went],
        &[it.position],
    )
}

fn steps(visit: &Visit, steps: &[v1::CountStep]) -> Table {
    let row = |it: &v1::CountStep| {
        Row::resting(visit, vec![stamp(it.at), it.change.to_string(), it.count.to_string()], &[it.position])
    };
    Table {
        caption: "Acts counted".to_owned(),
        heads: &["at", "change", "count", "events"],
        rows: steps.iter().map(row).collect(),
    }
}

fn figures(visit: &Visit, period: &v1::PeriodDerivation) -> Table {
    let row = |it: &v1::FigureDerivation| {
        let value = it.value.clone().unwrap_or_else(|| "-".to_owned());
        Row::resting(visit, vec![it.series.clone(), value, it.working.clone()], &[it.position])
    };
    Table {
        caption: format!("Period {}: {}", period.id, spaced(word(period.verdict().as_str_name(), "PERIOD_VERDICT_"))),
        heads: &["series", "value", "working", "events"],
        rows: period.figures.iter().map(row).collect(),
    }
}

fn traced(visit: &Visit, span: &v1::TracedSpan) -> Row {
    let [from, until] = interval(&span.interval.unwrap_or_default());
    let ground = spaced(word(span.ground().as_str_name(), "SPAN_GROUND_"));
    Row::resting(visit, vec![from, until, ground], &span.positions)
}

fn interval(interval: &v1::Interval) -> [String; 2] {
    let until = When::stamped(interval.until).map_or_else(|| "not over".to_owned(), |at| at.text);
    let from = When::stamped(interval.from).map_or_else(|| "ever".to_owned(), |at| at.text);
    [from, until]
}

fn stamp(at: Option<prost_types::Timestamp>) -> String {
    When::stamped(at).map_or_else(|| "-".to_owned(), |at| at.text)
}

impl Row {
    fn plain(cells: Vec<String>) -> Self {
        Row { cells, decided: false, events: Vec::new() }
    }

    fn resting(visit: &Visit, cells: Vec<String>, positions: &[u64]) -> Self {
        let event = |position: &u64| (*position, visit.link(&format!("/events/{position}")));
        Row { cells, decided: false, events: positions.iter().filter(|it| **it > 0).map(event).collect() }
    }
}
