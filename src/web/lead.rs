//! The leading panel: the suspensions that end next, in sentences that a stranger understands.

use std::cmp::Reverse;

use super::badge::Badge;
use super::party::{begun, of_party, words};
use super::visit::Visit;
use super::when::{When, distance, span};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Evidence, Instant, Kind, Lifecycle, Status, Subject};
use crate::exchange::deadline_text;
use crate::views::{self, Assessment, Deadline, DeadlineKind, InEffect, Judgement, Numbers, ReturningMeasure};
use crate::wire;

const DAY: i64 = 86_400;

/// One suspension in sentences.
pub(super) struct Lead {
    pub(super) party: String,
    pub(super) subject: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) badge: Badge,
    /// In force or not, and for how long.
    pub(super) verdict: String,
    /// When that ends, or ended.
    pub(super) end: Option<When>,
    /// How the text says so.
    pub(super) said: String,
    /// What each reading of the text says, where they differ.
    pub(super) readings: Vec<Reading>,
    /// What the measures below do: come back, or are back.
    pub(super) return_said: String,
    pub(super) returns: Vec<Return>,
    /// How sure that is.
    pub(super) sure: Vec<&'static str>,
    pub(super) is_sure: bool,
}

/// What one reading of the text says.
pub(super) struct Reading {
    pub(super) name: String,
    pub(super) badge: Badge,
    pub(super) says: String,
}

/// A measure that would come back.
pub(super) struct Return {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) is_void: bool,
}

/// The leading panel of the board.
pub(super) struct Panel {
    /// Told in full: first the one that holds back most of those that end soon, then the soonest.
    pub(super) leads: Vec<Lead>,
    /// The others that end soon, or ended lately, in a line each.
    pub(super) others: Vec<Other>,
}

/// A suspension in one line.
pub(super) struct Other {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) badge: Badge,
    pub(super) verdict: String,
}

/// A suspension that may belong on the panel.
struct Candidate<'a> {
    undertaken: &'a CommitmentUndertaken,
    assessment: &'a Assessment,
    ends: Vec<Deadline>,
    rank: Rank,
}

/// What orders the panel: what runs before what has ended, then the nearest end, then what holds back most.
type Rank = (bool, i64, Reverse<usize>);

/// How many suspensions are told in full.
const LEADS_MAX: usize = 3;
/// How many more have a line.
const OTHERS_MAX: usize = 12;
/// What ends within so many days ends soon, and what ended that long ago ended lately.
const SOON_DAYS: i64 = 120;

/// The suspensions that end soon or ended lately.
pub(super) fn panel<'a>(
    visit: &Visit,
    docket: &Docket,
    lines: impl Iterator<Item = (&'a CommitmentUndertaken, &'a Assessment)>,
) -> Panel {
    let mut found: Vec<Candidate<'a>> = lines
        .filter(|(_, assessment)| assessment.kind == Some(Kind::MeasureSuspension))
        .filter_map(|(undertaken, assessment)| {
            let ends = ends(docket, assessment);
            let rank = rank(undertaken, assessment, &ends)?;
            Some(Candidate { undertaken, assessment, ends, rank })
        })
        .collect();
    found.sort_by_key(|it| (it.rank, it.assessment.commitment.clone()));
    let soon = |it: &Candidate<'_>| !it.rank.0 && it.rank.1 <= SOON_DAYS * DAY;
    let most = found.iter().enumerate().filter(|(_, it)| soon(it)).min_by_key(|(_, it)| (it.rank.2, it.rank.1));
    if let Some((index, _)) = most {
        let first = found.remove(index);
        found.insert(0, first);
    }
    let others = found.split_off(found.len().min(LEADS_MAX));
    let told = found.iter().map(|it| lead(visit, it.undertaken, it.assessment, &it.ends));
    let briefly = others.iter().filter(|it| it.rank.1 <= SOON_DAYS * DAY).take(OTHERS_MAX).map(|it| {
        let lead = lead(visit, it.undertaken, it.assessment, &it.ends);
        Other {
            name: format!("{}: {}", lead.party, lead.subject),
            href: lead.href,
            badge: lead.badge,
            verdict: lead.verdict,
        }
    });
    Panel { leads: told.collect(), others: briefly.collect() }
}

