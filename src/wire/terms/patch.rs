//! What an amendment or a reading sets.

use std::collections::BTreeSet;

use crate::domain::Role;
use crate::domain::terms::{PeriodPatch, TermsPatch, TranchePatch};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::{PARTS_MAX, SERIES_MAX};
use super::super::spell::{Spelled, Speller, texts};
use super::super::violation::Reason;
use super::super::word::{Word, number_or_unspecified};
use super::purchase::{read_conversions, read_targets, spell_conversions, spell_targets};

impl Spelled for TermsPatch {
    type Proto = v1::TermsPatch;

    fn spell(&self, to: &Speller<'_>) -> v1::TermsPatch {
        v1::TermsPatch {
            until: to.optional_moment(self.until.as_ref()),
            implement_by: to.optional_moment(self.implement_by.as_ref()),
            cure: self.cure.map(|cure| cure.spell(to)),
            tolerance_hours: self.tolerance_hours,
            snapback_notice_days: self.snapback_notice_days,
            limit: self.limit.map(|limit| limit.to_string()),
            tranches: self.tranches.iter().map(|(id, patch)| (id.to_string(), patch.spell(to))).collect(),
            pace: self.pace.as_ref().map(|pace| pace.spell(to)),
            disagreement_pct: self.disagreement_pct.map(|percentage| percentage.to_string()),
            periods: self.periods.iter().map(|(id, patch)| (id.to_string(), patch.spell(to))).collect(),
            through: self.through.map(|day| day.to_string()),
            persist_through: self.persist_through.map(|day| day.to_string()),
            count: self.count,
            cure_days: self.cure_days,
            reporting_lag_days: self.reporting_lag_days,
            on_missing: number_or_unspecified(self.on_missing),
            min_share: self.min_share.map(|share| share.to_string()),
            min_sample: self.min_sample,
            decide_within_days: self.decide_within_days,
            effective_from: to.optional_moment(self.effective_from.as_ref()),
            on_end: number_or_unspecified(self.on_end),
            depends_on: self.depends_on.as_ref().map(|dependence| dependence.spell(to)),
            unit: self.unit.map(|unit| unit.to_string()),
            basis: number_or_unspecified(self.basis),
            carry: number_or_unspecified(self.carry),
            conversions: spell_conversions(&self.conversions),
            series: texts(&self.series),
            series_rule: number_or_unspecified(self.series_rule),
            primary: self.primary.as_ref().map(|series| series.to_string()),
            comparator: number_or_unspecified(self.comparator),
            cure_next_period: self.cure_next_period,
            admissible: self.admissible.iter().map(|class| class.number()).collect(),
            zone: self.zone.as_ref().map(|zone| zone.to_string()),
            cleared: self.cleared.iter().map(|field| field.number()).collect(),
        }
    }

