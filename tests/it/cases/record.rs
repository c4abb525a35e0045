//! Record: one record of an example's ledger, as the payloads that say it.

use entente::domain::event::{
    ActPerformed, ActReversed, AmountReported, Bound, BreachAlleged, BreachNotified, ClaimResolved, CohortReported,
    CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, EventRetracted, ExcuseAccepted, ExcuseClaimed,
    FindingIssued, InstrumentTerminated, MeasureAnnounced, MeasureImplemented, MeasureKind, MeasureObserved,
    MeasureReinstated, MeasureState, MeasureSuspended, MeasureVoided, MetricReported, NonComplianceNotified, RateSet,
    ReadingAdopted, ReadingRecorded, Retractor, Stage, Survivor, SuspensionExercised, TerminationMode, Verdict,
    WaiverGranted,
};
use entente::domain::{Basis, Dated, Decimal, Instant, Moment, MomentForm, Payload, Role, Slug};
use serde_json::Value;

use super::example::{
    Setting, day, day_or_none, decimal, event_id, event_of, instant, instant_or_none, party, slug, text, whole, words,
};
use super::terms::{optional, patch, word};

/// The payloads that say one record.
pub(crate) fn payloads(setting: &Setting, record: &Value) -> Result<Vec<Payload>, String> {
    let kind = text(record, "type")?;
    let one = |payload: Payload| Ok(vec![payload]);
    match kind.as_str() {
        "excuse" => excuse(setting, record),
        "amount" => one(Payload::AmountReported(amount(setting, record)?)),
        "metric" => one(Payload::MetricReported(metric(record)?.into())),
        "cohort" => one(Payload::CohortReported(cohort(record)?)),
        "act" | "reversal" => one(act(&kind, record)?),
        "amend" | "reading" | "adopt_reading" | "terminate" => one(terms(setting, &kind, record)?),
        "waive" | "exercise_suspension" => one(relief(setting, &kind, record)?),
        "allege" | "notice" | "notify_noncompliance" | "resolve" | "finding" => one(claim(setting, &kind, record)?),
        "confirm" | "disown" => one(standing(setting, &kind, record)?),
        "retract" => one(Payload::EventRetracted(EventRetracted {
            event: event_of(setting, &text(record, "target")?),
            by: Retractor::Source,
            reason: words("example"),
        })),
        _ => one(measure(setting, &kind, record)?),
    }
}

fn measure(setting: &Setting, kind: &str, record: &Value) -> Result<Payload, String> {
    Ok(match kind {
        "implement" if setting.kind == "measure_suspension" => {
            Payload::MeasureSuspended(MeasureSuspended { effective_at: effective(record)?, reference: None })
        }
        "implement" => {
            Payload::MeasureImplemented(MeasureImplemented { effective_at: effective(record)?, reference: None })
        }
        "announce" => announcement(setting, effective(record)?),
        "reinstate" => Payload::MeasureReinstated(MeasureReinstated {
            effective_at: effective(record)?,
            by: party(record, "by", setting.obligor.code())?,
            reference: None,
        }),
        "observe" => Payload::MeasureObserved(MeasureObserved {
            state: word(&record["state"], MeasureState::parse)?,
            from: instant(record, "from")?,
            until: until(record)?,
        }),
        "measure_void" => Payload::MeasureVoided(MeasureVoided {
            effective_at: effective(record)?,
            court: words(record["by"].as_str().unwrap_or("a court")),
            reference: None,
        }),
        "rate_set" => Payload::RateSet(Box::new(RateSet {
            component: slug(&text(record, "component")?),
            rate: Some(&record["rate"]).filter(|rate| !rate.is_null()).map(decimal).transpose()?,
            effective_at: effective(record)?,
            reference: None,
        })),
        other => return Err(format!("{other:?} is no record type")),
    })
}

/// A measure of the obligor's.
pub(crate) fn announcement(setting: &Setting, announced_at: Dated) -> Payload {
    Payload::MeasureAnnounced(Box::new(MeasureAnnounced {
        title: words("measure"),
        kind: MeasureKind::ExportControl,
        by: setting.obligor,
        against: setting.obligee,
        reference: None,
        announced_at,
        products: Vec::new(),
    }))
}