/// A suspension in sentences, whenever it ends; none for the other kinds.
pub(super) fn of(
    visit: &Visit,
    docket: &Docket,
    undertaken: &CommitmentUndertaken,
    assessment: &Assessment,
) -> Option<Lead> {
    let is_one = assessment.kind == Some(Kind::MeasureSuspension);
    is_one.then(|| lead(visit, undertaken, assessment, &ends(docket, assessment)))
}

/// The instants at which the duty ends, by any reading.
fn ends(docket: &Docket, assessment: &Assessment) -> Vec<Deadline> {
    let all = views::deadlines(docket, &assessment.commitment, Instant::MIN, None, assessment.known);
    let is_end = |kind| matches!(kind, DeadlineKind::Lapse | DeadlineKind::Termination | DeadlineKind::Snapback);
    all.into_iter().filter(|deadline| is_end(deadline.kind)).collect()
}

/// What orders the panel; none for what does not belong there.
fn rank(undertaken: &CommitmentUndertaken, assessment: &Assessment, ends: &[Deadline]) -> Option<Rank> {
    let now = assessment.as_of;
    let weight = Reverse(undertaken.measures.len());
    if matches!(assessment.judgement.lifecycle, Lifecycle::InForce | Lifecycle::Suspended) {
        let next = ends.iter().map(|end| end.at).filter(|at| *at > now).min();
        let next = next.or(assessment.next_change_at).unwrap_or(Instant::MAX);
        return Some((false, next.unix_seconds() - now.unix_seconds(), weight));
    }
    let last = ends.iter().map(|end| end.at).filter(|at| *at <= now).max()?;
    let ago = now.unix_seconds() - last.unix_seconds();
    let is_recent = assessment.judgement.lifecycle == Lifecycle::Lapsed && ago <= SOON_DAYS * DAY;
    is_recent.then_some((true, ago, weight))
}

/// One suspension in sentences.
fn lead(visit: &Visit, undertaken: &CommitmentUndertaken, assessment: &Assessment, ends: &[Deadline]) -> Lead {
    let now = assessment.as_of;
    let disagree = lifecycles_differ(assessment);
    let next = ends.iter().filter(|end| end.at > now).min_by_key(|end| end.at);
    let last = ends.iter().filter(|end| end.at <= now).max_by_key(|end| end.at);
    let running = matches!(assessment.judgement.lifecycle, Lifecycle::InForce | Lifecycle::Suspended);
    let deciding = if running { next } else { last };
    let returning = next.or(last).map_or(&[][..], |end| end.measures.as_slice());
    let obligor = undertaken.obligor.to_string();
    Lead {
        subject: of_party(assessment.commitment.as_str(), &obligor),
        party: begun(&obligor),
        title: undertaken.title.to_string(),
        href: visit.link_to(&Subject::commitment(assessment.commitment.clone()).name_in(visit.ledger.name())),
        badge: Badge::of(assessment.judgement.status),
        verdict: verdict(assessment, disagree, next, last),
        end: deciding.filter(|_| !disagree).map(|end| When::at(end.at)),
        said: deciding.filter(|_| !disagree).map_or_else(String::new, |end| said(visit, end)),
        readings: if disagree { readings(visit, assessment, ends) } else { Vec::new() },
        return_said: return_said(assessment, disagree, running, returning.len()),
        returns: returning.iter().map(|measure| returned(visit, measure)).collect(),
        sure: sure(assessment),
        is_sure: assessment.by_reading.is_empty() && assessment.evidence == Evidence::Corroborated,
    }
}

fn lifecycles_differ(assessment: &Assessment) -> bool {
    let mut lifecycles = assessment.by_reading.values().map(|judgement| judgement.lifecycle);
    let first = lifecycles.next();
    lifecycles.any(|lifecycle| Some(lifecycle) != first)
}

fn said(visit: &Visit, end: &Deadline) -> String {
    deadline_text::said(&wire::deadline_to_proto(end, visit.ledger.name()))
}

