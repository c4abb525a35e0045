//! One commitment, in full.

use std::collections::BTreeMap;

use super::board::{grouped, heading, next_change, percent, time};
use super::figures;
use super::paint::{self, word};
use crate::domain::Zone;
use crate::proto::v1;
use crate::proto::v1::assessment::Numbers;
use crate::wire;

const APPLIED_NOW: &str = "applied now";
/// The reserved name of the base text.
const BASE: &str = "base";

/// What is shown of one commitment.
pub(super) struct Shown<'a> {
    pub(super) assessment: &'a v1::Assessment,
    pub(super) promise: Option<&'a v1::Commitment>,
    /// The measures it is about.
    pub(super) measures: &'a [v1::Measure],
}

impl Shown<'_> {
    /// What was promised, whether it is kept, and why.
    pub(super) fn render(&self, clocks: &v1::ResolvedClocks, colour: bool) -> String {
        render(self, clocks, colour)
    }

    /// Whose calendar the promise's days are read in.
    fn zone(&self) -> Option<Zone> {
        Zone::parse(&self.promise?.undertaken.as_ref()?.zone).ok()
    }

    /// What a lapse brings.
    fn on_lapse(&self) -> Option<&'static str> {
        let Some(v1::terms::Promise::MeasureSuspension(terms)) =
            self.promise?.terms_in_force.as_ref()?.promise.as_ref()
        else {
            return None;
        };
        Some(match terms.on_end() {
            v1::OnEnd::Revive => "the measures apply again",
            _ => "the measures are gone for good",
        })
    }
}

