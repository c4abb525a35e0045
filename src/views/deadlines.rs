//! Deadlines: every clock of a commitment that runs out, falls due, comes back or takes effect in a window of time, with
//! what the evaluator says just before it and at it.

mod clock;
mod periods;
mod records;
mod walk;

pub(super) use clock::{Clock, elapsed, silence, start_of, through, through_instant};
pub use clock::{Consequence, DeadlineKind, ReturningMeasure};
pub(super) use walk::{Step, changes, walk};

use super::assess::{Counterpart, open};
use super::case::Case;
use super::judge::judge;
use super::outcome::Outcome;
use super::readings::{self, BASE};
use super::{Judgement, Numbers, PeriodVerdict};
use crate::domain::{Docket, Dossier, Instant, Lifecycle, Moment, Party, Position, Slug, Status, Text, Zone};

/// One instant at which a clock of a commitment runs out, as known at one position.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// Which commitment.
    pub commitment: Slug,
    /// What it is, for people.
    pub title: Text,
    /// Who owes.
    pub obligor: Party,
    /// To whom.
    pub obligee: Party,
    /// What kind of clock.
    pub kind: DeadlineKind,
    /// When it runs out.
    pub at: Instant,
    /// How the text says it.
    pub said: Moment,
    /// The zone of the text's words; the commitment's own where they name none.
    pub zone: Zone,
    /// The tranche or period it is a clock of; none where it is one of the whole commitment.
    pub target: Option<Slug>,
    /// The reading it follows, `base` for the base text; none where all readings that count agree on it.
    pub reading: Option<String>,
    /// What happens then.
    pub consequence: Consequence,
    /// The measures that come back then, or would.
    pub measures: Vec<ReturningMeasure>,
    /// What is said of the commitment just before.
    pub before: Judgement,
    /// What is said of it then.
    pub after: Judgement,
    /// The same two in the reading that it follows; none where all agree.
    pub in_reading: Option<(Judgement, Judgement)>,
    /// The status of the tranche just before and then.
    pub of_target: Option<(Status, Status)>,
    /// The event that takes effect or ends then, where it is one.
    pub position: Option<Position>,
    /// The other commitment whose change it is.
    pub counterpart: Option<Slug>,
}

impl Deadline {
    /// Whether lifecycle or status of the commitment differs from then on; otherwise only a clock runs out.
    pub fn changes_status(&self) -> bool {
        self.before != self.after
    }
}

/// The deadlines of one commitment in `[from, until)`, as known at a position, by time. Without `until` all that are
/// known. A commitment that is not recorded there has none.
pub fn deadlines(
    docket: &Docket,
    commitment: &Slug,
    from: Instant,
    until: Option<Instant>,
    known: Position,
) -> Vec<Deadline> {
    let dossier = docket.dossier(commitment);
    dossier.map_or_else(Vec::new, |dossier| deadlines_of(dossier, docket, from, until, known))
}

/// As [`deadlines`], for one dossier.
pub fn deadlines_of(
    dossier: &Dossier,
    counterpart: &dyn Counterpart,
    from: Instant,
    until: Option<Instant>,
    known: Position,
) -> Vec<Deadline> {
    let Some(case) = open(dossier, counterpart, known) else { return Vec::new() };
    let mut found: Vec<Deadline> = walk(&case, from, until).iter().flat_map(|step| described(&case, step)).collect();
    found.sort_by(|a, b| order(a).cmp(&order(b)));
    found
}

/// By time; at one instant in an order that does not depend on how they were found.
fn order(deadline: &Deadline) -> (Instant, DeadlineKind, Option<&Slug>, Option<&str>, Option<Position>) {
    (deadline.at, deadline.kind, deadline.target.as_ref(), deadline.reading.as_deref(), deadline.position)
}

