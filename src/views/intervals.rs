//! Half-open spans of time and sets of them (specification, T1).

use crate::domain::Instant;

/// From `from` on, and no longer at `until`. A span without an end has [`Span::UNENDING`] as its end, an instant that no
/// question reaches beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First instant.
    pub(super) from: Instant,
    /// First instant that is no longer in.
    pub(super) until: Instant,
}

impl Span {
    /// The end of what has no end.
    pub(super) const UNENDING: Instant = Instant::MAX;

    /// From `from` until `until`, or without an end.
    pub(super) fn new(from: Instant, until: Option<Instant>) -> Self {
        Span { from, until: until.unwrap_or(Self::UNENDING) }
    }

    /// Whether the instant is in.
    pub(super) fn holds(self, instant: Instant) -> bool {
        self.from <= instant && Self::is_before(instant, self.until)
    }

    /// Whether an instant lies before an end; before one that never comes, every instant does.
    pub(super) fn is_before(instant: Instant, end: Instant) -> bool {
        instant < end || end == Self::UNENDING
    }

    /// Whether the two share an instant.
    pub(super) fn meets(self, other: Span) -> bool {
        self.from.max(other.from) < self.until.min(other.until)
    }

    /// How many seconds it lasts.
    pub(super) fn seconds(self) -> i64 {
        self.until.unix_seconds() - self.from.unix_seconds()
    }
}

/// A set of instants: disjoint spans in order, none empty, none touching the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// The union of spans; those that overlap or touch become one.
    pub(super) fn union(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().filter(|span| span.from < span.until).collect();
        sorted.sort_by_key(|span| span.from);
        let mut merged: Vec<Span> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match merged.last_mut() {
                Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
                _ => merged.push(span),
            }
        }
        Spans(merged)
    }

    /// What both hold.
    pub(super) fn within(&self, other: &Spans) -> Self {
        let mut shared = Vec::new();
        for a in &self.0 {
            for b in other.0.iter().filter(|b| a.meets(**b)) {
                shared.push(Span { from: a.from.max(b.from), until: a.until.min(b.until) });
            }
        }
        Spans(shared)
    }

    /// What this holds and the other does not.
    pub(super) fn minus(&self, other: &Spans) -> Self {
        let mut left = Vec::new();
        for span in &self.0 {
            let mut from = span.from;
            for cut in other.0.iter().filter(|cut| span.meets(**cut)) {
                if from < cut.from {
                    left.push(Span { from, until: cut.from });
                }
                from = from.max(cut.until);
            }
            if from < span.until {
                left.push(Span { from, until: span.until });
            }
        }
        Spans(left)
    }

    /// Whether the instant is in.
    pub(super) fn holds(&self, instant: Instant) -> bool {
        self.0.iter().any(|span| span.holds(instant))
    }

    /// Whether the span and this share an instant.
    pub(super) fn meet(&self, span: Span) -> bool {
        self.0.iter().any(|own| own.meets(span))
    }

    /// Whether nothing is in.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spans, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    /// Every instant at which it begins or stops to hold.
    pub(super) fn edges(&self) -> impl Iterator<Item = Instant> + '_ {
        self.0.iter().flat_map(|span| [span.from, span.until])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::MIN.plus_seconds(second)
    }

    fn set(pairs: &[(i64, i64)]) -> Spans {
        Spans::union(pairs.iter().map(|(from, until)| Span { from: at(*from), until: at(*until) }))
    }

    #[test]
    fn spans_that_touch_are_one() {
        assert_eq!(set(&[(5, 9), (0, 3), (3, 5), (12, 12)]), set(&[(0, 9)]));
    }

    #[test]
    fn cutting_leaves_the_rest_in_order() {
        assert_eq!(
            set(&[(0, 10), (20, 30)]).minus(&set(&[(2, 4), (8, 22), (29, 40)])),
            set(&[(0, 2), (4, 8), (22, 29)])
        );
        assert_eq!(set(&[(0, 10), (20, 30)]).within(&set(&[(2, 4), (8, 22)])), set(&[(2, 4), (8, 10), (20, 22)]));
    }

    #[test]
    fn the_end_is_no_longer_in() {
        let spans = set(&[(0, 10)]);
        assert!(spans.holds(at(0)) && spans.holds(at(9)) && !spans.holds(at(10)));
        assert!(!spans.meet(Span { from: at(10), until: at(20) }));
    }
}
