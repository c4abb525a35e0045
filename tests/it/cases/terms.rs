//! Terms: the commitment of an example, and what its amendments and readings set.

use std::collections::BTreeMap;

use entente::domain::event::CommitmentUndertaken;
use entente::domain::terms::{
    ActTerms, Carry, Comparator, Cure, CureFrom, Dependence, LicensingTerms, Maintenance, Month, OnEnd, OnMissing,
    Pace, PaceMethod, Period, PeriodPatch, PeriodicTerms, PurchaseTerms, RateCeilingTerms, ReciprocalEffect,
    SeriesRule, TermsField, Tranche, TranchePatch,
};
use entente::domain::{
    Basis, Decimal, Instant, Moment, MomentForm, Role, Slug, SourceClass, Status, Terms, TermsPatch, Unit, Window,
};
use serde_json::Value;

use super::example::{Setting, day, day_or_none, decimal, slug, text, whole, words};

/// The undertaking of an example's commitment.
pub(crate) fn undertaking(setting: &Setting, value: &Value) -> Result<CommitmentUndertaken, String> {
    let stated_by = match value["stated_by"].as_array() {
        Some(parties) => {
            parties.iter().map(|p| super::example::party(&serde_json::json!({ "p": p }), "p", "")).collect()
        }
        None => Ok(vec![entente::domain::Party::JOINT]),
    };
    let admissible = match value["admissible"].as_array() {
        Some(_) => classes(&value["admissible"]),
        None => Ok(SourceClass::ALL.to_vec()),
    };
    Ok(CommitmentUndertaken {
        title: words("example"),
        instrument: slug("instrument"),
        obligor: setting.obligor,
        obligee: setting.obligee,
        stated_by: stated_by?,
        zone: setting.zone.clone(),
        measures: names(&value["measures"]),
        products: Vec::new(),
        admissible: admissible?,
        terms: terms(setting, value)?,
    })
}

fn terms(setting: &Setting, value: &Value) -> Result<Terms, String> {
    Ok(match setting.kind.as_str() {
        "measure_suspension" => Terms::MeasureSuspension(maintenance(value)?),
        "rate_ceiling" => {
            Terms::RateCeiling(RateCeilingTerms { maintenance: maintenance(value)?, limit: decimal(&value["limit"])? })
        }
        "purchase_pledge" => Terms::PurchasePledge(purchase(setting, value)?),
        "periodic_ceiling" => Terms::PeriodicCeiling(periodic(value)?),
        "one_off_act" => Terms::OneOffAct(act(value)?),
        "licensing_flow" => Terms::LicensingFlow(licensing(value)?),
        other => return Err(format!("{other:?} is no kind")),
    })
}

fn maintenance(value: &Value) -> Result<Maintenance, String> {
    Ok(Maintenance {
        effective_from: moment(&value["effective_from"], Role::Start)?.ok_or("no effective_from")?,
        until: moment(&value["until"], Role::End)?,
        implement_by: moment(&value["implement_by"], Role::End)?,
        cure: cure(&value["cure"])?,
        tolerance_hours: whole(value, "tolerance_hours", 0)?,
        snapback_notice_days: snapback(value)?,
        depends_on: dependence(&value["depends_on"])?,
        on_end: optional(&value["on_end"], OnEnd::parse)?.unwrap_or(OnEnd::Revive),
    })
}

fn cure(value: &Value) -> Result<Option<Cure>, String> {
    if value.is_null() {
        return Ok(None);
    }
    Ok(Some(Cure {
        days: whole(value, "days", 0)?,
        from: optional(&value["from"], CureFrom::parse)?.unwrap_or(CureFrom::Breach),
        breaches_max: if value["max"].is_null() { None } else { Some(whole(value, "max", 0)?) },
    }))
}

fn snapback(value: &Value) -> Result<Option<u32>, String> {
    match &value["snapback"] {
        Value::Null => Ok(None),
        snapback => whole(snapback, "notice_days", 0).map(Some),
    }
}

fn dependence(value: &Value) -> Result<Option<Dependence>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let triggers = value["triggers"].as_array().ok_or("no triggers")?;
    Ok(Some(Dependence {
        commitment: slug(&text(value, "commitment")?),
        triggers: triggers.iter().map(|status| word(status, Status::parse)).collect::<Result<_, _>>()?,
        effect: word(&value["effect"], ReciprocalEffect::parse)?,
    }))
}

