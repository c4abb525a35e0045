//! The payloads that have a form of their own in a transcript, written and read.

use super::bytes::{In, Out};
use super::tables::{Known, Tables};
use super::{
    ACT_PERFORMED, AMOUNT_REPORTED, COHORT_REPORTED, MEASURE_OBSERVED, METRIC_REPORTED, PRICE_REPORTED, RATE_SET,
    STATEMENT_MADE,
};
use crate::domain::event::{
    ActPerformed, AmountReported, Bound, CohortReported, MeasureObserved, MeasureState, MetricReported, PriceReported,
    RateSet, Stage, StatementMade,
};
use crate::domain::terms::Basis;
use crate::domain::{Dated, Day, Decimal, Instant, Payload, Precision, Window};

/// Writes what a payload holds, where it has a form.
pub(super) fn write(payload: &Payload, tables: &mut Tables, out: &mut Out) {
    match payload {
        Payload::MeasureObserved(MeasureObserved { state, from, until }) => {
            out.byte(*state as u8);
            instant(*from, out);
            optional(until.as_ref(), out, |until, out| instant(*until, out));
        }
        Payload::AmountReported(it) => write_amount(it, tables, out),
        Payload::MetricReported(it) => write_metric(it, tables, out),
        Payload::CohortReported(it) => {
            let CohortReported { period, snapshot_through, submitted, withdrawn, on_time, late, pending } = it;
            out.number(tables.slug(period));
            day(*snapshot_through, out);
            [submitted, withdrawn, on_time, late, pending].into_iter().for_each(|count| out.number(*count));
        }
        Payload::ActPerformed(ActPerformed { performed_at, stage, count, reference }) => {
            dated(*performed_at, out);
            out.byte(*stage as u8);
            out.number(u64::from(*count));
            optional(reference.as_ref(), out, |reference, out| out.number(tables.text(reference)));
        }
        Payload::RateSet(it) => {
            let RateSet { component, rate, effective_at, reference } = &**it;
            out.number(tables.slug(component));
            optional(rate.as_ref(), out, |rate, out| decimal(*rate, out));
            dated(*effective_at, out);
            optional(reference.as_ref(), out, |reference, out| out.number(tables.text(reference)));
        }
        Payload::StatementMade(StatementMade { by, made_at, summary }) => {
            out.number(tables.text(by));
            dated(*made_at, out);
            out.number(tables.text(summary));
        }
        Payload::PriceReported(PriceReported { item, value, unit, on, bound }) => {
            out.number(tables.text(item));
            decimal(*value, out);
            out.number(tables.unit(*unit));
            day(*on, out);
            out.byte(*bound as u8);
        }
        _ => {}
    }
}

fn write_amount(amount: &AmountReported, tables: &mut Tables, out: &mut Out) {
    let AmountReported { series, basis, from, through, value, unit, covers, bound, running_since } = amount;
    out.number(tables.slug(series));
    out.byte(*basis as u8);
    optional(from.as_ref(), out, |from, out| day(*from, out));
    day(*through, out);
    decimal(*value, out);
    out.number(tables.unit(*unit));
    out.byte(u8::from(*covers));
    out.byte(*bound as u8);
    optional(running_since.as_ref(), out, |since, out| day(*since, out));
}

fn write_metric(metric: &MetricReported, tables: &mut Tables, out: &mut Out) {
    let MetricReported { series, period, window, item, numerator, denominator, unit, bound } = metric;
    out.number(tables.slug(series));
    optional(period.as_ref(), out, |period, out| out.number(tables.slug(period)));
    optional(window.as_ref(), out, |window, out| {
        day(window.start(), out);
        day(window.through(), out);
    });
    optional(item.as_ref(), out, |item, out| out.number(tables.text(item)));
    decimal(*numerator, out);
    decimal(*denominator, out);
    optional(unit.as_ref(), out, |unit, out| out.number(tables.unit(*unit)));
    out.byte(*bound as u8);
}

