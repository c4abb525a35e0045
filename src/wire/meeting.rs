//! Meetings, to the wire.

use crate::domain::{Collection, Slug};
use crate::proto::v1;
use crate::views::{LeaderYear, Meeting, Move};

use super::spell::{Spelled as _, Speller, or_empty, texts};
use super::word::{Word as _, number_or_unspecified};

/// A meeting as a message.
pub fn meeting_to_proto(meeting: &Meeting<'_>, ledger: &Slug) -> v1::Meeting {
    let to = Speller::new(ledger, true);
    let submission = &meeting.event.submission;
    v1::Meeting {
        name: to.name(Collection::Meetings, &meeting.id),
        title: meeting.title.to_string(),
        parties: texts(meeting.parties),
        level: meeting.level.number(),
        place: or_empty(meeting.place),
        state: meeting.state.number(),
        window: Some(meeting.window.spell(&to)),
        moves: meeting.moves.iter().map(|it| moved(it, &to)).collect(),
        outcome: or_empty(meeting.outcome),
        position: meeting.event.position.get(),
        sources: to.list(&submission.sources),
        note: or_empty(submission.note.as_ref()),
        confidence: number_or_unspecified(submission.confidence),
        days_unknown: meeting.days_unknown,
    }
}

/// A year's meetings of leaders as a message.
pub fn leader_year_to_proto(year: &LeaderYear, ledger: &Slug) -> v1::LeaderYear {
    let to = Speller::new(ledger, true);
    let names = |ids: &[Slug]| to.names(Collection::Meetings, ids);
    v1::LeaderYear {
        // Days lie between the years 1900 and 2499.
        year: u32::try_from(year.year).unwrap_or_default(),
        held: names(&year.held),
        planned: names(&year.planned),
        unreported: names(&year.unreported),
    }
}

fn moved(it: &Move<'_>, to: &Speller<'_>) -> v1::MeetingMove {
    v1::MeetingMove {
        from: it.from.map(|window| window.spell(to)),
        to: it.to.map(|window| window.spell(to)),
        reason: or_empty(it.reason),
        position: it.event.position.get(),
    }
}
