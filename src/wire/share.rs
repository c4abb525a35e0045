//! Shares, to the wire.

use crate::domain::{Collection, Slug};
use crate::proto::v1;
use crate::views::{Ceiling, Figure, SeriesDifference, ShareRow, Shares};

use super::rounding::four_places;
use super::spell::{Spelled as _, Speller, or_empty};
use super::word::{Word as _, number_or_unspecified};

/// The ceiling and the rows of an answer, as messages. Values are rounded half-even to four places here, and nowhere
/// before.
pub fn shares_to_proto(shares: &Shares<'_>, ledger: &Slug) -> (Option<v1::Ceiling>, Vec<v1::ShareRow>) {
    let to = Speller::new(ledger, true);
    (shares.ceiling.as_ref().map(|it| ceiling(it, &to)), shares.rows.iter().map(|it| row(it, &to)).collect())
}

fn ceiling(ceiling: &Ceiling, to: &Speller<'_>) -> v1::Ceiling {
    v1::Ceiling {
        commitment: to.name(Collection::Commitments, &ceiling.commitment),
        comparator: ceiling.terms.comparator.number(),
        limit: ceiling.terms.limit.to_string(),
        primary: ceiling.terms.primary.to_string(),
        series_rule: ceiling.terms.series_rule.number(),
    }
}

fn row(row: &ShareRow<'_>, to: &Speller<'_>) -> v1::ShareRow {
    v1::ShareRow {
        item: or_empty(row.item),
        period: or_empty(row.period.as_ref()),
        window: row.window.map(|window| window.spell(to)),
        figures: row.figures.iter().map(figure).collect(),
        differences: row.differences.iter().map(difference).collect(),
        verdict: number_or_unspecified(row.verdict),
    }
}

fn figure(figure: &Figure<'_>) -> v1::Figure {
    let (metric, submission) = (figure.metric, &figure.event.submission);
    v1::Figure {
        series: metric.series.to_string(),
        numerator: metric.numerator.to_string(),
        denominator: metric.denominator.to_string(),
        unit: or_empty(metric.unit.as_ref()),
        form: figure.form.number(),
        value: figure.value.as_ref().map(four_places),
        bound: metric.bound.number(),
        publisher: submission.sources.first().map_or_else(String::new, |source| source.publisher.to_string()),
        source_class: number_or_unspecified(submission.source_class()),
        confidence: number_or_unspecified(submission.confidence),
        note: or_empty(submission.note.as_ref()),
        position: figure.event.position.get(),
        side: number_or_unspecified(figure.side),
    }
}

fn difference(difference: &SeriesDifference<'_>) -> v1::SeriesDifference {
    v1::SeriesDifference {
        lower: difference.lower.to_string(),
        higher: difference.higher.to_string(),
        by: four_places(&difference.by),
        pct_of_larger: four_places(&difference.pct_of_larger),
    }
}
