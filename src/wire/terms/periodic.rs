//! Terms of the kinds that are judged period by period.

use crate::domain::Role;
use crate::domain::terms::{LicensingTerms, Period, PeriodicTerms};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::{PARTS_MAX, SERIES_MAX};
use super::super::spell::{Spelled, Speller, texts};
use super::super::violation::Reason;
use super::super::word::Word;

impl Spelled for PeriodicTerms {
    type Proto = v1::PeriodicTerms;

    fn spell(&self, to: &Speller<'_>) -> v1::PeriodicTerms {
        v1::PeriodicTerms {
            effective_from: Some(to.moment(&self.effective_from)),
            comparator: self.comparator.number(),
            limit: self.limit.to_string(),
            periods: to.list(&self.periods),
            reporting_lag_days: self.reporting_lag_days,
            series: texts(&self.series),
            series_rule: self.series_rule.number(),
            primary: self.primary.to_string(),
            disagreement_pct: self.disagreement_pct.to_string(),
            cure_next_period: self.cure_next_period,
            on_missing: self.on_missing.number(),
        }
    }

    fn read(message: &v1::PeriodicTerms, here: &At<'_>) -> Option<Self> {
        let terms = every!(PeriodicTerms {
            effective_from: here.field("effective_from").moment(message.effective_from.as_ref(), Role::Start),
            comparator: here.field("comparator").word(message.comparator),
            limit: here.field("limit").amount(&message.limit),
            periods: here.field("periods").periods(&message.periods),
            reporting_lag_days: here.field("reporting_lag_days").days(message.reporting_lag_days),
            series: here.field("series").slugs(&message.series, 0..=SERIES_MAX),
            series_rule: here.field("series_rule").word(message.series_rule),
            primary: here.field("primary").slug(&message.primary),
            disagreement_pct: here.field("disagreement_pct").percentage(&message.disagreement_pct),
            cure_next_period: Some(message.cure_next_period),
            on_missing: here.field("on_missing").word(message.on_missing),
        })?;
        let heard = terms.series.is_empty() || terms.series.contains(&terms.primary);
        here.field("primary")
            .rule(heard, Reason::Disagrees, || format!("{} is not among the series that are heard", terms.primary));
        Some(terms)
    }
}

impl Spelled for LicensingTerms {
    type Proto = v1::LicensingTerms;

    fn spell(&self, to: &Speller<'_>) -> v1::LicensingTerms {
        v1::LicensingTerms {
            effective_from: Some(to.moment(&self.effective_from)),
            decide_within_days: self.decide_within_days,
            min_share: self.min_share.to_string(),
            min_sample: self.min_sample,
            periods: to.list(&self.periods),
            reporting_lag_days: self.reporting_lag_days,
            cure_next_period: self.cure_next_period,
            on_missing: self.on_missing.number(),
        }
    }

    fn read(message: &v1::LicensingTerms, here: &At<'_>) -> Option<Self> {
        every!(LicensingTerms {
            effective_from: here.field("effective_from").moment(message.effective_from.as_ref(), Role::Start),
            decide_within_days: here.field("decide_within_days").days(message.decide_within_days),
            min_share: here.field("min_share").share(&message.min_share),
            min_sample: Some(message.min_sample),
            periods: here.field("periods").periods(&message.periods),
            reporting_lag_days: here.field("reporting_lag_days").days(message.reporting_lag_days),
            cure_next_period: Some(message.cure_next_period),
            on_missing: here.field("on_missing").word(message.on_missing),
        })
    }
}

impl At<'_> {
    fn periods(&self, messages: &[v1::Period]) -> Option<Vec<Period>> {
        let periods: Vec<Period> = self.messages(messages, 1..=PARTS_MAX)?;
        self.once(&periods, Some("id"), |period| period.id.clone());
        self.in_order(periods.iter().map(|period| period.window));
        Some(periods)
    }
}

impl Spelled for Period {
    type Proto = v1::Period;

    fn spell(&self, to: &Speller<'_>) -> v1::Period {
        v1::Period { id: self.id.to_string(), window: Some(self.window.spell(to)) }
    }

    fn read(message: &v1::Period, here: &At<'_>) -> Option<Self> {
        every!(Period {
            id: here.field("id").slug(&message.id),
            window: here.field("window").message(message.window.as_ref()),
        })
    }
}
