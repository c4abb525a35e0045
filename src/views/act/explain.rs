//! Explain: the dates, the running count, and the rows of a one-off act.

use super::super::case::Case;
use super::super::explain::{Uses, Worked};
use super::super::rule;
use super::super::{ActDerivation, Derivation, Quantity, RecordUse};
use super::table;
use super::{Count, Dates, facts, lifecycle_rules};
use crate::domain::Instant;
use crate::domain::terms::ActTerms;

/// How the act was judged.
pub(in super::super) fn explain(case: &Case<'_>, terms: &ActTerms, as_of: Instant) -> Worked {
    let dates = Dates::of(case, terms);
    let count = Count::at(case, terms, &dates, as_of);
    let facts = facts(case, terms, &dates, &count, as_of);
    let lifecycle = lifecycle_rules(case, &dates, &facts, as_of);
    let quantities = quantities(case, terms, &dates, &count);
    let mut uses = Uses::new();
    uses.extend(count.steps.iter().map(|step| {
        let reason = format!("{:+}, so N = {}", step.change, step.count);
        (step.position, (RecordUse::Used, reason))
    }));
    uses.extend(count.set_aside.iter().map(|(position, usage)| (*position, (*usage, String::new()))));
    Worked {
        lifecycle_rows: rule::tried(&lifecycle, ToString::to_string),
        rows: rule::tried(&table::rules(&facts), ToString::to_string),
        derivation: Derivation::Act(ActDerivation { quantities, steps: count.steps }),
        uses,
    }
}

fn quantities(case: &Case<'_>, terms: &ActTerms, dates: &Dates, count: &Count) -> Vec<Quantity> {
    let zone = case.zone();
    let lag = |after: &str| format!("{} days after {after}", terms.reporting_lag_days);
    let quantity = |name, working: String, value: String| Quantity { name, working, value };
    let none = || "none".to_owned();
    let mut quantities = vec![
        quantity("target", String::new(), terms.count.to_string()),
        quantity("start", String::new(), dates.start.to_string()),
        quantity("due", format!("through {}, {zone}", terms.through), dates.due.to_string()),
        quantity("due + L", lag("due"), dates.due_data.to_string()),
        quantity("cure_end", format!("{} days after due", terms.cure_days), dates.cure_end.to_string()),
        quantity("cure_end + L", lag("cure_end"), dates.cure_data.to_string()),
    ];
    if let Some((end, through)) = dates.persist_end.zip(terms.persist_through) {
        quantities.push(quantity("persistence end", format!("through {through}, {zone}"), end.to_string()));
        let at_end = "N when persistence ended, or so far".to_owned();
        quantities.push(quantity("N at that end", at_end, count.at_persist_end.to_string()));
    }
    quantities.push(quantity("N", "the sum of the changes".to_owned(), count.now.to_string()));
    let reached = count.reached.map_or_else(none, |at| at.to_string());
    quantities.push(quantity("t", "when N first reached the target".to_owned(), reached));
    quantities
}
