//! What is told along a ledger's diagonal, to the wire.

use crate::domain::{Collection, Position, Slug};
use crate::proto::v1;
use crate::views::Promise;
use crate::views::transitions::{Approaching, Cause, News, Revision, Transition};
use v1::status_news::News as Said;
use v1::transition::Cause as Why;

use super::assessment::{judgement, row};
use super::deadline::deadline_to_proto;
use super::spell::{Speller, instant_to_proto};

/// One thing told, as a message, with the cursor behind it.
pub fn news_to_proto(news: &News, ledger: &Slug, cursor: String) -> v1::StatusNews {
    let said = match news {
        News::Transition(it) => Said::Transition(transition(it, ledger)),
        News::Revision(it) => Said::Revision(revision(it, ledger)),
        News::Approaching(it) => Said::DeadlineApproaching(approaching(it, ledger)),
    };
    v1::StatusNews { news: Some(said), cursor, id: id(news) }
}

/// The same for whoever hears it: what it is about, when it is told, and what is known then.
fn id(news: &News) -> String {
    let (commitment, known, at) = (news.commitment(), news.known(), news.at().unix_seconds());
    let kind = match news {
        News::Transition(_) => "transition".to_owned(),
        News::Revision(_) => "revision".to_owned(),
        News::Approaching(it) => {
            let deadline = &it.deadline;
            let target = deadline.target.as_ref().map_or("", Slug::as_str);
            let reading = deadline.reading.as_deref().unwrap_or_default();
            format!("{}.{}.{}.{target}.{reading}", deadline.kind.as_str(), deadline.at.unix_seconds(), it.lead)
        }
    };
    format!("{known}/{at}/{commitment}/{kind}")
}

fn transition(transition: &Transition, ledger: &Slug) -> v1::Transition {
    let (commitment, title, obligor, obligee) = promised(&transition.commitment, &transition.promise, ledger);
    v1::Transition {
        commitment,
        title,
        obligor,
        obligee,
        at: Some(instant_to_proto(transition.at)),
        known_position: transition.known.get(),
        before: Some(judgement(transition.before)),
        after: Some(judgement(transition.after)),
        row: row(transition.row),
        cause: Some(match &transition.cause {
            Cause::Events(events) => Why::Events(v1::EventsCause { positions: positions(events) }),
            Cause::Time(deadlines) => {
                let deadlines = deadlines.iter().map(|deadline| deadline_to_proto(deadline, ledger)).collect();
                Why::Time(v1::TimeCause { deadlines })
            }
        }),
    }
}

fn revision(revision: &Revision, ledger: &Slug) -> v1::Revision {
    let (commitment, title, obligor, obligee) = promised(&revision.commitment, &revision.promise, ledger);
    v1::Revision {
        commitment,
        title,
        obligor,
        obligee,
        at: Some(instant_to_proto(revision.at)),
        known_position: revision.known.get(),
        since: Some(instant_to_proto(revision.since)),
        before: Some(judgement(revision.before)),
        after: Some(judgement(revision.after)),
        positions: positions(&revision.events),
    }
}

fn approaching(approaching: &Approaching, ledger: &Slug) -> v1::DeadlineApproaching {
    v1::DeadlineApproaching {
        deadline: Some(deadline_to_proto(&approaching.deadline, ledger)),
        at: Some(instant_to_proto(approaching.at)),
        known_position: approaching.known.get(),
        lead: Some(prost_types::Duration { seconds: approaching.lead, nanos: 0 }),
        positions: positions(&approaching.events),
    }
}

/// The commitment's name, its title, who owes, and to whom.
fn promised(commitment: &Slug, promise: &Promise, ledger: &Slug) -> (String, String, String, String) {
    let name = Speller::new(ledger, true).name(Collection::Commitments, commitment);
    (name, promise.title.to_string(), promise.obligor.to_string(), promise.obligee.to_string())
}

fn positions(positions: &[Position]) -> Vec<u64> {
    positions.iter().map(|position| position.get()).collect()
}
