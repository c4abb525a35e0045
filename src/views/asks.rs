//! Asks: what was wanted by whom of whom, what was offered for it, how it was answered, and what came of it.

use super::{Assessment, assess};
use crate::domain::event::{AskAnswered, AskTabled};
use crate::domain::{Collection, Docket, Event, Instant, Payload, Position, Slug, Subject, live};

/// One ask.
#[derive(Debug)]
pub struct Ask<'a> {
    /// Which.
    pub id: Slug,
    /// What is asked.
    pub tabled: &'a AskTabled,
    /// The event that says so.
    pub event: &'a Event,
    /// The asks that were offered in exchange for this one, by name: the other side of `in_exchange_for`.
    pub offered_for_it: Vec<Slug>,
    /// How it was answered by then, as last answered; none while it is open.
    pub answer: Option<Answer<'a>>,
    /// How many figures are reported of it, such as shares.
    pub figures: usize,
}

/// How an ask was answered.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The event that says so.
    pub event: &'a Event,
    /// What it says.
    pub answered: &'a AskAnswered,
    /// The commitment that came of it, assessed; none where none did.
    pub commitment: Option<Assessment>,
}

/// Every ask that was tabled by `as_of`, as known at a position, by the time it was tabled and then by name.
pub fn asks(docket: &Docket, as_of: Instant, known: Position) -> Vec<Ask<'_>> {
    let ids = docket.members(Collection::Asks);
    let mut asks: Vec<Ask<'_>> = ids.filter_map(|id| ask(docket, id, as_of, known)).collect();
    let traded: Vec<(Slug, Slug)> =
        asks.iter().filter_map(|ask| Some((ask.tabled.in_exchange_for.clone()?, ask.id.clone()))).collect();
    for ask in &mut asks {
        ask.offered_for_it = traded.iter().filter(|(wanted, _)| *wanted == ask.id).map(|(_, id)| id.clone()).collect();
    }
    asks.sort_by(|a, b| (a.tabled.tabled_at.at, &a.id).cmp(&(b.tabled.tabled_at.at, &b.id)));
    asks
}

fn ask<'a>(docket: &'a Docket, id: &Slug, as_of: Instant, known: Position) -> Option<Ask<'a>> {
    let own = live(docket.about(&Subject::Member(Collection::Asks, id.clone())), known);
    let (event, tabled) = own.iter().find_map(|event| match &event.submission.payload {
        Payload::AskTabled(tabled) if tabled.tabled_at.at <= as_of => Some((*event, tabled)),
        _ => None,
    })?;
    let answers = own.iter().filter_map(|event| match &event.submission.payload {
        Payload::AskAnswered(answered) if answered.answered_at.at <= as_of => Some((*event, answered)),
        _ => None,
    });
    let answer = answers.max_by_key(|(event, answered)| (answered.answered_at.at, event.position));
    let answer = answer.map(|(event, answered)| {
        let commitment = answered.commitment.as_ref().map(|commitment| assess(docket, commitment, as_of, known));
        Answer { event, answered, commitment }
    });
    let figures = own.iter().filter(|event| matches!(event.submission.payload, Payload::MetricReported(_))).count();
    Some(Ask { id: id.clone(), tabled, event, offered_for_it: Vec::new(), answer, figures })
}
