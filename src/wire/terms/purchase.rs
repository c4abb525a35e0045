//! Terms of a purchase pledge.

use std::collections::BTreeMap;

use crate::domain::terms::{Month, Pace, PaceMethod, PurchaseTerms, Tranche};
use crate::domain::{Decimal, Slug, Unit, Window};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::{PARTS_MAX, SERIES_MAX};
use super::super::spell::{Spelled, Speller, texts};
use super::super::violation::Reason;
use super::super::word::Word;

impl Spelled for PurchaseTerms {
    type Proto = v1::PurchaseTerms;

    fn spell(&self, to: &Speller<'_>) -> v1::PurchaseTerms {
        v1::PurchaseTerms {
            unit: self.unit.to_string(),
            basis: self.basis.number(),
            series: texts(&self.series),
            series_rule: self.series_rule.number(),
            primary: self.primary.to_string(),
            disagreement_pct: self.disagreement_pct.to_string(),
            reporting_lag_days: self.reporting_lag_days,
            on_missing: self.on_missing.number(),
            carry: self.carry.number(),
            pace: Some(self.pace.spell(to)),
            conversions: spell_conversions(&self.conversions),
            tranches: to.list(&self.tranches),
            term: self.term.map(|term| term.spell(to)),
        }
    }

    fn read(message: &v1::PurchaseTerms, here: &At<'_>) -> Option<Self> {
        let terms = every!(PurchaseTerms {
            unit: here.field("unit").unit(&message.unit),
            basis: here.field("basis").word(message.basis),
            series: here.field("series").slugs(&message.series, 1..=SERIES_MAX),
            series_rule: here.field("series_rule").word(message.series_rule),
            primary: here.field("primary").slug(&message.primary),
            disagreement_pct: here.field("disagreement_pct").percentage(&message.disagreement_pct),
            reporting_lag_days: here.field("reporting_lag_days").days(message.reporting_lag_days),
            on_missing: here.field("on_missing").word(message.on_missing),
            carry: here.field("carry").word(message.carry),
            pace: here.field("pace").message(message.pace.as_ref()),
            conversions: read_conversions(&message.conversions, &here.field("conversions")),
            tranches: here.field("tranches").messages(&message.tranches, 1..=PARTS_MAX),
            term: here.field("term").optional_message(message.term.as_ref()),
        })?;
        hold_together(&terms, here);
        Some(terms)
    }
}

/// What the fields of a pledge owe each other.
fn hold_together(terms: &PurchaseTerms, here: &At<'_>) {
    here.field("primary").rule(terms.series.contains(&terms.primary), Reason::Disagrees, || {
        format!("{} is not among the series that are heard", terms.primary)
    });
    here.field("conversions").key(terms.unit.code()).rule(
        !terms.conversions.contains_key(&terms.unit),
        Reason::Disagrees,
        || "the pledge's own unit needs no factor".to_owned(),
    );
    let tranches = here.field("tranches");
    tranches.once(&terms.tranches, Some("id"), |tranche| tranche.id.clone());
    tranches.in_order(terms.tranches.iter().map(|tranche| tranche.window));
    for (index, tranche) in terms.tranches.iter().enumerate() {
        let place = tranches.index(index);
        if let Some(term) = terms.term {
            let inside = term.start() <= tranche.window.start() && tranche.window.through() <= term.through();
            place.field("window").rule(inside, Reason::Disagrees, || {
                format!("{} is not inside the term of the pledge, {term}", tranche.window)
            });
        }
        for series in tranche.target_by_series.keys() {
            let heard = terms.series.contains(series);
            place
                .field("target_by_series")
                .key(series.as_str())
                .rule(heard, Reason::Disagrees, || format!("{series} is not among the series that are heard"));
        }
    }
}

impl Spelled for Tranche {
    type Proto = v1::Tranche;

    fn spell(&self, to: &Speller<'_>) -> v1::Tranche {
        v1::Tranche {
            id: self.id.to_string(),
            window: Some(self.window.spell(to)),
            target: self.target.to_string(),
            cure_days: self.cure_days,
            target_by_series: spell_targets(&self.target_by_series),
        }
    }

    fn read(message: &v1::Tranche, here: &At<'_>) -> Option<Self> {
        every!(Tranche {
            id: here.field("id").slug(&message.id),
            window: here.field("window").message(message.window.as_ref()),
            target: here.field("target").amount(&message.target),
            cure_days: here.field("cure_days").days(message.cure_days),
            target_by_series: read_targets(&message.target_by_series, &here.field("target_by_series")),
        })
    }
}

pub(super) fn spell_conversions(conversions: &BTreeMap<Unit, Decimal>) -> BTreeMap<String, String> {
    conversions.iter().map(|(unit, factor)| (unit.to_string(), factor.to_string())).collect()
}

pub(super) fn read_conversions(
    conversions: &BTreeMap<String, String>,
    here: &At<'_>,
) -> Option<BTreeMap<Unit, Decimal>> {
    here.map(conversions, 0..=SERIES_MAX, |here, unit| here.unit(unit), |here, factor| here.positive(factor))
}

pub(super) fn spell_targets(targets: &BTreeMap<Slug, Decimal>) -> BTreeMap<String, String> {
    targets.iter().map(|(series, target)| (series.to_string(), target.to_string())).collect()
}

pub(super) fn read_targets(targets: &BTreeMap<String, String>, here: &At<'_>) -> Option<BTreeMap<Slug, Decimal>> {
    here.map(targets, 0..=SERIES_MAX, |here, id| here.slug(id), |here, target| here.amount(target))
}

impl Spelled for Pace {
    type Proto = v1::Pace;

    fn spell(&self, _: &Speller<'_>) -> v1::Pace {
        v1::Pace {
            method: self.method.number(),
            tolerance_pct: self.tolerance_pct.to_string(),
            weights: self.weights.iter().map(|(month, weight)| (month.to_string(), weight.to_string())).collect(),
        }
    }

    fn read(message: &v1::Pace, here: &At<'_>) -> Option<Self> {
        let pace = every!(Pace {
            method: here.field("method").word(message.method),
            tolerance_pct: here.field("tolerance_pct").percentage(&message.tolerance_pct),
            weights: here.field("weights").map(
                &message.weights,
                0..=PARTS_MAX,
                |here, month| here.month(month),
                |here, weight| { here.share(weight) }
            ),
        })?;
        let weighted = pace.method == PaceMethod::Seasonal;
        here.field("weights").rule(weighted != pace.weights.is_empty(), Reason::Disagrees, || {
            if weighted { "SEASONAL needs a weight for each month" } else { "only SEASONAL has weights" }.to_owned()
        });
        Some(pace)
    }
}

impl At<'_> {
    fn month(&self, text: &str) -> Option<Month> {
        self.checked(Month::parse(text))
    }

    /// Refuses windows that are not in order of their start.
    pub(super) fn in_order(&self, windows: impl Iterator<Item = Window>) {
        let mut previous: Option<Window> = None;
        for (index, window) in windows.enumerate() {
            let ordered = previous.is_none_or(|earlier| earlier.start() <= window.start());
            self.index(index).field("window").rule(ordered, Reason::Disagrees, || {
                format!("{window} stands after a later one; the list is in order of the first days")
            });
            previous = Some(window);
        }
    }
}
