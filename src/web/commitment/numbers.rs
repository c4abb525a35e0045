//! The numbers of an answer: tranches as bars, periods and counts as a table.

use crate::exchange::plain_words::{grouped, legible, percent, word};
use crate::proto::v1;
use crate::web::badge::Badge;
use crate::web::board::hundredths;
use crate::web::commitment::evidence::spaced;
use crate::web::party::words;
use crate::web::when::When;

/// The numbers of any kind, as lines of a list and rows of tables.
#[derive(Default)]
pub(in crate::web) struct Shown {
    pub(in crate::web) facts: Vec<(&'static str, String)>,
    pub(in crate::web) unit: String,
    pub(in crate::web) tranches: Vec<Tranche>,
    pub(in crate::web) periods: Vec<Period>,
}

/// One tranche of a purchase pledge.
pub(in crate::web) struct Tranche {
    pub(in crate::web) name: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) performed: String,
    pub(in crate::web) target: String,
    pub(in crate::web) percent: String,
    /// The length of its bar, of 100.
    pub(in crate::web) bar: u8,
    /// Where the pace puts the mark on the bar, of 100.
    pub(in crate::web) expected: Option<u8>,
    pub(in crate::web) expected_said: String,
    pub(in crate::web) shortfall: String,
    pub(in crate::web) due: Option<When>,
    pub(in crate::web) data_through: String,
}

/// One test period.
pub(in crate::web) struct Period {
    pub(in crate::web) name: String,
    pub(in crate::web) value: String,
    pub(in crate::web) class: &'static str,
    pub(in crate::web) verdict: String,
}

/// The numbers of an assessment.
pub(super) fn shown(assessment: &v1::Assessment) -> Shown {
    use v1::assessment::Numbers;
    let mut shown = Shown::default();
    match &assessment.numbers {
        Some(Numbers::Maintenance(numbers)) => shown.facts = maintenance(numbers),
        Some(Numbers::Purchase(numbers)) => {
            shown.unit = numbers.unit.clone();
            shown.tranches = numbers.tranches.iter().map(tranche).collect();
            for (series, status) in &numbers.series {
                let status = v1::Status::try_from(*status).unwrap_or_default();
                shown.facts.push(("By series", format!("{series}: {}", Badge::spelled(status).word)));
            }
        }
        Some(Numbers::Act(numbers)) => {
            shown.facts.push(("Done", format!("{} of {}", numbers.done, numbers.target)));
            shown.facts.extend(When::stamped(numbers.due_at).map(|due| ("Due", due.text)));
        }
        Some(Numbers::Periodic(numbers)) => shown.periods = numbers.periods.iter().map(period).collect(),
        None => {}
    }
    shown
}

fn maintenance(numbers: &v1::MaintenanceNumbers) -> Vec<(&'static str, String)> {
    let in_effect = match numbers.measure_in_effect() {
        v1::InEffect::Yes => "yes",
        v1::InEffect::No => "no",
        _ => "texts or sources differ",
    };
    let mut facts = vec![("Measure applied now", in_effect.to_owned())];
    facts.extend(numbers.value.as_ref().map(|value| ("Rate, in points", value.clone())));
    for breach in &numbers.breaches {
        let from = When::stamped(breach.from).map_or_else(String::new, |at| at.text);
        let until =
            When::stamped(breach.until).map_or_else(|| "not over".to_owned(), |at| format!("until {}", at.text));
        facts.push(("Breach", format!("from {from}, {until}")));
    }
    facts
}

fn tranche(tranche: &v1::TrancheAssessment) -> Tranche {
    let flow = tranche.flow.clone().unwrap_or_default();
    Tranche {
        name: words(&tranche.id),
        badge: Badge::spelled(tranche.status()),
        percent: percent(&flow.ratio),
        bar: hundredths(&flow.ratio).unwrap_or(0),
        expected: flow.expected.as_ref().and_then(|expected| share(expected, &flow.target)),
        expected_said: flow.expected.as_deref().map_or_else(|| "-".to_owned(), legible),
        performed: grouped(&flow.performed),
        target: grouped(&flow.target),
        shortfall: grouped(&flow.shortfall),
        due: When::stamped(tranche.due_at),
        data_through: flow.data_through,
    }
}

/// One decimal of another in percent, at most 100: for drawing only.
fn share(part: &str, whole: &str) -> Option<u8> {
    let read = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
    let share = read(part)?.checked_mul(100.into())?.checked_div(read(whole)?)?;
    u8::try_from(share.trunc().min(100.into()).max(0.into())).ok()
}

fn period(period: &v1::PeriodAssessment) -> Period {
    let class = match period.verdict() {
        v1::PeriodVerdict::Pass => "kept",
        v1::PeriodVerdict::Fail => "broken",
        v1::PeriodVerdict::Missing | v1::PeriodVerdict::Disputed => "unclear",
        v1::PeriodVerdict::Unspecified => "released",
    };
    let verdict = match period.verdict() {
        v1::PeriodVerdict::Unspecified => "not judged yet".to_owned(),
        verdict => spaced(word(verdict.as_str_name(), "PERIOD_VERDICT_")),
    };
    Period {
        name: words(&period.id),
        value: period.value.as_deref().map_or_else(|| "-".to_owned(), grouped),
        class,
        verdict,
    }
}
