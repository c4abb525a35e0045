//! Sets of instants as sorted half-open spans (T1), with the three operations that section 4 needs.

use super::time::{Instant, NEVER};

/// From an instant, to an instant exclusive; [`NEVER`] where there is no end.
pub(super) type Span = (Instant, Instant);

/// A span whose end may be absent.
pub(super) fn span(from: Instant, to: Option<Instant>) -> Span {
    (from, to.unwrap_or(NEVER))
}

/// Sorted, without empty ones, touching ones merged.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|(from, to)| from < to);
    spans.sort_unstable();
    let mut result: Vec<Span> = Vec::new();
    for (from, to) in spans {
        match result.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => result.push((from, to)),
        }
    }
    result
}

/// What is in both.
pub(super) fn within(spans: &[Span], bounds: &[Span]) -> Vec<Span> {
    let mut result = Vec::new();
    for (from, to) in spans {
        for (low, high) in bounds {
            result.push(((*from).max(*low), (*to).min(*high)));
        }
    }
    merged(result)
}

/// What is in the first and not in the second.
pub(super) fn without(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut result = merged(spans.to_vec());
    for (low, high) in taken {
        if low >= high {
            continue;
        }
        let pieces = result.iter().flat_map(|(from, to)| [(*from, (*to).min(*low)), ((*from).max(*high), *to)]);
        result = merged(pieces.collect());
    }
    result
}

/// Whether an instant is in one of them.
pub(super) fn holds(spans: &[Span], at: Instant) -> bool {
    spans.iter().any(|(from, to)| *from <= at && at < *to)
}

/// Whether two spans share an instant.
pub(super) fn meet(a: Span, b: Span) -> bool {
    a.0.max(b.0) < a.1.min(b.1)
}