fn render(shown: &Shown<'_>, clocks: &v1::ResolvedClocks, colour: bool) -> String {
    let Shown { assessment, promise, measures } = shown;
    let undertaken = promise.and_then(|promise| promise.undertaken.as_ref());
    let id = assessment.commitment.rsplit('/').next().unwrap_or_default();
    let mut lines = vec![
        undertaken.map_or_else(|| id.to_owned(), |undertaken| format!("{id}: {}", undertaken.title)),
        heading(clocks),
        String::new(),
    ];
    let mut say = |label: &str, text: String| lines.push(format!("{label:<14}{text}"));
    say("status", paint::status(assessment.status(), colour));
    say("lifecycle", word(assessment.lifecycle().as_str_name(), "LIFECYCLE_").to_owned());
    if let Some(undertaken) = undertaken {
        say("owed by", format!("{} to {}", undertaken.obligor, undertaken.obligee));
        say("standing", word(assessment.standing().as_str_name(), "STANDING_").to_owned());
    }
    say("evidence", word(assessment.evidence().as_str_name(), "EVIDENCE_").to_owned());
    say("next change", next_change(assessment, clocks.as_of));
    if !assessment.row.is_empty() {
        say("decided by", format!("row {}", assessment.row));
    }
    for (reading, judgement) in &assessment.by_reading {
        let lifecycle = word(judgement.lifecycle().as_str_name(), "LIFECYCLE_");
        let status = word(judgement.status().as_str_name(), "STATUS_");
        say("reading", format!("{reading}: {lifecycle}, {status}"));
    }
    if !assessment.adopted_reading.is_empty() {
        say("adopted", format!("reading {}", assessment.adopted_reading));
    }
    for (label, text) in figures(assessment, shown.zone().as_ref()) {
        say(label, text);
    }
    if let Some(what) = shown.on_lapse() {
        say("on lapse", what.to_owned());
    }
    for measure in *measures {
        let id = measure.name.rsplit('/').next().unwrap_or_default();
        let title = measure.announced.as_ref().map_or("", |announced| announced.title.as_str());
        say("measure", format!("{id}: {title}"));
    }
    let flags: Vec<&str> = assessment.flags().map(|flag| word(flag.as_str_name(), "FLAG_")).collect();
    if !flags.is_empty() {
        say("flags", flags.join(", "));
    }
    if !assessment.because.is_empty() {
        let positions: Vec<String> = assessment.because.iter().map(u64::to_string).collect();
        say("because", format!("events {}", positions.join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The figures, and where readings differ what each other reading makes otherwise than the base text.
fn figures(assessment: &v1::Assessment, zone: Option<&Zone>) -> Vec<(&'static str, String)> {
    let by_reading: BTreeMap<&str, Numbers> = figures::numbers_by_reading(assessment).collect();
    let base = by_reading.get(BASE).or(assessment.numbers.as_ref());
    let said = base.map_or_else(Vec::new, |numbers| lines(numbers, zone));
    let mut told: Vec<_> = match by_reading.is_empty() {
        true => said.clone(),
        false => said.iter().map(|(label, text)| (*label, format!("{text}, by the base text"))).collect(),
    };
    for (reading, numbers) in by_reading.iter().filter(|(reading, _)| **reading != BASE) {
        let own = lines(numbers, zone).into_iter().filter(|line| !said.contains(line) || line.0 == APPLIED_NOW);
        told.extend(own.map(|(label, text)| (label, format!("{text}, by {reading}"))));
    }
    told
}

fn lines(numbers: &Numbers, zone: Option<&Zone>) -> Vec<(&'static str, String)> {
    match numbers {
        Numbers::Maintenance(numbers) => maintenance(numbers, zone),
        Numbers::Purchase(numbers) => {
            numbers.tranches.iter().map(|tranche| ("tranche", row(tranche, &numbers.unit))).collect()
        }
        Numbers::Act(numbers) => vec![
            ("done", format!("{} of {}", numbers.done, numbers.target)),
            ("due", numbers.due_at.map_or_else(String::new, time)),
        ],
        Numbers::Periodic(numbers) => numbers.periods.iter().map(|period| ("period", verdict(period))).collect(),
    }
}

fn maintenance(numbers: &v1::MaintenanceNumbers, zone: Option<&Zone>) -> Vec<(&'static str, String)> {
    let in_effect = match numbers.measure_in_effect() {
        v1::InEffect::Yes => "yes",
        v1::InEffect::No => "no",
        _ => "sources differ",
    };
    let mut said = vec![(APPLIED_NOW, in_effect.to_owned())];
    if let Some(until) = numbers.until {
        said.push(("ends", format!("{}{}", time(until), local_day(until, zone))));
    }
    if let Some(value) = &numbers.value {
        said.push(("rate", value.clone()));
    }
    for breach in &numbers.breaches {
        let from = breach.from.map_or_else(String::new, time);
        let until = breach.until.map_or_else(|| "not over".to_owned(), |until| format!("until {}", time(until)));
        said.push(("breach", format!("from {from}, {until}")));
    }
    said
}

/// The local day that an instant at midnight closes, as texts say it.
fn local_day(at: prost_types::Timestamp, zone: Option<&Zone>) -> String {
    let said = zone.and_then(|zone| {
        let instant = wire::instant_from_proto(&at).ok()?;
        let day = zone.day_of(instant);
        (zone.start_of(day) == instant).then(|| format!(" (through {} in {zone})", day.plus_days(-1)))
    });
    said.unwrap_or_default()
}

fn row(tranche: &v1::TrancheAssessment, unit: &str) -> String {
    let flow = tranche.flow.clone().unwrap_or_default();
    let mut text = format!(
        "{}: {} ({}), {} of {} {unit} ({}), due {}",
        tranche.id,
        word(tranche.status().as_str_name(), "STATUS_"),
        tranche.row,
        grouped(&flow.performed),
        grouped(&flow.target),
        percent(&flow.ratio),
        tranche.due_at.map_or_else(String::new, time),
    );
    // Once all of the target is expected, the target has said it.
    let told = |expected: &&String| !flow.data_through.is_empty() && **expected != flow.target;
    if let Some(expected) = flow.expected.as_ref().filter(told) {
        text.push_str(&format!(", expected {} by {}", grouped(expected), flow.data_through));
    }
    text
}

fn verdict(period: &v1::PeriodAssessment) -> String {
    let verdict = match period.verdict() {
        v1::PeriodVerdict::Unspecified => "not judged yet",
        verdict => word(verdict.as_str_name(), "PERIOD_VERDICT_"),
    };
    match &period.value {
        Some(value) => format!("{}: {verdict}, {value}", period.id),
        None => format!("{}: {verdict}", period.id),
    }
}