fn amount(setting: &Setting, record: &Value) -> Result<AmountReported, String> {
    let running_since = day_or_none(record, "running_since")?.or(day_or_none(record, "since")?);
    Ok(AmountReported {
        series: slug(&text(record, "series")?),
        basis: word(&record["basis"], Basis::parse)?,
        from: day_or_none(record, "from")?,
        through: day(record, "through")?,
        value: decimal(&record["value"])?,
        unit: setting.unit(&text(record, "unit")?)?,
        // A bare running total is for no period, so it is the whole of none.
        covers: record["covers"] == true && !record["from"].is_null(),
        bound: bound(record)?,
        running_since,
    })
}

fn bound(record: &Value) -> Result<Bound, String> {
    Ok(optional(&record["bound"], Bound::parse)?.unwrap_or(Bound::Exact))
}

fn metric(record: &Value) -> Result<MetricReported, String> {
    let value = |field: &str| Some(&record[field]).filter(|value| !value.is_null()).map(decimal).transpose();
    Ok(MetricReported {
        series: slug(&text(record, "series")?),
        period: record["period"].as_str().map(slug),
        window: None,
        item: None,
        numerator: value("num")?.or(value("value")?).ok_or("no num")?,
        denominator: value("den")?.map_or_else(|| Decimal::parse("1").map_err(|e| e.to_string()), Ok)?,
        unit: None,
        bound: bound(record)?,
    })
}

fn cohort(record: &Value) -> Result<CohortReported, String> {
    let count = |field: &str| whole(record, field, 0).map(u64::from);
    Ok(CohortReported {
        period: slug(&text(record, "period")?),
        snapshot_through: day(record, "snapshot_through")?,
        submitted: count("submitted")?,
        withdrawn: count("withdrawn")?,
        on_time: count("on_time")?,
        late: count("late")?,
        pending: count("pending")?,
    })
}

fn act(kind: &str, record: &Value) -> Result<Payload, String> {
    let at = instant_or_none(record, "performed_at")?.map_or_else(|| instant(record, "effective_at"), Ok)?;
    let (performed_at, count) = (Dated::exact(at), whole(record, "count", 1)?);
    if kind == "reversal" {
        return Ok(Payload::ActReversed(ActReversed { performed_at, count }));
    }
    let stage = optional(&record["stage"], Stage::parse)?.unwrap_or(Stage::Effective);
    Ok(Payload::ActPerformed(ActPerformed { performed_at, stage, count, reference: None }))
}

fn terms(setting: &Setting, kind: &str, record: &Value) -> Result<Payload, String> {
    let effective_at = effective(record)?;
    Ok(match kind {
        "amend" => Payload::CommitmentAmended(Box::new(CommitmentAmended {
            effective_at,
            retroactive_to: instant_or_none(record, "retroactive_to")?,
            set: patch(setting, &record["set"])?,
        })),
        "reading" => Payload::ReadingRecorded(Box::new(ReadingRecorded {
            reading: slug(&text(record, "id")?),
            effective_at,
            by: None,
            text: None,
            set: patch(setting, &record["set"])?,
        })),
        "adopt_reading" => {
            Payload::ReadingAdopted(ReadingAdopted { reading: slug(&text(record, "reading")?), effective_at })
        }
        _ => Payload::InstrumentTerminated(InstrumentTerminated {
            effective_at,
            mode: optional(&record["mode"], TerminationMode::parse)?.unwrap_or(TerminationMode::Prospective),
            by: None,
            surviving: record["surviving"].as_array().into_iter().flatten().map(|id| survivor(setting, id)).collect(),
        }),
    })
}

/// An id of `surviving` names a commitment, or a tranche of the one asked about.
fn survivor(setting: &Setting, id: &Value) -> Survivor {
    let name = id.as_str().unwrap_or_default();
    if setting.tranches.iter().any(|tranche| tranche == name) {
        Survivor { commitment: setting.commitment.clone(), tranche: Some(slug(name)) }
    } else {
        Survivor { commitment: slug(name), tranche: None }
    }
}

