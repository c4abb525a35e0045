//! Rates: the sum of the components of a rate over time (specification, section 4).

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::super::SpanGround;
use super::super::case::Case;
use super::super::intervals::Span;
use super::super::record::Record;
use super::applied::Trace;
use crate::domain::event::RateSet;
use crate::domain::{Decimal, Instant, Position, Slug};

/// Time in which the sum of the components exceeds the limit, as known and effective at `as_of`.
pub(super) fn above(case: &Case<'_>, limit: Decimal, as_of: Instant) -> Vec<Trace> {
    let limit = limit.fraction();
    let settings = settings(case, as_of);
    let mut components: BTreeMap<&Slug, (Position, BigRational)> = BTreeMap::new();
    let mut above = Vec::new();
    for (index, setting) in settings.iter().enumerate() {
        components.insert(&setting.body.component, (setting.position(), rate(setting)));
        let until = settings.get(index + 1).map(|next| next.body.effective_at.at);
        let from = setting.body.effective_at.at;
        let holds_for_a_while = until.is_none_or(|until| from < until);
        if holds_for_a_while && sum(components.values()) > limit {
            let positions = components.values().map(|(position, _)| *position).collect();
            above.push(Trace { span: Span::new(from, until), ground: SpanGround::RateAboveLimit, positions });
        }
    }
    above
}

/// The sum of the components in effect at `as_of`; none where no rate is known. A component that was taken away is
/// known, and adds nothing.
pub(super) fn value_at(case: &Case<'_>, as_of: Instant) -> Option<BigRational> {
    let components = components_at(case, as_of);
    (!components.is_empty()).then(|| sum(components.iter()))
}

/// The components in effect at `as_of`, with the events that set them.
pub(super) fn components_at(case: &Case<'_>, as_of: Instant) -> Vec<(Position, BigRational)> {
    let settings = settings(case, as_of);
    let latest: BTreeMap<&Slug, &Record<'_, RateSet>> =
        settings.iter().map(|setting| (&setting.body.component, setting)).collect();
    latest.values().map(|setting| (setting.position(), rate(setting))).collect()
}

/// The admissible settings effective by then, by effective time and then as recorded.
fn settings<'a>(case: &Case<'a>, as_of: Instant) -> Vec<Record<'a, RateSet>> {
    let effective = case.records.rates.iter().filter(|record| record.body.effective_at.at <= as_of);
    let mut settings: Vec<_> = effective.filter(|record| case.admits(record.class())).copied().collect();
    settings.sort_by_key(|record| (record.body.effective_at.at, record.position()));
    settings
}

fn rate(setting: &Record<'_, RateSet>) -> BigRational {
    setting.body.rate.map_or_else(BigRational::zero, Decimal::fraction)
}

fn sum<'r>(components: impl Iterator<Item = &'r (Position, BigRational)>) -> BigRational {
    components.fold(BigRational::zero(), |sum, (_, rate)| sum + rate)
}