fn purchase(setting: &Setting, value: &Value) -> Result<PurchaseTerms, String> {
    let series: Vec<Slug> = names(&value["series"]);
    let primary = value["primary"].as_str().map(slug).or_else(|| series.first().cloned()).ok_or("no series")?;
    Ok(PurchaseTerms {
        unit: setting.unit(&text(value, "unit")?)?,
        basis: word(&value["basis"], Basis::parse)?,
        series: if series.is_empty() { vec![primary.clone()] } else { series },
        series_rule: optional(&value["series_rule"], SeriesRule::parse)?.unwrap_or(SeriesRule::Primary),
        primary,
        disagreement_pct: decimal_or(&value["disagreement_pct"], "10")?,
        reporting_lag_days: whole(value, "reporting_lag_days", 0)?,
        on_missing: on_missing(value)?,
        carry: optional(&value["carry"], Carry::parse)?.unwrap_or(Carry::None),
        pace: pace(&value["pace"], None)?,
        conversions: conversions(setting, &value["conversions"])?,
        tranches: tranches(value)?,
        term: None,
    })
}

fn conversions(setting: &Setting, value: &Value) -> Result<BTreeMap<Unit, Decimal>, String> {
    let listed = value.as_object().into_iter().flatten();
    listed.map(|(unit, factor)| Ok((setting.unit(unit)?, decimal(factor)?))).collect()
}

/// In order of their start, as terms list them, whatever the order in the example.
fn tranches(value: &Value) -> Result<Vec<Tranche>, String> {
    let listed = entries(&value["tranches"]).map(|(id, tranche)| self::tranche(id, tranche));
    let mut tranches = listed.collect::<Result<Vec<_>, _>>()?;
    tranches.sort_by_key(|tranche| tranche.window.start());
    Ok(tranches)
}

fn tranche(id: &str, value: &Value) -> Result<Tranche, String> {
    Ok(Tranche {
        id: slug(id),
        window: window(value)?,
        target: decimal(&value["target"])?,
        cure_days: whole(value, "cure_days", 0)?,
        target_by_series: decimals(&value["target_by_series"])?,
    })
}

/// The pace of the base text, where it has one: a patch that sets only part of a pace leaves the rest.
pub(crate) fn base_pace(commitment: &Value) -> Result<Option<Pace>, String> {
    present(&commitment["pace"]).map(|value| pace(value, None)).transpose()
}

fn pace(value: &Value, base: Option<&Pace>) -> Result<Pace, String> {
    let method = optional(&value["method"], PaceMethod::parse)?;
    let mut weights = BTreeMap::new();
    for (month, share) in value["weights"].as_object().into_iter().flatten() {
        weights.insert(Month::parse(month).map_err(|e| e.to_string())?, decimal(share)?);
    }
    let method = method.or(base.map(|pace| pace.method)).unwrap_or(PaceMethod::None);
    let kept = base.filter(|_| value["weights"].is_null()).map(|pace| pace.weights.clone());
    // Weights say something of a seasonal pace only; another has none.
    let weights = if method == PaceMethod::Seasonal { kept.unwrap_or(weights) } else { BTreeMap::new() };
    Ok(Pace {
        method,
        tolerance_pct: match (&value["tolerance_pct"], base) {
            (Value::Null, Some(pace)) => pace.tolerance_pct,
            (given, _) => decimal_or(given, "0")?,
        },
        weights,
    })
}

fn periodic(value: &Value) -> Result<PeriodicTerms, String> {
    let series = names(&value["series"]);
    let primary = value["primary"].as_str().map(slug).or_else(|| series.first().cloned()).ok_or("no primary series")?;
    Ok(PeriodicTerms {
        effective_from: moment(&value["effective_from"], Role::Start)?.ok_or("no effective_from")?,
        comparator: optional(&value["comparator"], Comparator::parse)?.unwrap_or(Comparator::Le),
        limit: decimal(&value["limit"])?,
        periods: periods(value)?,
        reporting_lag_days: whole(value, "reporting_lag_days", 0)?,
        series,
        series_rule: optional(&value["series_rule"], SeriesRule::parse)?.unwrap_or(SeriesRule::Primary),
        primary,
        disagreement_pct: decimal_or(&value["disagreement_pct"], "10")?,
        cure_next_period: value["cure"] == "next_period",
        on_missing: on_missing(value)?,
    })
}

fn licensing(value: &Value) -> Result<LicensingTerms, String> {
    Ok(LicensingTerms {
        effective_from: moment(&value["effective_from"], Role::Start)?.ok_or("no effective_from")?,
        decide_within_days: whole(value, "decide_within_days", 0)?,
        min_share: decimal(&value["min_share"])?,
        min_sample: whole(value, "min_sample", 0)?,
        periods: periods(value)?,
        reporting_lag_days: whole(value, "reporting_lag_days", 0)?,
        cure_next_period: value["cure"] == "next_period",
        on_missing: on_missing(value)?,
    })
}

