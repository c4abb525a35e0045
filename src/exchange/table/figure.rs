//! A figure apart from its sources: what it is of, for when, how much.

use crate::domain::event::{AmountReported, Bound, MetricReported, RateSet};
use crate::domain::terms::Basis;
use crate::domain::{Dated, Decimal, Instant, Payload, Precision, Slug, Subject, Submission, Text, Unit, Window};

/// A figure as an event states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) strand: Strand,
    pub(super) span: Span,
    pub(super) manner: Manner,
    pub(super) number: Number,
}

/// What figures of one line through time have in common; with the span, the natural key of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Strand {
    pub(super) subject: Subject,
    pub(super) series: Option<Slug>,
    /// Amounts only.
    pub(super) basis: Option<Basis>,
    /// The item of a metric, the component of a rate.
    pub(super) item: Option<Text>,
    /// The named test period of a metric.
    pub(super) period: Option<Slug>,
    /// Running totals are another line than the figures of single periods; a table gives none.
    pub(super) is_running: bool,
}

/// For when a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Span {
    Days(Window),
    /// A rate holds from here on.
    From(Instant),
    /// The strand names the period.
    Named,
}

/// What makes two figures revisions of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) strand: u32,
    pub(super) span: Span,
}

/// How a figure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Manner {
    pub(super) unit: Option<Unit>,
    pub(super) covers: bool,
    pub(super) bound: Bound,
}

/// How much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// An amount, a rate, or a level.
    One(Decimal),
    /// The numerator and the denominator of a ratio. Boxed, since a million figures are held at once.
    Ratio(Box<(Decimal, Decimal)>),
    /// A rate's component was taken away.
    Gone,
}

impl Stated {
    /// The figure that an event states; none where it states no figure of these three kinds.
    pub(super) fn of(submission: &Submission) -> Option<Self> {
        let subject = submission.subject.clone();
        match &submission.payload {
            Payload::AmountReported(amount) => Some(of_amount(subject, amount)),
            Payload::MetricReported(metric) => Some(of_metric(subject, metric)),
            Payload::RateSet(rate) => Some(of_rate(subject, rate)),
            _ => None,
        }
    }

    /// The payload that states it; `reference` is the act of a rate. None where strand, span and number are not of one
    /// kind, which a mapping rules out.
    pub(super) fn payload(&self, reference: Option<&Text>) -> Option<Payload> {
        match (&self.number, self.span) {
            (Number::One(value), Span::Days(window)) if self.strand.basis.is_some() => self.amount(*value, window),
            (Number::One(level), Span::Days(window)) => self.metric((*level, Decimal::ONE), Some(window)),
            (Number::One(level), Span::Named) => self.metric((*level, Decimal::ONE), None),
            (Number::Ratio(ratio), Span::Days(window)) => self.metric(**ratio, Some(window)),
            (Number::Ratio(ratio), Span::Named) => self.metric(**ratio, None),
            (Number::One(rate), Span::From(at)) => self.rate(Some(*rate), at, reference),
            (Number::Gone, Span::From(at)) => self.rate(None, at, reference),
            (Number::Ratio(_), Span::From(_)) | (Number::Gone, Span::Days(_) | Span::Named) => None,
        }
    }

    fn amount(&self, value: Decimal, window: Window) -> Option<Payload> {
        Some(Payload::AmountReported(AmountReported {
            series: self.strand.series.clone()?,
            basis: self.strand.basis?,
            from: Some(window.start()),
            through: window.through(),
            value,
            unit: self.manner.unit?,
            covers: self.manner.covers,
            bound: self.manner.bound,
            running_since: None,
        }))
    }

    fn metric(&self, ratio: (Decimal, Decimal), window: Option<Window>) -> Option<Payload> {
        Some(Payload::MetricReported(Box::new(MetricReported {
            series: self.strand.series.clone()?,
            period: self.strand.period.clone(),
            window,
            item: self.strand.item.clone(),
            numerator: ratio.0,
            denominator: ratio.1,
            unit: self.manner.unit,
            bound: self.manner.bound,
        })))
    }

    fn rate(&self, rate: Option<Decimal>, at: Instant, reference: Option<&Text>) -> Option<Payload> {
        let component = Slug::parse(self.strand.item.as_ref()?.as_str()).ok()?;
        let effective_at = Dated { at, precision: Precision::Day };
        Some(Payload::RateSet(Box::new(RateSet { component, rate, effective_at, reference: reference.cloned() })))
    }
}

fn of_amount(subject: Subject, amount: &AmountReported) -> Stated {
    let from = amount.from.unwrap_or(amount.through);
    Stated {
        strand: Strand {
            subject,
            series: Some(amount.series.clone()),
            basis: Some(amount.basis),
            item: None,
            period: None,
            is_running: amount.running_since.is_some(),
        },
        span: Window::new(from, amount.through).map_or(Span::Named, Span::Days),
        manner: Manner { unit: Some(amount.unit), covers: amount.covers, bound: amount.bound },
        number: Number::One(amount.value),
    }
}

fn of_metric(subject: Subject, metric: &MetricReported) -> Stated {
    Stated {
        strand: Strand {
            subject,
            series: Some(metric.series.clone()),
            basis: None,
            item: metric.item.clone(),
            period: metric.period.clone(),
            is_running: false,
        },
        // A period that has a name is known by it, whatever days are given too.
        span: metric.window.filter(|_| metric.period.is_none()).map_or(Span::Named, Span::Days),
        manner: Manner { unit: metric.unit, covers: false, bound: metric.bound },
        number: Number::ratio(metric.numerator, metric.denominator),
    }
}

fn of_rate(subject: Subject, rate: &RateSet) -> Stated {
    Stated {
        strand: Strand {
            subject,
            series: None,
            basis: None,
            item: Text::new(rate.component.as_str()).ok(),
            period: None,
            is_running: false,
        },
        span: Span::From(rate.effective_at.at),
        manner: Manner::OF_RATES,
        number: rate.rate.map_or(Number::Gone, Number::One),
    }
}

impl Number {
    /// A metric: a level where the denominator is 1.
    pub(super) fn ratio(numerator: Decimal, denominator: Decimal) -> Self {
        if denominator == Decimal::ONE {
            return Number::One(numerator);
        }
        Number::Ratio(Box::new((numerator, denominator)))
    }
}

impl Manner {
    /// Rates are in percentage points, and exact.
    pub(super) const OF_RATES: Manner = Manner { unit: None, covers: false, bound: Bound::Exact };
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::One(value) => value.fmt(f),
            Number::Ratio(ratio) => write!(f, "{}/{}", ratio.0, ratio.1),
            Number::Gone => f.write_str("none"),
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Span::Days(window) if window.start() == window.through() => window.start().fmt(f),
            Span::Days(window) => write!(f, "{}/{}", window.start(), window.through()),
            Span::From(at) => write!(f, "from {at}"),
            Span::Named => Ok(()),
        }
    }
}
