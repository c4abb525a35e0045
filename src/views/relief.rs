//! Relief: which waivers and excuses count (specification, sections 4 and 5).

use std::collections::BTreeSet;

use super::intervals::Span;
use super::outcome::raise;
use super::record::{Corrections, Record, Records};
use crate::domain::event::{CommitmentUndertaken, WaiverGranted};
use crate::domain::{Event, EventId, Flag, Instant, Party, Payload, Position, Slug};

/// Every waiver and excuse of a commitment, with what is known of its worth.
#[derive(Debug, Clone)]
pub(super) struct Relief<'a> {
    /// Waivers, in order of position.
    pub(super) waivers: Vec<Waiver<'a>>,
    /// Excuses, in order of position.
    pub(super) excuses: Vec<Excuse>,
}

/// One waiver.
#[derive(Debug, Clone)]
pub(super) struct Waiver<'a> {
    record: Record<'a, WaiverGranted>,
    /// Whether who grants it can.
    pub(super) by_obligee: bool,
    /// Whether nothing that it relied on is known to have changed.
    pub(super) premise_holds: bool,
}

/// One excuse.
#[derive(Debug, Clone, Copy)]
pub(super) struct Excuse {
    /// The events that claim and accept it.
    pub(super) claim: Position,
    /// The event that accepts it; none while it is contested.
    pub(super) acceptance: Option<Position>,
    /// When it is claimed to hold.
    pub(super) span: Span,
    /// Whether its end is recorded.
    pub(super) ends: bool,
}

impl<'a> Relief<'a> {
    /// Weighs the waivers and excuses among the records.
    pub(super) fn among(
        records: &Records<'a>,
        corrections: &Corrections<'_>,
        undertaken: &CommitmentUndertaken,
    ) -> Self {
        let waivers = records.waivers.iter().map(|record| Waiver {
            record: *record,
            by_obligee: speaks_for_obligee(record.body.by, undertaken),
            premise_holds: record.body.conditional_on.iter().all(|id| holds_unchanged(*id, corrections)),
        });
        let excuses = records.claims.iter().map(|claim| {
            let acceptance = records.acceptances.iter().find(|acceptance| {
                acceptance.body.claim == claim.id() && speaks_for_obligee(acceptance.body.by, undertaken)
            });
            let until = claim.body.until.as_ref().map(crate::domain::Moment::instant);
            Excuse {
                claim: claim.position(),
                acceptance: acceptance.map(Record::position),
                span: Span::new(claim.body.from.instant(), until),
                ends: until.is_some(),
            }
        });
        Relief { waivers: waivers.collect(), excuses: excuses.collect() }
    }

    /// The valid waivers granted by `as_of`.
    pub(super) fn granted(&self, as_of: Instant) -> impl Iterator<Item = &Waiver<'a>> {
        self.waivers.iter().filter(move |waiver| waiver.is_valid() && waiver.is_granted(as_of))
    }

    /// The valid waiver that is active at `as_of` for a tranche or period, or for the whole commitment.
    pub(super) fn waiving(&self, target: Option<&Slug>, as_of: Instant) -> Option<&Waiver<'a>> {
        self.granted(as_of).find(|waiver| {
            let body = waiver.record.body;
            body.until.is_none_or(|until| as_of < until) && (body.target.is_none() || body.target.as_ref() == target)
        })
    }

    /// The accepted excuses that have begun by `as_of`.
    pub(super) fn accepted(&self, as_of: Instant) -> impl Iterator<Item = &Excuse> {
        self.excuses.iter().filter(move |excuse| excuse.acceptance.is_some() && excuse.span.from <= as_of)
    }

    /// Marks what has no effect, and why.
    pub(super) fn mark(&self, as_of: Instant, flags: &mut BTreeSet<Flag>) {
        for waiver in self.waivers.iter().filter(|waiver| waiver.is_granted(as_of)) {
            raise(flags, Flag::WaiverInvalid, !waiver.by_obligee);
            raise(flags, Flag::WaiverVoid, waiver.by_obligee && !waiver.premise_holds);
        }
        let contested = self.excuses.iter().any(|excuse| excuse.acceptance.is_none() && excuse.span.from <= as_of);
        raise(flags, Flag::ExcuseContested, contested);
    }
}

impl Waiver<'_> {
    /// Where it stands.
    pub(super) fn position(&self) -> Position {
        self.record.position()
    }

    /// The time whose breaches it lets off.
    pub(super) fn span(&self) -> Span {
        let body = self.record.body;
        Span::new(body.covers_from.unwrap_or(body.effective_at.at), body.until)
    }

    fn is_valid(&self) -> bool {
        self.by_obligee && self.premise_holds
    }

    fn is_granted(&self, as_of: Instant) -> bool {
        self.record.body.effective_at.at <= as_of
    }
}

impl Excuse {
    /// The events that make it.
    pub(super) fn positions(&self) -> impl Iterator<Item = Position> {
        [Some(self.claim), self.acceptance].into_iter().flatten()
    }
}

/// Whether a party can let the obligor off: the obligee, or both sides in one voice.
pub(super) fn speaks_for_obligee(party: Party, undertaken: &CommitmentUndertaken) -> bool {
    party == undertaken.obligee || party == Party::JOINT
}

/// Whether neither a retraction nor a changed value of this record is known. A re-issue with the same value is no
/// change, but what then becomes of the re-issue is.
fn holds_unchanged(id: EventId, corrections: &Corrections<'_>) -> bool {
    if corrections.retracts(id) {
        return false;
    }
    let Some(event) = corrections.event(id) else { return true };
    // Only later events can correct, so the walk ends.
    let superseders = corrections.superseders(id).iter().map(|(_, later)| *later);
    let mut later = superseders.filter(|later| later.position > event.position);
    later.all(|later| same_value(event, later) && holds_unchanged(later.submission.event_id, corrections))
}

fn same_value(earlier: &Event, later: &Event) -> bool {
    match (&earlier.submission.payload, &later.submission.payload) {
        (Payload::AmountReported(a), Payload::AmountReported(b)) => (a.value, a.unit) == (b.value, b.unit),
        (Payload::MetricReported(a), Payload::MetricReported(b)) => {
            (a.numerator, a.denominator) == (b.numerator, b.denominator)
        }
        (a, b) => a == b,
    }
}
