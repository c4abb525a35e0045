//! Which fields of a mapping belong to which kind of figure.

use super::mapping::MappingError;
use super::mapping_file::MappingFile;
use super::period::Period;
use crate::domain::EventKind;

/// A field that one kind needs is there, and one that it has no use for is not: it would be lost without a word.
pub(super) fn check(kind: EventKind, file: &MappingFile) -> Result<(), MappingError> {
    use EventKind::{AmountReported, MetricReported, RateSet};
    let is_summed = file.combine.as_deref() == Some("sum");
    let rules: [(&str, bool, &[EventKind], &[EventKind]); 11] = [
        // field, whether it is given, the kinds that need it, the kinds that may have it
        ("series", file.series.is_some(), &[AmountReported, MetricReported], &[]),
        ("basis", file.basis.is_some(), &[AmountReported], &[]),
        ("unit", file.unit.is_some(), &[AmountReported], &[MetricReported]),
        ("bound", file.bound.is_some(), &[], &[AmountReported, MetricReported]),
        ("covers", file.covers.is_some(), &[AmountReported], &[]),
        ("item", file.item.is_some(), &[], &[MetricReported]),
        ("component", file.component.is_some(), &[RateSet], &[]),
        ("reference", file.reference.is_some(), &[], &[RateSet]),
        ("denominator", file.denominator.is_some(), &[], &[MetricReported]),
        ("source", !file.source.is_empty(), &[AmountReported, MetricReported], &[RateSet]),
        ("combine", is_summed, &[], &[AmountReported]),
    ];
    for (field, is_given, need, may) in rules {
        if need.contains(&kind) && !is_given {
            return Err(MappingError::field(field, format!("required for {kind}, and not given")));
        }
        if is_given && !need.contains(&kind) && !may.contains(&kind) {
            return Err(MappingError::field(field, format!("{kind} has no use for it; leave it out")));
        }
    }
    Ok(())
}

/// Rates take effect on a day; only metrics have named periods.
pub(super) fn check_period(kind: EventKind, period: &Period) -> Result<(), MappingError> {
    if (kind == EventKind::RateSet) != period.is_effect() {
        let problem = "effective and zone are for RateSet, and RateSet takes no other form";
        return Err(MappingError::field("period", problem));
    }
    if period.is_named() && kind != EventKind::MetricReported {
        return Err(MappingError::field("period.name", "only a metric is for a test period by name"));
    }
    Ok(())
}
