//! The trail of a commitment: what is said of it over time, as known at one position.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::badge::{self, Badge};
use super::clocks::At;
use super::when::When;
use crate::domain::{Collection, Docket, Instant, Position, Slug};
use crate::exchange::status_mark::{Mood, mood};
use crate::views::{self, Judgement, JudgementChange};
use crate::wire::Word as _;

/// What is said of a commitment from one moment to another, as known at one position.
pub(super) struct Trail {
    pub(super) from: Instant,
    pub(super) until: Instant,
    /// What is said at the beginning.
    pub(super) first: Judgement,
    /// Every change of lifecycle or status.
    pub(super) turns: Vec<JudgementChange>,
}

/// One stretch of a drawn trail, in units of [`WIDTH`].
pub(super) struct Stretch {
    pub(super) x: i64,
    pub(super) width: i64,
    /// How far from the top: the better, the higher, so that the trail reads without colour.
    pub(super) y: u8,
    pub(super) badge: Badge,
}

/// How many units a drawn trail is wide.
pub(super) const WIDTH: i64 = 240;

/// The trail of a commitment.
pub(super) fn trail(docket: &Docket, id: &Slug, from: Instant, until: Instant, known: Position) -> Trail {
    let (first, turns) = views::trail(docket, id, from, until, known);
    Trail { from, until, first, turns }
}

/// How far trails around a moment reach, back and ahead.
const REACH_DAYS: i64 = 800;

/// How many commitments a ledger has for which all trails are at hand. Of a larger one, pages about no commitment in
/// particular have none, and their steps to the neighbouring changes are left out.
const TRAILS_MAX: usize = 128;

/// The trails of a ledger's commitments as last asked for. What is said as known at a position is said for ever, so they
/// hold as long as nothing more is asked to be known, and the moment of the page stays inside them.
#[derive(Default)]
pub(super) struct Trails {
    of: Mutex<HashMap<Slug, Arc<Kept>>>,
}

/// The trails of one ledger as known at one position.
struct Kept {
    known: Position,
    from: Instant,
    until: Instant,
    trails: Vec<(Slug, Trail)>,
}

impl Trails {
    /// The trails of a ledger's commitments around a moment; none where it has more than are at hand.
    pub(super) fn around(&self, ledger: &Slug, docket: &Docket, at: At) -> Vec<(Slug, Trail)> {
        if docket.members(Collection::Commitments).nth(TRAILS_MAX).is_some() {
            return Vec::new();
        }
        let reach = REACH_DAYS * 86_400;
        let (from, until) = (at.as_of.plus_seconds(-reach), at.as_of.plus_seconds(reach));
        let holds = |kept: &Arc<Kept>| kept.known == at.known && kept.from <= from && until <= kept.until;
        let kept = self.of.lock().get(ledger).filter(|kept| holds(kept)).cloned();
        let kept = kept.unwrap_or_else(|| {
            // More than is asked for, since the moment of a page that is about now moves on.
            let (from, until) = (from.plus_seconds(-reach / 10), until.plus_seconds(reach / 10));
            let ids = docket.members(Collection::Commitments);
            let trails = ids.map(|id| (id.clone(), trail(docket, id, from, until, at.known))).collect();
            let kept = Arc::new(Kept { known: at.known, from, until, trails });
            self.of.lock().insert(ledger.clone(), Arc::clone(&kept));
            kept
        });
        kept.trails.iter().map(|(id, trail)| (id.clone(), trail.within(from, until))).collect()
    }
}

/// The trails of some commitments around a moment.
pub(super) fn around(docket: &Docket, ids: &[Slug], at: At) -> Vec<(Slug, Trail)> {
    let reach = REACH_DAYS * 86_400;
    let (from, until) = (at.as_of.plus_seconds(-reach), at.as_of.plus_seconds(reach));
    ids.iter().map(|id| (id.clone(), trail(docket, id, from, until, at.known))).collect()
}

impl Trail {
    /// The part of it between two moments.
    pub(super) fn within(&self, from: Instant, until: Instant) -> Trail {
        let before = self.turns.iter().take_while(|turn| turn.at <= from);
        Trail {
            from,
            until,
            first: before.last().map_or(self.first, |turn| turn.after),
            turns: self.turns.iter().filter(|turn| from < turn.at && turn.at <= until).cloned().collect(),
        }
    }

    /// The trail as stretches of one status each.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        let mut bounds = vec![(self.from, self.first)];
        bounds.extend(self.turns.iter().map(|turn| (turn.at, turn.after)));
        let mut stretches: Vec<Stretch> = Vec::new();
        for (index, (at, judgement)) in bounds.iter().enumerate() {
            let end = bounds.get(index + 1).map_or(self.until, |(at, _)| *at);
            let (x, right) = (self.x(*at), self.x(end));
            let badge = Badge::of(judgement.status);
            match stretches.last_mut() {
                Some(last) if last.badge == badge => last.width = right - last.x,
                // What is too short to be seen is drawn all the same.
                _ => stretches.push(Stretch {
                    x,
                    width: (right - x).max(1),
                    y: y(mood(judgement.status.to_proto())),
                    badge,
                }),
            }
        }
        stretches
    }

    /// Where an instant is drawn.
    pub(super) fn x(&self, at: Instant) -> i64 {
        let whole = (self.until.unix_seconds() - self.from.unix_seconds()).max(1);
        let gone = (at.unix_seconds() - self.from.unix_seconds()).clamp(0, whole);
        gone * WIDTH / whole
    }

    /// The trail in words, for those who cannot see it.
    pub(super) fn said(&self) -> String {
        let mut said = format!(
            "{} at first",
            badge::lifecycle(self.first.lifecycle).to_owned() + " " + Badge::of(self.first.status).word
        );
        for turn in &self.turns {
            said.push_str(&format!("; {} from {}", Badge::of(turn.after.status).word, When::at(turn.at).day));
        }
        said
    }
}

fn y(mood: Mood) -> u8 {
    match mood {
        Mood::Kept => 1,
        Mood::Running => 3,
        Mood::Released => 5,
        Mood::Warning => 7,
        Mood::Unclear => 8,
        Mood::Broken => 10,
    }
}