fn act(value: &Value) -> Result<ActTerms, String> {
    Ok(ActTerms {
        effective_from: moment(&value["effective_from"], Role::Start)?.ok_or("no effective_from")?,
        through: day(value, "through")?,
        count: whole(value, "count", 1)?,
        cure_days: whole(value, "cure_days", 0)?,
        reporting_lag_days: whole(value, "reporting_lag_days", 0)?,
        on_missing: on_missing(value)?,
        persist_through: day_or_none(value, "persist_through")?,
    })
}

fn periods(value: &Value) -> Result<Vec<Period>, String> {
    let listed = entries(&value["periods"]).map(|(id, period)| Ok(Period { id: slug(id), window: window(period)? }));
    let mut periods = listed.collect::<Result<Vec<_>, String>>()?;
    periods.sort_by_key(|period| period.window.start());
    Ok(periods)
}

/// What an amendment or a reading sets. A field that is null is taken away.
pub(crate) fn patch(setting: &Setting, set: &Value) -> Result<TermsPatch, String> {
    let mut patch = TermsPatch::default();
    for (field, value) in set.as_object().ok_or("no set")? {
        let by_period = ["periodic_ceiling", "licensing_flow"].contains(&setting.kind.as_str());
        match clearable(field).filter(|_| value.is_null()) {
            _ if by_period && field == "cure" => patch.cure_next_period = Some(value == "next_period"),
            Some(cleared) => {
                patch.cleared.insert(cleared);
            }
            None => set_field(&mut patch, setting, set, field)?,
        }
    }
    Ok(patch)
}

fn clearable(field: &str) -> Option<TermsField> {
    TermsField::parse(&field.to_uppercase()).or((field == "snapback").then_some(TermsField::SnapbackNoticeDays))
}

fn set_field(patch: &mut TermsPatch, setting: &Setting, set: &Value, field: &str) -> Result<(), String> {
    let value = &set[field];
    let number = || whole(set, field, 0).map(Some);
    match field {
        "effective_from" => patch.effective_from = moment(value, Role::Start)?,
        "until" => patch.until = moment(value, Role::End)?,
        "implement_by" => patch.implement_by = moment(value, Role::End)?,
        "cure" => patch.cure = cure(value)?,
        "tolerance_hours" => patch.tolerance_hours = number()?,
        "snapback" => patch.snapback_notice_days = snapback(set)?,
        "depends_on" => patch.depends_on = dependence(value)?,
        "on_end" => patch.on_end = optional(value, OnEnd::parse)?,
        "limit" => patch.limit = Some(decimal(value)?),
        "unit" => patch.unit = Some(setting.unit(&text(set, field)?)?),
        "basis" => patch.basis = optional(value, Basis::parse)?,
        "series" => patch.series = names(value),
        "series_rule" => patch.series_rule = optional(value, SeriesRule::parse)?,
        "primary" => patch.primary = value.as_str().map(slug),
        "carry" => patch.carry = optional(value, Carry::parse)?,
        "conversions" => patch.conversions = conversions(setting, value)?,
        "tranches" => patch.tranches = tranche_patches(value)?,
        "pace" => patch.pace = Some(pace(value, setting.pace.as_ref())?),
        "disagreement_pct" => patch.disagreement_pct = Some(decimal(value)?),
        "comparator" => patch.comparator = optional(value, Comparator::parse)?,
        "periods" => patch.periods = period_patches(value)?,
        "through" => patch.through = day_or_none(set, field)?,
        "persist_through" => patch.persist_through = day_or_none(set, field)?,
        "count" => patch.count = number()?,
        "cure_days" => patch.cure_days = number()?,
        "reporting_lag_days" => patch.reporting_lag_days = number()?,
        "on_missing" => patch.on_missing = optional(value, OnMissing::parse)?,
        "min_share" => patch.min_share = Some(decimal(value)?),
        "min_sample" => patch.min_sample = number()?,
        "decide_within_days" => patch.decide_within_days = number()?,
        "admissible" => patch.admissible = classes(value)?,
        "zone" => patch.zone = Some(entente::domain::Zone::parse(&text(set, field)?).map_err(|e| e.to_string())?),
        other => return Err(format!("set.{other} is no field that can be set")),
    }
    Ok(())
}

