//! ListMeetings: talks, by day.

use prost::Message as _;

use super::admission::Admitted;
use super::list::{self, ListRequest, list_request};
use super::status::Fault;
use super::{filter, year};
use crate::domain::Party;
use crate::domain::event::MeetingLevel;
use crate::proto::v1;
use crate::views::{self, Meeting};
use crate::wire;

/// Which meetings a client wants.
struct Wanted {
    parties: Vec<Party>,
    years: Vec<i16>,
    levels: Vec<MeetingLevel>,
}

/// A page of meetings, with the meetings of leaders in the whole list.
pub(super) async fn list(
    ledgers: &Admitted<'_>,
    request: v1::ListMeetingsRequest,
) -> Result<v1::ListMeetingsResponse, Fault> {
    let wanted = Wanted {
        parties: filter::parties(&request.parties, "parties")?,
        years: year::read(&request.years, "years")?,
        levels: filter::words(&request.levels, "levels", "a level of meetings")?,
    };
    let (page, leader_years) = list::sorted_page(ledgers, list_request!(request), move |docket, ledger, at| {
        let mut meetings = views::meetings(docket, at.as_of, at.known);
        meetings.retain(|meeting| wanted.takes(meeting));
        let years = views::leader_years(meetings.iter());
        let years: Vec<v1::LeaderYear> = years.iter().map(|it| wire::leader_year_to_proto(it, ledger)).collect();
        let keyed = meetings.iter().map(|meeting| (key(meeting), wire::meeting_to_proto(meeting, ledger)));
        (keyed.collect(), years)
    })
    .await?;
    Ok(v1::ListMeetingsResponse {
        meetings: page.entries,
        next_page_token: page.next_page_token,
        leader_years,
        clocks: Some(page.clocks),
    })
}

impl Wanted {
    fn takes(&self, meeting: &Meeting<'_>) -> bool {
        let year = meeting.window.start().date().year();
        (self.parties.is_empty() || self.parties.iter().any(|party| meeting.parties.contains(party)))
            && (self.years.is_empty() || self.years.contains(&year))
            && (self.levels.is_empty() || self.levels.contains(&meeting.level))
    }
}

/// Days first, so that text and time have one order.
fn key(meeting: &Meeting<'_>) -> String {
    format!("{} {} {}", meeting.window.start(), meeting.window.through(), meeting.id)
}
