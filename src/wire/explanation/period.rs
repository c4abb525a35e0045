//! How acts and test periods were judged, to the wire.

use crate::proto::v1;
use crate::views::{ActDerivation, CountStep, FigureDerivation, PeriodDerivation, PeriodicDerivation, exact};

use super::super::spell::{Spelled, Speller, or_empty};
use super::super::word::{Word, number_or_unspecified};
use super::{instant, or_zero, quantities};

pub(super) fn act(it: &ActDerivation) -> v1::ActDerivation {
    v1::ActDerivation { quantities: quantities(&it.quantities), steps: it.steps.iter().map(step).collect() }
}

pub(super) fn periodic(it: &PeriodicDerivation, to: &Speller<'_>) -> v1::PeriodicDerivation {
    v1::PeriodicDerivation {
        quantities: quantities(&it.quantities),
        periods: it.periods.iter().map(|it| period(it, to)).collect(),
    }
}

fn step(step: &CountStep) -> v1::CountStep {
    v1::CountStep { position: step.position.get(), at: instant(step.at), change: step.change, count: step.count }
}

fn period(it: &PeriodDerivation, to: &Speller<'_>) -> v1::PeriodDerivation {
    v1::PeriodDerivation {
        id: it.id.to_string(),
        window: Some(it.window.spell(to)),
        over_at: instant(it.over_at),
        figures_due_at: instant(it.figures_due_at),
        figures: it.figures.iter().map(figure).collect(),
        verdict: number_or_unspecified(it.verdict),
        waiver: or_zero(it.waiver),
        flags: it.flags.iter().map(|flag| flag.number()).collect(),
    }
}

fn figure(it: &FigureDerivation) -> v1::FigureDerivation {
    v1::FigureDerivation {
        position: it.position.get(),
        series: or_empty(it.series.as_ref()),
        working: it.working.clone(),
        value: it.value.as_ref().map(exact),
        verdict: number_or_unspecified(it.verdict),
    }
}
