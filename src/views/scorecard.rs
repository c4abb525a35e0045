//! Scorecard: who owes what to whom, grouped by how it stands. Nothing is folded into one score.

use std::collections::{BTreeMap, BTreeSet};

use super::mark::must_be_seen;
use super::{Assessment, Judgement, Promise, Row};
use crate::domain::{Evidence, Flag, Instant, Party, Slug, Standing, Status};

/// Who owes what to whom: every promise asked for, by pair and group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scorecard {
    /// By obligor and obligee, then group; in each the members by name.
    pub pairs: BTreeMap<(Party, Party), BTreeMap<ScoreGroup, Vec<Member>>>,
}

/// Which promises a scorecard is about; both are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScorecardFilter {
    /// Only what this party owes, or is owed.
    pub party: Option<Party>,
    /// Only what stands in this instrument.
    pub instrument: Option<Slug>,
}

/// What several statuses tell alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScoreGroup {
    /// Done.
    Kept,
    /// Running, and nothing speaks against it.
    Running,
    /// Behind, at risk, or broken and mended.
    AtRisk,
    /// Broken.
    Broken,
    /// Disputed, or not verified.
    Unclear,
    /// Not owed, or no longer.
    Released,
    /// Not begun.
    Pending,
}

/// One promise on a scorecard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which commitment.
    pub commitment: Slug,
    /// Who promised what to whom.
    pub promise: Promise,
    /// Lifecycle and status.
    pub judgement: Judgement,
    /// The row that decided; none where several readings or tranches decided together.
    pub row: Option<Row>,
    /// How much evidence there is.
    pub evidence: Evidence,
    /// Who has stood by it.
    pub standing: Option<Standing>,
    /// When lifecycle or status differ next with no new record.
    pub next_change_at: Option<Instant>,
    /// The marks that a reader must not overlook.
    pub flags: BTreeSet<Flag>,
}

impl ScoreGroup {
    /// Every group, in order.
    pub const ALL: [ScoreGroup; 7] = [
        ScoreGroup::Kept,
        ScoreGroup::Running,
        ScoreGroup::AtRisk,
        ScoreGroup::Broken,
        ScoreGroup::Unclear,
        ScoreGroup::Released,
        ScoreGroup::Pending,
    ];

    /// The group of a status; none for what is not recorded.
    pub fn of(status: Status) -> Option<Self> {
        match status {
            Status::NotRecorded => None,
            Status::Met | Status::MetLate => Some(ScoreGroup::Kept),
            Status::OnTrack | Status::Open => Some(ScoreGroup::Running),
            Status::Behind | Status::InGrace | Status::Cured => Some(ScoreGroup::AtRisk),
            Status::NotMet | Status::Breached => Some(ScoreGroup::Broken),
            Status::Disputed | Status::Unverified => Some(ScoreGroup::Unclear),
            Status::Waived | Status::Excused | Status::Moot => Some(ScoreGroup::Released),
            Status::Pending => Some(ScoreGroup::Pending),
        }
    }
}

impl Scorecard {
    /// Adds a promise to its pair and group. Members are added in order of their names.
    pub fn add(&mut self, member: Member) {
        let Some(group) = ScoreGroup::of(member.judgement.status) else { return };
        let pair = (member.promise.obligor, member.promise.obligee);
        self.pairs.entry(pair).or_default().entry(group).or_default().push(member);
    }

    /// How many members a group has over all pairs.
    pub fn total(&self, group: ScoreGroup) -> usize {
        self.pairs.values().filter_map(|groups| groups.get(&group)).map(Vec::len).sum()
    }
}

impl ScorecardFilter {
    /// Whether a promise is asked for.
    pub fn takes(&self, promise: &Promise) -> bool {
        let party = self.party.is_none_or(|party| [promise.obligor, promise.obligee].contains(&party));
        party && self.instrument.as_ref().is_none_or(|instrument| *instrument == promise.instrument)
    }
}

impl Member {
    /// A promise with the answer about it.
    pub fn of(promise: Promise, assessment: &Assessment) -> Self {
        Member {
            commitment: assessment.commitment.clone(),
            promise,
            judgement: assessment.judgement,
            row: assessment.row,
            evidence: assessment.evidence,
            standing: assessment.standing,
            next_change_at: assessment.next_change_at,
            flags: assessment.flags.iter().copied().filter(|flag| must_be_seen(*flag)).collect(),
        }
    }
}
