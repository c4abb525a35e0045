//! Any terms, and anything that an amendment sets.

use std::collections::BTreeMap;

use entente::domain::terms::{
    ActTerms, Basis, Carry, Comparator, Cure, CureFrom, Dependence, LicensingTerms, Maintenance, Month, OnEnd,
    OnMissing, Pace, PaceMethod, Period, PeriodPatch, PeriodicTerms, PurchaseTerms, RateCeilingTerms, ReciprocalEffect,
    SeriesRule, TermsField, Tranche, TranchePatch,
};
use entente::domain::{Decimal, Moment, Role, Slug, SourceClass, Status, Terms, TermsPatch, Window};
use proptest::prelude::*;

use super::value::{amount, day, moment, positive, share, slug, slugs, term, unit, window, word, zone};

const DAYS: std::ops::Range<u32> = 0..36_525;

pub(super) fn terms() -> BoxedStrategy<Terms> {
    prop_oneof![
        maintenance().prop_map(Terms::MeasureSuspension),
        (maintenance(), amount())
            .prop_map(|(maintenance, limit)| Terms::RateCeiling(RateCeilingTerms { maintenance, limit })),
        purchase().prop_map(Terms::PurchasePledge),
        periodic().prop_map(Terms::PeriodicCeiling),
        act().prop_map(Terms::OneOffAct),
        licensing().prop_map(Terms::LicensingFlow),
    ]
    .boxed()
}

fn maintenance() -> BoxedStrategy<Maintenance> {
    (
        term(),
        prop::option::of(moment(Role::End)),
        prop::option::of(cure()),
        0_u32..10_000,
        prop::option::of(DAYS),
        prop::option::of(dependence()),
        word(OnEnd::ALL),
    )
        .prop_map(|((effective_from, until), implement_by, cure, tolerance_hours, snapback, depends_on, on_end)| {
            Maintenance {
                effective_from,
                until,
                implement_by,
                cure,
                tolerance_hours,
                snapback_notice_days: snapback,
                depends_on,
                on_end,
            }
        })
        .boxed()
}

fn dependence() -> impl Strategy<Value = Dependence> {
    (slug(), statuses(), word(ReciprocalEffect::ALL)).prop_map(|(commitment, triggers, effect)| Dependence {
        commitment,
        triggers,
        effect,
    })
}

fn statuses() -> impl Strategy<Value = Vec<Status>> {
    prop::collection::btree_set(word(Status::ALL), 1..4).prop_map(|statuses| statuses.into_iter().collect())
}

fn cure() -> BoxedStrategy<Cure> {
    (DAYS, word(CureFrom::ALL), prop::option::of(any::<u32>()))
        .prop_map(|(days, from, breaches_max)| Cure { days, from, breaches_max })
        .boxed()
}

fn purchase() -> BoxedStrategy<PurchaseTerms> {
    let words = (word(Basis::ALL), word(SeriesRule::ALL), word(OnMissing::ALL), word(Carry::ALL));
    let conversions = prop::collection::btree_map(unit(), positive(), 0..3);
    let extent = (tranches(), any::<bool>(), word(PaceMethod::ALL), share());
    (unit(), slugs(1..4), words, (share(), share()), DAYS, conversions, extent)
        .prop_map(
            |(
                unit,
                series,
                words,
                percentages,
                reporting_lag_days,
                mut conversions,
                (mut tranches, termed, method, weight),
            )| {
                conversions.remove(&unit);
                for tranche in &mut tranches {
                    let heard = series.iter().take(tranche.target_by_series.len()).cloned();
                    tranche.target_by_series = heard.zip(tranche.target_by_series.values().copied()).collect();
                }
                let windows: Vec<Window> = tranches.iter().map(|tranche| tranche.window).collect();
                let (basis, series_rule, on_missing, carry) = words;
                PurchaseTerms {
                    unit,
                    basis,
                    primary: series[0].clone(),
                    series,
                    series_rule,
                    disagreement_pct: percentages.0,
                    reporting_lag_days,
                    on_missing,
                    carry,
                    pace: pace(method, percentages.1, windows[0], weight),
                    conversions,
                    term: termed.then(|| hull(&windows)),
                    tranches,
                }
            },
        )
        .boxed()
}

/// A pace; one by season weighs the first month of the window.
fn pace(method: PaceMethod, tolerance_pct: Decimal, window: Window, weight: Decimal) -> Pace {
    let first = Month::parse(&window.start().to_string()[..7]).unwrap();
    let weights = (method == PaceMethod::Seasonal).then_some((first, weight)).into_iter().collect();
    Pace { method, tolerance_pct, weights }
}