fn verdict(assessment: &Assessment, disagree: bool, next: Option<&Deadline>, last: Option<&Deadline>) -> String {
    let now = assessment.as_of;
    let left = next.map(|end| span(end.at.unix_seconds() - now.unix_seconds()));
    if disagree {
        let running = left.map_or_else(String::new, |left| format!(" for {left} more"));
        let ended = last.map_or_else(String::new, |end| format!(" {}", distance(end.at, now)));
        return format!("Still in force{running} by one reading of the text; ended{ended} by another");
    }
    let kept = match assessment.judgement.status {
        Status::Breached => ", but it is being broken",
        Status::InGrace => ", but it is not kept, and the time to mend that runs",
        Status::Unverified => ", but nothing that counts says whether it is kept",
        Status::Disputed => ", but whether it is kept is disputed",
        _ => "",
    };
    match (assessment.judgement.lifecycle, left) {
        (Lifecycle::InForce, Some(left)) => format!("In force for {left} more{kept}"),
        (Lifecycle::InForce, None) => format!("In force, without an end{kept}"),
        (Lifecycle::Suspended, Some(left)) => format!("Set aside for now; it would run for {left} more"),
        (Lifecycle::Suspended, None) => "Set aside for now".to_owned(),
        (Lifecycle::Lapsed, _) => last.map_or("Lapsed".to_owned(), |end| format!("Lapsed {}", distance(end.at, now))),
        (Lifecycle::Terminated, _) => last.map_or("Ended".to_owned(), |end| format!("Ended {}", distance(end.at, now))),
        (Lifecycle::Pending, _) => "Not begun".to_owned(),
        (Lifecycle::NotRecorded, _) => "Not recorded by then".to_owned(),
    }
}

/// What each reading says of the end: those that hold the duty in force first.
fn readings(visit: &Visit, assessment: &Assessment, ends: &[Deadline]) -> Vec<Reading> {
    let now = assessment.as_of;
    let mut readings: Vec<(&String, &Judgement)> = assessment.by_reading.iter().collect();
    readings.sort_by_key(|(_, judgement)| judgement.lifecycle == Lifecycle::Lapsed);
    let reading = |(name, judgement): (&String, &Judgement)| {
        let of = |end: &&Deadline| end.reading.as_deref().is_none_or(|reading| reading == name);
        let running = matches!(judgement.lifecycle, Lifecycle::InForce | Lifecycle::Suspended);
        let next = ends.iter().filter(of).filter(|end| end.at > now).min_by_key(|end| end.at);
        let last = ends.iter().filter(of).filter(|end| end.at <= now).max_by_key(|end| end.at);
        let says = match (running, next, last) {
            (true, Some(end), _) => {
                let left = span(end.at.unix_seconds() - now.unix_seconds());
                format!("in force for {left} more, {}", said(visit, end))
            }
            (true, None, _) => "in force".to_owned(),
            (false, _, Some(end)) => format!("ended {}, {}", distance(end.at, now), said(visit, end)),
            (false, _, None) => "not in force".to_owned(),
        };
        Reading { name: reading_name(name), badge: Badge::of(judgement.status), says }
    };
    readings.into_iter().map(reading).collect()
}

/// A reading's name for people.
pub(super) fn reading_name(name: &str) -> String {
    if name == "base" { "the text as signed".to_owned() } else { format!("the reading “{}”", words(name)) }
}

fn return_said(assessment: &Assessment, disagree: bool, running: bool, count: usize) -> String {
    let (these, apply) = match count {
        0 => return String::new(),
        1 => ("this measure".to_owned(), "applies"),
        count => (format!("these {count} measures"), "apply"),
    };
    let applied = matches!(assessment.numbers, Numbers::Maintenance { measure_in_effect: InEffect::Yes, .. });
    match (disagree, running) {
        (true, _) => format!("Where it has ended, {these} may apply again"),
        (false, true) => format!("When it ends, {these} would apply again"),
        (false, false) if applied => format!("Since it ended, {these} {apply} again"),
        (false, false) => format!("Since it ended, {these} may apply again"),
    }
}

fn returned(visit: &Visit, measure: &ReturningMeasure) -> Return {
    let name = Subject::Member(Collection::Measures, measure.measure.clone()).name_in(visit.ledger.name());
    let title = measure.title.as_ref().map_or_else(|| measure.measure.to_string(), ToString::to_string);
    Return { href: visit.link_to(&name), title, is_void: measure.is_void }
}

/// How sure the answer is: what is said of the evidence, and of the texts.
pub(super) fn sure(assessment: &Assessment) -> Vec<&'static str> {
    let mut sure = Vec::new();
    if !assessment.by_reading.is_empty() {
        sure.push("The texts say different things, and no reading of them has been adopted.");
    }
    sure.push(match assessment.evidence {
        Evidence::None => "No report that counts says whether it is kept.",
        Evidence::Single => "One kind of source says how it is kept; no independent one confirms it.",
        Evidence::Corroborated => "Independent sources agree on how it is kept.",
        Evidence::Contested => "Sources contradict each other on how it is kept.",
    });
    sure
}