/// Reads what a payload of a form holds.
pub(super) fn read(form: u8, known: &Known, from: &mut In<'_>) -> Option<Payload> {
    Some(match form {
        MEASURE_OBSERVED => Payload::MeasureObserved(MeasureObserved {
            state: word(MeasureState::ALL, from)?,
            from: read_instant(from)?,
            until: read_optional(from, read_instant)?,
        }),
        AMOUNT_REPORTED => Payload::AmountReported(AmountReported {
            series: known.slug(from)?,
            basis: word(Basis::ALL, from)?,
            from: read_optional(from, read_day)?,
            through: read_day(from)?,
            value: read_decimal(from)?,
            unit: known.unit(from)?,
            covers: from.byte()? != 0,
            bound: word(Bound::ALL, from)?,
            running_since: read_optional(from, read_day)?,
        }),
        METRIC_REPORTED => Payload::MetricReported(Box::new(MetricReported {
            series: known.slug(from)?,
            period: read_optional(from, |from| known.slug(from))?,
            window: read_optional(from, |from| Window::new(read_day(from)?, read_day(from)?).ok())?,
            item: read_optional(from, |from| known.text(from))?,
            numerator: read_decimal(from)?,
            denominator: read_decimal(from)?,
            unit: read_optional(from, |from| known.unit(from))?,
            bound: word(Bound::ALL, from)?,
        })),
        COHORT_REPORTED => Payload::CohortReported(CohortReported {
            period: known.slug(from)?,
            snapshot_through: read_day(from)?,
            submitted: from.number()?,
            withdrawn: from.number()?,
            on_time: from.number()?,
            late: from.number()?,
            pending: from.number()?,
        }),
        ACT_PERFORMED => Payload::ActPerformed(ActPerformed {
            performed_at: read_dated(from)?,
            stage: word(Stage::ALL, from)?,
            count: u32::try_from(from.number()?).ok()?,
            reference: read_optional(from, |from| known.text(from))?,
        }),
        RATE_SET => Payload::RateSet(Box::new(RateSet {
            component: known.slug(from)?,
            rate: read_optional(from, read_decimal)?,
            effective_at: read_dated(from)?,
            reference: read_optional(from, |from| known.text(from))?,
        })),
        STATEMENT_MADE => Payload::StatementMade(StatementMade {
            by: known.text(from)?,
            made_at: read_dated(from)?,
            summary: known.text(from)?,
        }),
        PRICE_REPORTED => Payload::PriceReported(PriceReported {
            item: known.text(from)?,
            value: read_decimal(from)?,
            unit: known.unit(from)?,
            on: read_day(from)?,
            bound: word(Bound::ALL, from)?,
        }),
        _ => return None,
    })
}

/// The word at a place of its list.
pub(super) fn word<T: Copy>(words: &[T], from: &mut In<'_>) -> Option<T> {
    words.get(usize::from(from.byte()?)).copied()
}

fn optional<T>(value: Option<&T>, out: &mut Out, write: impl FnOnce(&T, &mut Out)) {
    out.byte(u8::from(value.is_some()));
    if let Some(value) = value {
        write(value, out);
    }
}

#[expect(clippy::option_option, reason = "whether it can be read, and what is there")]
fn read_optional<T>(from: &mut In<'_>, read: impl FnOnce(&mut In<'_>) -> Option<T>) -> Option<Option<T>> {
    match from.byte()? {
        0 => Some(None),
        1 => read(from).map(Some),
        _ => None,
    }
}

fn instant(instant: Instant, out: &mut Out) {
    out.signed(instant.unix_seconds());
}

fn read_instant(from: &mut In<'_>) -> Option<Instant> {
    Instant::from_unix_seconds(from.signed()?).ok()
}

fn dated(dated: Dated, out: &mut Out) {
    instant(dated.at, out);
    out.byte(dated.precision as u8);
}

fn read_dated(from: &mut In<'_>) -> Option<Dated> {
    Some(Dated { at: read_instant(from)?, precision: word(Precision::ALL, from)? })
}

/// A day is the year, the month in four bits and the day in five.
fn day(day: Day, out: &mut Out) {
    let date = day.date();
    out.number((u64::from(date.year().unsigned_abs()) << 9) | ((date.month() as u64) << 5) | date.day() as u64);
}

fn read_day(from: &mut In<'_>) -> Option<Day> {
    let number = from.number()?;
    let (year, month, day) = (i16::try_from(number >> 9).ok()?, ((number >> 5) & 15) as i8, (number & 31) as i8);
    Day::from_date(jiff::civil::Date::new(year, month, day).ok()?).ok()
}

/// A decimal is its digits without the point, in two parts since they may be 27, and how many stand after the point.
fn decimal(decimal: Decimal, out: &mut Out) {
    let (digits, scale) = decimal.digits();
    let magnitude = digits.unsigned_abs();
    out.byte((scale as u8) << 1 | u8::from(digits < 0));
    out.number((magnitude & u128::from(u64::MAX >> 1)) as u64);
    out.number((magnitude >> 63) as u64);
}

fn read_decimal(from: &mut In<'_>) -> Option<Decimal> {
    let form = from.byte()?;
    let magnitude = u128::from(from.number()?) | u128::from(from.number()?) << 63;
    let digits = i128::try_from(magnitude).ok()?;
    Decimal::from_digits(if form & 1 == 1 { -digits } else { digits }, u32::from(form >> 1)).ok()
}