fn hull(windows: &[Window]) -> Window {
    let start = windows.iter().map(|window| window.start()).min().unwrap();
    Window::new(start, windows.iter().map(|window| window.through()).max().unwrap()).unwrap()
}

fn tranches() -> BoxedStrategy<Vec<Tranche>> {
    let parts = (window(), positive(), DAYS, targets());
    prop::collection::btree_map(slug(), parts, 1..4)
        .prop_map(|tranches| {
            let mut tranches: Vec<Tranche> = tranches
                .into_iter()
                .map(|(id, (window, target, cure_days, target_by_series))| Tranche {
                    id,
                    window,
                    target,
                    cure_days,
                    target_by_series,
                })
                .collect();
            tranches.sort_by_key(|tranche| tranche.window.start());
            tranches
        })
        .boxed()
}

fn targets() -> BoxedStrategy<BTreeMap<Slug, Decimal>> {
    prop::collection::btree_map(slug(), positive(), 0..3).boxed()
}

fn periods() -> BoxedStrategy<Vec<Period>> {
    prop::collection::btree_map(slug(), window(), 1..4)
        .prop_map(|periods| {
            let mut periods: Vec<Period> = periods.into_iter().map(|(id, window)| Period { id, window }).collect();
            periods.sort_by_key(|period| period.window.start());
            periods
        })
        .boxed()
}

fn periodic() -> BoxedStrategy<PeriodicTerms> {
    let words = (word(Comparator::ALL), word(SeriesRule::ALL), word(OnMissing::ALL));
    let series = (slugs(0..3), slug());
    (moment(Role::Start), words, amount(), periods(), DAYS, series, share(), any::<bool>())
        .prop_map(
            |(effective_from, words, limit, periods, lag, (series, other), disagreement_pct, cure_next_period)| {
                PeriodicTerms {
                    effective_from,
                    comparator: words.0,
                    limit,
                    periods,
                    reporting_lag_days: lag,
                    primary: series.first().cloned().unwrap_or(other),
                    series,
                    series_rule: words.1,
                    disagreement_pct,
                    cure_next_period,
                    on_missing: words.2,
                }
            },
        )
        .boxed()
}

fn licensing() -> BoxedStrategy<LicensingTerms> {
    (moment(Role::Start), DAYS, share(), any::<u32>(), periods(), DAYS, any::<bool>(), word(OnMissing::ALL))
        .prop_map(|(effective_from, within, min_share, min_sample, periods, lag, cure_next_period, on_missing)| {
            LicensingTerms {
                effective_from,
                decide_within_days: within,
                min_share,
                min_sample,
                periods,
                reporting_lag_days: lag,
                cure_next_period,
                on_missing,
            }
        })
        .boxed()
}

/// An act whose last day is over after it begins, in every zone.
fn act() -> BoxedStrategy<ActTerms> {
    let start = (-2_000_000_000_i64..4_000_000_000)
        .prop_map(|seconds| Moment::at(entente::domain::Instant::from_unix_seconds(seconds).unwrap()));
    let counts = (1_u32.., DAYS, DAYS);
    (start, 2_i64..2_000, counts, word(OnMissing::ALL), prop::option::of(0_i64..2_000))
        .prop_map(|(effective_from, days, (count, cure_days, reporting_lag_days), on_missing, persist)| {
            let begins = entente::domain::Zone::parse("UTC").unwrap().day_of(effective_from.instant());
            let through = begins.plus_days(days);
            ActTerms {
                effective_from,
                through,
                count,
                cure_days,
                reporting_lag_days,
                on_missing,
                persist_through: persist.map(|days| through.plus_days(days)),
            }
        })
        .boxed()
}

/// What an amendment sets; at least one field.
pub(super) fn patch() -> BoxedStrategy<TermsPatch> {
    (maintenance_patch(), statistics_patch(), act_patch(), sources_patch())
        .prop_map(|(duty, statistics, act, sources)| TermsPatch {
            unit: sources.unit,
            basis: sources.basis,
            carry: sources.carry,
            conversions: sources.conversions,
            series: sources.series,
            series_rule: sources.series_rule,
            primary: sources.primary,
            comparator: sources.comparator,
            cure_next_period: sources.cure_next_period,
            admissible: sources.admissible,
            zone: sources.zone,
            limit: statistics.limit,
            tranches: statistics.tranches,
            pace: statistics.pace,
            disagreement_pct: statistics.disagreement_pct,
            periods: statistics.periods,
            min_share: statistics.min_share,
            min_sample: statistics.min_sample,
            decide_within_days: statistics.decide_within_days,
            through: act.through,
            persist_through: act.persist_through,
            count: act.count,
            cure_days: act.cure_days,
            reporting_lag_days: act.reporting_lag_days,
            on_missing: act.on_missing,
            ..duty
        })
        .boxed()
}