fn relief(setting: &Setting, kind: &str, record: &Value) -> Result<Payload, String> {
    if kind == "exercise_suspension" {
        let (effective_at, until) = (effective(record)?, until(record)?);
        return Ok(Payload::SuspensionExercised(SuspensionExercised { effective_at, until }));
    }
    let relied_on = record["conditional_on"].as_array().into_iter().flatten();
    let target = record["target"].as_str().map(slug);
    Ok(Payload::WaiverGranted(Box::new(WaiverGranted {
        by: party(record, "by", setting.obligee.code())?,
        target: target.filter(|target: &Slug| *target != setting.commitment),
        covers_from: instant_or_none(record, "covers_from")?,
        until: until(record)?,
        effective_at: effective(record)?,
        conditional_on: relied_on.filter_map(|id| id.as_str().map(event_id)).collect(),
    })))
}

fn excuse(setting: &Setting, record: &Value) -> Result<Vec<Payload>, String> {
    let from = moment(setting, record, "from", Role::Start)?.ok_or("an excuse without from")?;
    let until = [moment(setting, record, "through", Role::End)?, moment(setting, record, "to", Role::End)?];
    let until = until.into_iter().flatten().next().or(moment(setting, record, "until", Role::End)?);
    let ground = words(record["ground"].as_str().unwrap_or("force majeure"));
    let mut payloads = vec![Payload::ExcuseClaimed(Box::new(ExcuseClaimed { ground, from, until }))];
    if record["accepted"] == true {
        let by = setting.obligee;
        payloads.push(Payload::ExcuseAccepted(ExcuseAccepted { claim: event_id(&text(record, "id")?), by }));
    }
    Ok(payloads)
}

/// A field that holds an instant, or a day in the commitment's zone: `through` is inclusive, any other begins the day.
fn moment(setting: &Setting, record: &Value, field: &str, role: Role) -> Result<Option<Moment>, String> {
    let Some(written) = record[field].as_str() else { return Ok(None) };
    if written.contains('T') {
        return Ok(Some(Moment::at(Instant::parse(written).map_err(|e| e.to_string())?)));
    }
    let (day, zone) = (day(record, field)?, setting.zone.clone());
    let form = if field == "through" { MomentForm::Through { day, zone } } else { MomentForm::Until { day, zone } };
    Moment::resolve(form, role).map(Some).map_err(|e| e.to_string())
}

fn claim(setting: &Setting, kind: &str, record: &Value) -> Result<Payload, String> {
    let effective_at = effective(record)?;
    let by = || party(record, "by", setting.obligee.code());
    Ok(match kind {
        "allege" => {
            let by = words(record["by"].as_str().unwrap_or("somebody"));
            Payload::BreachAlleged(BreachAlleged { by, effective_at })
        }
        "notice" => Payload::BreachNotified(BreachNotified { by: by()?, effective_at }),
        "notify_noncompliance" => Payload::NonComplianceNotified(NonComplianceNotified { by: by()?, effective_at }),
        "resolve" => Payload::ClaimResolved(ClaimResolved { claim: event_id(&text(record, "target")?), effective_at }),
        _ => Payload::FindingIssued(FindingIssued {
            by: words(record["by"].as_str().unwrap_or("JOINT")),
            verdict: word(&record["verdict"], Verdict::parse)?,
            from: instant(record, "from")?,
            until: until(record)?,
            effective_at,
        }),
    })
}

fn standing(setting: &Setting, kind: &str, record: &Value) -> Result<Payload, String> {
    let (by, effective_at) = (party(record, "by", setting.obligee.code())?, effective(record)?);
    Ok(match kind {
        "confirm" => Payload::CommitmentConfirmed(CommitmentConfirmed { by, effective_at }),
        _ => Payload::CommitmentDisowned(CommitmentDisowned { by, effective_at }),
    })
}

fn effective(record: &Value) -> Result<Dated, String> {
    instant(record, "effective_at").map(Dated::exact)
}

fn until(record: &Value) -> Result<Option<Instant>, String> {
    Ok(instant_or_none(record, "to")?.or(instant_or_none(record, "until")?))
}