    fn read(message: &v1::TermsPatch, here: &At<'_>) -> Option<Self> {
        here.sets_something(*message != v1::TermsPatch::default(), "at least one field of the terms to set");
        let patch = every!(TermsPatch {
            until: here.field("until").optional_moment(message.until.as_ref(), Role::End),
            implement_by: here.field("implement_by").optional_moment(message.implement_by.as_ref(), Role::End),
            cure: here.field("cure").optional_message(message.cure.as_ref()),
            tolerance_hours: here.field("tolerance_hours").optional(message.tolerance_hours, At::hours),
            snapback_notice_days: here.field("snapback_notice_days").optional(message.snapback_notice_days, At::days),
            limit: here.field("limit").optional(message.limit.as_deref(), At::amount),
            tranches: here.field("tranches").map(
                &message.tranches,
                0..=PARTS_MAX,
                |here, id| here.slug(id),
                |here, patch| { TranchePatch::read(patch, here) }
            ),
            pace: here.field("pace").optional_message(message.pace.as_ref()),
            disagreement_pct: here
                .field("disagreement_pct")
                .optional(message.disagreement_pct.as_deref(), At::percentage),
            periods: here.field("periods").map(
                &message.periods,
                0..=PARTS_MAX,
                |here, id| here.slug(id),
                |here, patch| { PeriodPatch::read(patch, here) }
            ),
            through: here.field("through").optional(message.through.as_deref(), At::day),
            persist_through: here.field("persist_through").optional(message.persist_through.as_deref(), At::day),
            count: here.field("count").optional(message.count, At::count),
            cure_days: here.field("cure_days").optional(message.cure_days, At::days),
            reporting_lag_days: here.field("reporting_lag_days").optional(message.reporting_lag_days, At::days),
            on_missing: here.field("on_missing").optional_word(message.on_missing),
            min_share: here.field("min_share").optional(message.min_share.as_deref(), At::share),
            min_sample: Some(message.min_sample),
            decide_within_days: here.field("decide_within_days").optional(message.decide_within_days, At::days),
            effective_from: here.field("effective_from").optional_moment(message.effective_from.as_ref(), Role::Start),
            on_end: here.field("on_end").optional_word(message.on_end),
            depends_on: here.field("depends_on").optional_message(message.depends_on.as_ref()),
            unit: here.field("unit").optional(message.unit.as_deref(), At::unit),
            basis: here.field("basis").optional_word(message.basis),
            carry: here.field("carry").optional_word(message.carry),
            conversions: read_conversions(&message.conversions, &here.field("conversions")),
            series: here.field("series").slugs(&message.series, 0..=SERIES_MAX),
            series_rule: here.field("series_rule").optional_word(message.series_rule),
            primary: here.field("primary").optional(message.primary.as_deref(), At::slug),
            comparator: here.field("comparator").optional_word(message.comparator),
            cure_next_period: Some(message.cure_next_period),
            admissible: here.field("admissible").optional_words(&message.admissible),
            zone: here.field("zone").optional(message.zone.as_deref(), At::zone),
            cleared: here.field("cleared").optional_words(&message.cleared).map(BTreeSet::from_iter),
        })?;
        for (index, field) in patch.cleared.iter().enumerate() {
            here.field("cleared")
                .index(index)
                .rule(!patch.sets(*field), Reason::Disagrees, || format!("{field} is taken away, and set as well"));
        }
        if let (Some(through), Some(persist_through)) = (patch.through, patch.persist_through) {
            here.field("persist_through").not_before(through, persist_through);
        }
        Some(patch)
    }
}

impl At<'_> {
    fn sets_something(&self, sets: bool, expected: &str) {
        self.rule(sets, Reason::Required, || format!("sets nothing: {expected}"));
    }
}

impl Spelled for TranchePatch {
    type Proto = v1::TranchePatch;

    fn spell(&self, _: &Speller<'_>) -> v1::TranchePatch {
        v1::TranchePatch {
            start: self.start.map(|day| day.to_string()),
            through: self.through.map(|day| day.to_string()),
            target: self.target.map(|target| target.to_string()),
            cure_days: self.cure_days,
            target_by_series: spell_targets(&self.target_by_series),
        }
    }

    fn read(message: &v1::TranchePatch, here: &At<'_>) -> Option<Self> {
        here.sets_something(
            *message != v1::TranchePatch::default(),
            "at least one of start, through, target, cure_days, target_by_series",
        );
        let patch = every!(TranchePatch {
            start: here.field("start").optional(message.start.as_deref(), At::day),
            through: here.field("through").optional(message.through.as_deref(), At::day),
            target: here.field("target").optional(message.target.as_deref(), At::amount),
            cure_days: here.field("cure_days").optional(message.cure_days, At::days),
            target_by_series: read_targets(&message.target_by_series, &here.field("target_by_series")),
        })?;
        if let (Some(start), Some(through)) = (patch.start, patch.through) {
            here.field("through").not_before(start, through);
        }
        Some(patch)
    }
}

impl Spelled for PeriodPatch {
    type Proto = v1::PeriodPatch;

    fn spell(&self, _: &Speller<'_>) -> v1::PeriodPatch {
        v1::PeriodPatch {
            start: self.start.map(|day| day.to_string()),
            through: self.through.map(|day| day.to_string()),
        }
    }

    fn read(message: &v1::PeriodPatch, here: &At<'_>) -> Option<Self> {
        here.sets_something(*message != v1::PeriodPatch::default(), "at least one of start, through");
        let patch = every!(PeriodPatch {
            start: here.field("start").optional(message.start.as_deref(), At::day),
            through: here.field("through").optional(message.through.as_deref(), At::day),
        })?;
        if let (Some(start), Some(through)) = (patch.start, patch.through) {
            here.field("through").not_before(start, through);
        }
        Some(patch)
    }
}