fn classes(value: &Value) -> Result<Vec<SourceClass>, String> {
    value.as_array().into_iter().flatten().map(|class| word(class, SourceClass::parse)).collect()
}

fn tranche_patches(value: &Value) -> Result<BTreeMap<Slug, TranchePatch>, String> {
    entries(value)
        .map(|(id, tranche)| {
            let patch = TranchePatch {
                start: day_or_none(tranche, "start")?,
                through: day_or_none(tranche, "through")?,
                target: present(&tranche["target"]).map(decimal).transpose()?,
                cure_days: present(&tranche["cure_days"]).map(|_| whole(tranche, "cure_days", 0)).transpose()?,
                target_by_series: decimals(&tranche["target_by_series"])?,
            };
            Ok((slug(id), patch))
        })
        .collect()
}

fn period_patches(value: &Value) -> Result<BTreeMap<Slug, PeriodPatch>, String> {
    entries(value)
        .map(|(id, period)| {
            let patch = PeriodPatch { start: day_or_none(period, "start")?, through: day_or_none(period, "through")? };
            Ok((slug(id), patch))
        })
        .collect()
}

/// A list of things with an `id`, or an object by id.
fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let listed = value.as_array().into_iter().flatten().map(|entry| (entry["id"].as_str().unwrap_or_default(), entry));
    let named = value.as_object().into_iter().flatten().map(|(id, entry)| (id.as_str(), entry));
    listed.chain(named)
}

fn window(value: &Value) -> Result<Window, String> {
    Window::new(day(value, "start")?, day(value, "through")?).map_err(|e| e.to_string())
}

fn on_missing(value: &Value) -> Result<OnMissing, String> {
    Ok(optional(&value["on_missing"], OnMissing::parse)?.unwrap_or(OnMissing::Unverified))
}

/// A moment: an instant, or one of the forms of the time resolutions.
fn moment(value: &Value, role: Role) -> Result<Option<Moment>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(at) => Ok(Some(Moment::at(Instant::parse(at).map_err(|e| e.to_string())?))),
        form => resolve(form, role).map(Some),
    }
}

/// What a text says about time, resolved.
pub(crate) fn resolve(input: &Value, role: Role) -> Result<Moment, String> {
    let zone = || entente::domain::Zone::parse(&text(input, "zone")?).map_err(|e| e.to_string());
    let role = match input["role"].as_str() {
        Some("start") => Role::Start,
        Some("end") => Role::End,
        _ => role,
    };
    let form = match text(input, "form")?.as_str() {
        "local" => MomentForm::Local { at: text(input, "local")?.parse().map_err(|e| format!("{e}"))?, zone: zone()? },
        "through" => MomentForm::Through { day: day(input, "date")?, zone: zone()? },
        "until" => MomentForm::Until { day: day(input, "date")?, zone: zone()? },
        "period_end" => MomentForm::PeriodEnd {
            start: day(input, "start")?,
            months: whole(input, "months", 0)?,
            rounding: match input["rounding"].as_str() {
                Some("up") => entente::domain::Rounding::Up,
                _ => entente::domain::Rounding::Down,
            },
            zone: zone()?,
        },
        "elapsed" => {
            MomentForm::Elapsed { from: super::example::instant(input, "from")?, days: whole(input, "days", 0)? }
        }
        other => return Err(format!("{other:?} is no form of a moment")),
    };
    Moment::resolve(form, role).map_err(|e| e.to_string())
}

fn names(value: &Value) -> Vec<Slug> {
    value.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(slug)).collect()
}

fn decimals(value: &Value) -> Result<BTreeMap<Slug, Decimal>, String> {
    value.as_object().into_iter().flatten().map(|(name, number)| Ok((slug(name), decimal(number)?))).collect()
}

fn decimal_or(value: &Value, default: &str) -> Result<Decimal, String> {
    present(value).map_or_else(|| Decimal::parse(default).map_err(|e| e.to_string()), decimal)
}

fn present(value: &Value) -> Option<&Value> {
    Some(value).filter(|value| !value.is_null())
}

/// A word of a closed list, in whatever case the example writes it.
pub(crate) fn word<T>(value: &Value, parse: fn(&str) -> Option<T>) -> Result<T, String> {
    value.as_str().and_then(|text| parse(&text.to_uppercase())).ok_or_else(|| format!("{value} is no word of its list"))
}

/// The same, or none where it is absent or null.
pub(crate) fn optional<T>(value: &Value, parse: fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    present(value).map(|value| word(value, parse)).transpose()
}
