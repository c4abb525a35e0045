//! Shares: what every series reports of a subject, side by side, against a ceiling where one was agreed.

mod ceiling;

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Signed as _;

pub use ceiling::Ceiling;

use super::PeriodVerdict;
use crate::domain::event::{Bound, MetricReported};
use crate::domain::{Docket, Event, Instant, Payload, Position, Slug, Subject, Text, Unit, Window, Zone, live};

/// What is reported of one subject.
#[derive(Debug)]
pub struct Shares<'a> {
    /// The ceiling, or floor, that was agreed; none where nothing was.
    pub ceiling: Option<Ceiling>,
    /// By item, then by period.
    pub rows: Vec<ShareRow<'a>>,
}

/// One item in one period, as every series has it.
#[derive(Debug)]
pub struct ShareRow<'a> {
    /// What is measured; none where the series has one item only.
    pub item: Option<&'a Text>,
    /// The test period, where the subject has them.
    pub period: Option<Slug>,
    /// Its days; none where nobody has said.
    pub window: Option<Window>,
    /// By series, and in order of record.
    pub figures: Vec<Figure<'a>>,
    /// Between each two series that measure the same, in the same unit.
    pub differences: Vec<SeriesDifference<'a>>,
    /// The verdict on the period, where the subject is judged by periods.
    pub verdict: Option<PeriodVerdict>,
}

/// What one series reports.
#[derive(Debug)]
pub struct Figure<'a> {
    /// The event.
    pub event: &'a Event,
    /// What it says.
    pub metric: &'a MetricReported,
    /// Numerator over denominator, exactly; none where the denominator is zero.
    pub value: Option<BigRational>,
    /// Whether it is a part of a whole, or a level.
    pub form: FigureForm,
    /// On which side of the ceiling it is; none where it is not held against it.
    pub side: Option<PeriodVerdict>,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureForm {
    /// A part of a whole: its denominator is the whole.
    Share,
    /// An amount or a level by itself: its denominator is 1.
    Level,
}

/// How far two series are apart.
#[derive(Debug, PartialEq)]
pub struct SeriesDifference<'a> {
    /// The series with the lower value.
    pub lower: &'a Slug,
    /// The other one.
    pub higher: &'a Slug,
    /// By how much, in the unit of both; shares as a share.
    pub by: BigRational,
    /// That, in per cent of the larger of the two.
    pub pct_of_larger: BigRational,
}

/// What is reported of a subject, of periods that are over at `as_of`, as known at a position. Figures that another one
/// supersedes, or that were taken back, are left out.
pub fn shares<'a>(docket: &'a Docket, subject: &Subject, as_of: Instant, known: Position) -> Shares<'a> {
    let own = live(docket.about(subject), known);
    let ceiling = Ceiling::of(docket, subject, &own, as_of, known);
    let zone = ceiling.as_ref().map_or_else(Zone::utc, |ceiling| ceiling.zone.clone());
    let mut rows: BTreeMap<Key<'a>, Vec<Figure<'a>>> = BTreeMap::new();
    for event in own {
        let Payload::MetricReported(metric) = &event.submission.payload else { continue };
        let (period, window) = match &ceiling {
            Some(ceiling) if ceiling.is_of_subject => ceiling.place(metric),
            _ => (metric.period.clone(), metric.window),
        };
        // A period that is not over has no figure yet (specification, T5).
        if window.is_none_or(|window| zone.end_of(window.through()) <= as_of) {
            let key = Key { item: metric.item.as_ref(), window, period };
            rows.entry(key).or_default().push(Figure::of(event, metric, ceiling.as_ref()));
        }
    }
    let rows = rows.into_iter().map(|(key, figures)| ShareRow::of(key, figures, ceiling.as_ref())).collect();
    Shares { ceiling, rows }
}

/// What the figures of one row have in common; also the order of rows.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    item: Option<&'a Text>,
    window: Option<Window>,
    period: Option<Slug>,
}

impl<'a> ShareRow<'a> {
    fn of(key: Key<'a>, mut figures: Vec<Figure<'a>>, ceiling: Option<&Ceiling>) -> Self {
        figures.sort_by_key(|figure| (&figure.metric.series, figure.event.position));
        let differences = differences(&figures);
        let verdict = key.period.as_ref().and_then(|period| ceiling?.verdict(period));
        ShareRow { item: key.item, period: key.period, window: key.window, figures, differences, verdict }
    }
}

impl<'a> Figure<'a> {
    fn of(event: &'a Event, metric: &'a MetricReported, ceiling: Option<&Ceiling>) -> Self {
        let denominator = metric.denominator.fraction();
        let value = (!metric.denominator.is_zero()).then(|| metric.numerator.fraction() / &denominator);
        let whole = BigRational::from_integer(1.into());
        let form = if denominator == whole { FigureForm::Level } else { FigureForm::Share };
        let side = ceiling.and_then(|ceiling| ceiling.side(event, metric, value.as_ref()?));
        Figure { event, metric, value, form, side }
    }

    /// What makes two figures comparable: two shares are, two levels only in one unit.
    fn scale(&self) -> (bool, Option<Unit>) {
        match self.form {
            FigureForm::Share => (true, None),
            FigureForm::Level => (false, self.metric.unit),
        }
    }
}

/// Between the latest comparable figures of each two series.
fn differences<'a>(figures: &[Figure<'a>]) -> Vec<SeriesDifference<'a>> {
    let mut latest: Vec<&Figure<'a>> = Vec::new();
    for figure in figures.iter().filter(|figure| figure.value.is_some()) {
        let same =
            |known: &&mut &Figure<'a>| known.metric.series == figure.metric.series && known.scale() == figure.scale();
        match latest.iter_mut().find(same) {
            Some(known) => *known = figure,
            None => latest.push(figure),
        }
    }
    let pairs = latest.iter().enumerate().flat_map(|(index, a)| latest[index + 1..].iter().map(move |b| (*a, *b)));
    pairs.filter_map(|(a, b)| difference(a, b)).collect()
}

fn difference<'a>(a: &Figure<'a>, b: &Figure<'a>) -> Option<SeriesDifference<'a>> {
    let (x, y) = (a.value.as_ref()?, b.value.as_ref()?);
    let comparable = a.scale() == b.scale() && a.metric.series != b.metric.series;
    let (lower, higher) = if y < x { (b, a) } else { (a, b) };
    let by = (x - y).abs();
    let larger = x.abs().max(y.abs());
    let hundred = BigRational::from_integer(100.into());
    let pct_of_larger = if by.is_positive() { &by / larger * hundred } else { by.clone() };
    comparable.then_some(SeriesDifference {
        lower: &lower.metric.series,
        higher: &higher.metric.series,
        by,
        pct_of_larger,
    })
}

/// Whether a figure is meant exactly; bounds are shown and held against nothing.
fn is_exact(metric: &MetricReported) -> bool {
    metric.bound == Bound::Exact
}