fn maintenance_patch() -> BoxedStrategy<TermsPatch> {
    let ends = (prop::option::of(moment(Role::End)), prop::option::of(moment(Role::End)));
    let begin = prop::option::of(moment(Role::Start));
    let depends_on = prop::option::of(dependence());
    let rest = (
        begin,
        depends_on,
        prop::option::of(word(OnEnd::ALL)),
        prop::collection::btree_set(word(TermsField::ALL), 0..4),
    );
    (ends, prop::option::of(cure()), 0_u32..10_000, prop::option::of(DAYS), rest)
        .prop_map(|((until, implement_by), cure, tolerance_hours, snapback_notice_days, rest)| {
            let (effective_from, depends_on, on_end, cleared) = rest;
            let mut patch = TermsPatch {
                until,
                implement_by,
                cure,
                tolerance_hours: Some(tolerance_hours),
                snapback_notice_days,
                effective_from,
                depends_on,
                on_end,
                ..TermsPatch::default()
            };
            // What an act must stay done through is drawn elsewhere.
            let is_free = |field: &TermsField| *field != TermsField::PersistThrough && !patch.sets(*field);
            patch.cleared = cleared.into_iter().filter(is_free).collect();
            patch
        })
        .boxed()
}

fn sources_patch() -> BoxedStrategy<TermsPatch> {
    let words = (
        prop::option::of(word(Basis::ALL)),
        prop::option::of(word(Carry::ALL)),
        prop::option::of(word(SeriesRule::ALL)),
        prop::option::of(word(Comparator::ALL)),
    );
    let units = (prop::option::of(unit()), prop::collection::btree_map(unit(), positive(), 0..3));
    let series = (slugs(0..3), prop::option::of(slug()));
    let classes = prop::collection::btree_set(word(SourceClass::ALL), 0..4);
    (words, units, series, classes, prop::option::of(any::<bool>()), prop::option::of(zone()))
        .prop_map(|(words, units, (series, primary), classes, cure_next_period, zone)| TermsPatch {
            basis: words.0,
            carry: words.1,
            series_rule: words.2,
            comparator: words.3,
            unit: units.0,
            conversions: units.1,
            series,
            primary,
            admissible: classes.into_iter().collect(),
            cure_next_period,
            zone,
            ..TermsPatch::default()
        })
        .boxed()
}

fn statistics_patch() -> BoxedStrategy<TermsPatch> {
    let tranche = (window(), prop::option::of(positive()), prop::option::of(DAYS), targets()).prop_map(
        |(window, target, cure_days, target_by_series)| TranchePatch {
            start: Some(window.start()),
            through: Some(window.through()),
            target,
            cure_days,
            target_by_series,
        },
    );
    let period = day().prop_map(|day| PeriodPatch { start: Some(day), through: None });
    let pace = (word(PaceMethod::ALL), share(), window(), share())
        .prop_map(|(method, tolerance, window, weight)| pace(method, tolerance, window, weight));
    let parts = (prop::collection::btree_map(slug(), tranche, 0..3), prop::collection::btree_map(slug(), period, 0..3));
    let numbers = (prop::option::of(amount()), prop::option::of(share()), prop::option::of(share()));
    (parts, prop::option::of(pace), numbers, prop::option::of(any::<u32>()), prop::option::of(DAYS))
        .prop_map(|((tranches, periods), pace, (limit, disagreement_pct, min_share), min_sample, within)| TermsPatch {
            tranches,
            periods,
            pace,
            limit,
            disagreement_pct,
            min_share,
            min_sample,
            decide_within_days: within,
            ..TermsPatch::default()
        })
        .boxed()
}

fn act_patch() -> BoxedStrategy<TermsPatch> {
    let days = prop_oneof![
        Just((None, None)),
        day().prop_map(|day| (Some(day), None)),
        window().prop_map(|window| (Some(window.start()), Some(window.through()))),
    ];
    let lags = (prop::option::of(DAYS), prop::option::of(DAYS));
    (days, prop::option::of(1_u32..), lags, prop::option::of(word(OnMissing::ALL)))
        .prop_map(|((through, persist_through), count, (cure_days, reporting_lag_days), on_missing)| TermsPatch {
            through,
            persist_through,
            count,
            cure_days,
            reporting_lag_days,
            on_missing,
            ..TermsPatch::default()
        })
        .boxed()
}
