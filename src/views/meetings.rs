//! Meetings: planned, moved, held, and how many of them were of leaders in a year.

use std::collections::BTreeMap;

use crate::domain::event::{MeetingHeld, MeetingLevel, MeetingScheduled};
use crate::domain::{
    Collection, Docket, Event, Instant, Party, Payload, Position, Slug, Subject, Text, Window, Zone, live,
};

/// One meeting.
#[derive(Debug)]
pub struct Meeting<'a> {
    /// Which.
    pub id: Slug,
    /// What it is, for people.
    pub title: &'a Text,
    /// Who meets.
    pub parties: &'a [Party],
    /// At which level.
    pub level: MeetingLevel,
    /// Where, or by what means.
    pub place: Option<&'a Text>,
    /// Where it stands.
    pub state: MeetingState,
    /// The days it was held on, or is planned for; the days it was moved from where no new ones are known.
    pub window: Window,
    /// The days it was held on are not known more closely than the window.
    pub days_unknown: bool,
    /// How often it was moved, and why, in order of record.
    pub moves: Vec<Move<'a>>,
    /// What came of it; none before it was held.
    pub outcome: Option<&'a Text>,
    /// The event that says most of it: that it was held, or else that it is planned.
    pub event: &'a Event,
}

/// Where a meeting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeetingState {
    /// It was held, on days that have begun.
    Held,
    /// It is planned for days that are not over.
    Planned,
    /// It will not be on its days, and new ones are not known.
    Moved,
    /// Its days are over, and nobody has said that it was held.
    Unreported,
}

/// One time that a meeting was moved.
#[derive(Debug)]
pub struct Move<'a> {
    /// Where that is recorded.
    pub event: &'a Event,
    /// From these days; none where none had been known.
    pub from: Option<Window>,
    /// To these; none where no new ones are known.
    pub to: Option<Window>,
    /// Why.
    pub reason: Option<&'a Text>,
}

/// The meetings of leaders in one calendar year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderYear {
    /// The year in which they begin.
    pub year: i16,
    /// Those that were held.
    pub held: Vec<Slug>,
    /// Those that are still to come, also where their days are open.
    pub planned: Vec<Slug>,
    /// Those whose days are over with no word of them.
    pub unreported: Vec<Slug>,
}

/// Every meeting at `as_of`, as known at a position, by day and then by name. A day begins and ends as in UTC, since a
/// meeting names no zone.
pub fn meetings(docket: &Docket, as_of: Instant, known: Position) -> Vec<Meeting<'_>> {
    let ids = docket.members(Collection::Meetings);
    let mut meetings: Vec<Meeting<'_>> = ids.filter_map(|id| meeting(docket, id, as_of, known)).collect();
    meetings.sort_by(|a, b| (a.window, &a.id).cmp(&(b.window, &b.id)));
    meetings
}

/// The meetings of leaders among these, year by year: held, planned and without word apart.
pub fn leader_years<'a>(meetings: impl Iterator<Item = &'a Meeting<'a>>) -> Vec<LeaderYear> {
    let mut years: BTreeMap<i16, LeaderYear> = BTreeMap::new();
    for meeting in meetings.filter(|meeting| meeting.level == MeetingLevel::Leader) {
        let year = meeting.window.start().date().year();
        let empty = || LeaderYear { year, held: Vec::new(), planned: Vec::new(), unreported: Vec::new() };
        let counted = years.entry(year).or_insert_with(empty);
        let list = match meeting.state {
            MeetingState::Held => &mut counted.held,
            MeetingState::Planned | MeetingState::Moved => &mut counted.planned,
            MeetingState::Unreported => &mut counted.unreported,
        };
        list.push(meeting.id.clone());
    }
    years.into_values().collect()
}

fn meeting<'a>(docket: &'a Docket, id: &Slug, as_of: Instant, known: Position) -> Option<Meeting<'a>> {
    let own = live(docket.about(&Subject::Member(Collection::Meetings, id.clone())), known);
    let scheduled: Option<(&'a Event, &'a MeetingScheduled)> =
        own.iter().find_map(|event| match &event.submission.payload {
            Payload::MeetingScheduled(scheduled) => Some((*event, scheduled.as_ref())),
            _ => None,
        });
    let held: Option<(&'a Event, &'a MeetingHeld)> =
        own.iter().rev().find_map(|event| match &event.submission.payload {
            Payload::MeetingHeld(held) => Some((*event, held.as_ref())),
            _ => None,
        });
    let mut days = scheduled.map(|(_, scheduled)| scheduled.window);
    let mut last_known = days;
    let mut moves = Vec::new();
    for event in &own {
        if let Payload::MeetingMoved(moved) = &event.submission.payload {
            moves.push(Move { event, from: days, to: moved.window, reason: moved.reason.as_ref() });
            days = moved.window;
            last_known = days.or(last_known);
        }
    }
    let utc = Zone::utc();
    if let Some((event, held)) = held {
        let begun = utc.start_of(held.window.start()) <= as_of;
        return Some(Meeting {
            id: id.clone(),
            title: &held.title,
            parties: &held.parties,
            level: held.level,
            place: held.place.as_ref(),
            state: if begun { MeetingState::Held } else { MeetingState::Planned },
            window: held.window,
            days_unknown: held.days_unknown,
            moves,
            outcome: held.outcome.as_ref().filter(|_| begun),
            event,
        });
    }
    let (event, scheduled) = scheduled?;
    let state = match days {
        None => MeetingState::Moved,
        Some(window) if utc.end_of(window.through()) <= as_of => MeetingState::Unreported,
        Some(_) => MeetingState::Planned,
    };
    Some(Meeting {
        id: id.clone(),
        title: &scheduled.title,
        parties: &scheduled.parties,
        level: scheduled.level,
        place: scheduled.place.as_ref(),
        state,
        window: last_known?,
        days_unknown: false,
        moves,
        outcome: None,
        event,
    })
}