/// The deadlines of one step. Records that change nothing by taking effect are no deadlines.
pub(super) fn described(case: &Case<'_>, step: &Step) -> Vec<Deadline> {
    let changes = step.before != step.after;
    let mut sides: Vec<Sides> = Vec::new();
    let mut deadlines = Vec::new();
    for (reading, clock) in step.clocks.iter().filter(|(_, clock)| changes || !clock.quiet) {
        let followed = match reading {
            Some(name) => Slug::parse(name).ok().filter(|_| name != BASE),
            None => readings::adopted(case, step.at),
        };
        let place = sides.iter().position(|it| it.followed == followed).unwrap_or(sides.len());
        if place == sides.len() {
            sides.push(Sides::of(case, followed, step.at));
        }
        deadlines.push(describe(case, step, reading.as_deref(), clock, &sides[place]));
    }
    deadlines
}

/// What one reading says just before a step and then.
struct Sides {
    followed: Option<Slug>,
    before: Outcome,
    after: Outcome,
}

impl Sides {
    fn of(case: &Case<'_>, followed: Option<Slug>, at: Instant) -> Self {
        let told = |at| judge(case, followed.as_ref(), at);
        Sides { before: told(at.plus_seconds(-1)), after: told(at), followed }
    }
}

fn describe(case: &Case<'_>, step: &Step, reading: Option<&str>, clock: &Clock, sides: &Sides) -> Deadline {
    let undertaken = case.undertaking.body;
    let Sides { before, after, .. } = sides;
    let bites = bites(clock, before, after);
    Deadline {
        commitment: case.commitment.clone(),
        title: undertaken.title.clone(),
        obligor: undertaken.obligor,
        obligee: undertaken.obligee,
        kind: clock.kind,
        at: step.at,
        said: clock.said.clone(),
        zone: clock::zone_of(&clock.said).unwrap_or(case.zone()).clone(),
        target: clock.target.clone(),
        reading: reading.map(str::to_owned),
        consequence: if bites { clock.consequence } else { Consequence::Nothing },
        measures: clock.measures.clone(),
        before: step.before,
        after: step.after,
        in_reading: reading.map(|_| (before.judgement, after.judgement)),
        of_target: tranche(before, clock.target.as_ref()).zip(tranche(after, clock.target.as_ref())),
        position: clock.position,
        counterpart: clock.counterpart.clone(),
    }
}

/// Whether anything hangs on the clock: not on a due date of what is done already, nor on a lag after the figures.
fn bites(clock: &Clock, before: &Outcome, after: &Outcome) -> bool {
    let target = clock.target.as_ref();
    let (status_before, status_after) = match tranche(before, target).zip(tranche(after, target)) {
        Some(of_tranche) => of_tranche,
        None => (before.judgement.status, after.judgement.status),
    };
    let settled = matches!(status_before, Status::Met | Status::MetLate | Status::Waived | Status::Moot);
    match clock.kind {
        DeadlineKind::Maturity => verdict(before, target).is_none(),
        DeadlineKind::ReportingLag if matches!(before.numbers, Numbers::Periodic { .. }) => {
            verdict(before, target).is_none()
        }
        DeadlineKind::Due | DeadlineKind::CureEnd => !settled,
        DeadlineKind::Termination => !matches!(before.judgement.lifecycle, Lifecycle::Lapsed | Lifecycle::Terminated),
        DeadlineKind::FirstReport => status_before != status_after,
        DeadlineKind::ReportingLag | DeadlineKind::LastReportingLag => {
            status_before == Status::Unverified || status_before != status_after
        }
        _ => true,
    }
}

fn tranche(outcome: &Outcome, target: Option<&Slug>) -> Option<Status> {
    let Numbers::Purchase { tranches, .. } = &outcome.numbers else { return None };
    tranches.iter().find(|tranche| Some(&tranche.id) == target).map(|tranche| tranche.status)
}

fn verdict(outcome: &Outcome, target: Option<&Slug>) -> Option<PeriodVerdict> {
    let Numbers::Periodic { periods } = &outcome.numbers else { return None };
    periods.iter().find(|period| Some(&period.id) == target).and_then(|period| period.verdict)
}
