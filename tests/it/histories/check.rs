//! What must be so of any history. Every check goes once over it.

use std::collections::{BTreeMap, HashMap};

use super::record::{Attempt, Condition, History, Outcome};

/// What is wrong with a history; nothing where a ledger that does one thing after the other would have told the same.
pub(super) fn faults(history: &History) -> Vec<String> {
    let mut faults = Vec::new();
    let appends = appends(history);
    the_ledger_is_dense_and_every_id_in_it_once(history, &mut faults);
    every_append_is_where_it_was_told(history, &appends, &mut faults);
    conditions_were_judged_right(history, &mut faults);
    answers_keep_the_order_of_time(history, &appends, &mut faults);
    nobody_goes_back(history, &mut faults);
    subscribers_hear_the_ledger(history, &mut faults);
    faults
}

/// All attempts at one append.
struct Append<'a> {
    attempts: Vec<&'a Attempt>,
    /// The position of its first event in the ledger.
    first: Option<u64>,
}

impl Append<'_> {
    fn begun(&self) -> u64 {
        self.attempts.iter().map(|attempt| attempt.begun).min().unwrap_or(0)
    }

    fn last(&self) -> Option<u64> {
        Some(self.first? + self.attempts[0].ids.len() as u64 - 1)
    }
}

fn appends(history: &History) -> Vec<Append<'_>> {
    let places: HashMap<&str, u64> = history.ledger.iter().map(|entry| (entry.id.as_str(), entry.position)).collect();
    let mut by_ids: BTreeMap<&[String], Append<'_>> = BTreeMap::new();
    for attempt in &history.attempts {
        let first = places.get(attempt.ids[0].as_str()).copied();
        by_ids.entry(&attempt.ids).or_insert(Append { attempts: Vec::new(), first }).attempts.push(attempt);
    }
    by_ids.into_values().collect()
}

fn the_ledger_is_dense_and_every_id_in_it_once(history: &History, faults: &mut Vec<String>) {
    let mut seen = HashMap::new();
    for (index, entry) in history.ledger.iter().enumerate() {
        if entry.position != index as u64 + 1 {
            faults.push(format!("position {} stands where {} should", entry.position, index + 1));
        }
        if let Some(earlier) = seen.insert(&entry.id, entry.position) {
            faults.push(format!("{} is at {earlier} and at {}", entry.id, entry.position));
        }
    }
}

/// Whole and in one piece where it was acknowledged; nowhere where it was refused; whole or nowhere where nothing is known.
fn every_append_is_where_it_was_told(history: &History, appends: &[Append<'_>], faults: &mut Vec<String>) {
    for append in appends {
        let ids = &append.attempts[0].ids;
        let found: Vec<u64> = ids
            .iter()
            .filter_map(|id| history.ledger.iter().find(|entry| entry.id == *id))
            .map(|it| it.position)
            .collect();
        let in_one_piece = found.windows(2).all(|pair| pair[1] == pair[0] + 1);
        if !found.is_empty() && (found.len() != ids.len() || !in_one_piece) {
            faults.push(format!("{ids:?} is recorded in part, or in pieces: {found:?}"));
        }
        let mut original = None;
        for attempt in &append.attempts {
            match &attempt.outcome {
                Outcome::Recorded { told, head, .. } => {
                    let positions: Vec<u64> = told.iter().map(|(position, _)| *position).collect();
                    if positions != found {
                        faults.push(format!("{ids:?} was told to be at {positions:?} and is at {found:?}"));
                    }
                    if original.get_or_insert(told) != &told {
                        faults.push(format!("{ids:?} was told {original:?}, and sent again {told:?}"));
                    }
                    if positions.last().is_some_and(|last| head < last) {
                        faults.push(format!("{ids:?} was told the head {head}, which is before itself: {positions:?}"));
                    }
                }
                Outcome::Stale { .. } if !found.is_empty() => {
                    faults.push(format!("{ids:?} was refused as stale, and is at {found:?}"));
                }
                Outcome::Odd(what) => faults.push(format!("{ids:?} was told: {what}")),
                Outcome::Stale { .. } | Outcome::Unknown => {}
            }
        }
    }
}

fn conditions_were_judged_right(history: &History, faults: &mut Vec<String>) {
    let revision = |subject: &str, through: u64| {
        let about = |entry: &&super::record::Entry| entry.position <= through && entry.subject == subject;
        history.ledger.iter().rfind(about).map_or(0, |entry| entry.position)
    };
    for attempt in &history.attempts {
        let place = history.ledger.iter().find(|entry| entry.id == attempt.ids[0]).map(|entry| entry.position);
        // Whatever it was told: what is recorded was judged at the position before it.
        if let Some(before) = place.map(|first| first - 1) {
            let held = match &attempt.condition {
                Condition::Nothing => true,
                Condition::Head(expected) => *expected == before,
                Condition::Subject(subject, expected) => *expected == revision(subject, before),
            };
            if !held {
                faults.push(format!("{attempt:?} is recorded behind {before}, where its condition does not hold"));
            }
        }
        if let Outcome::Stale { conflict, head } = attempt.outcome {
            let right = match &attempt.condition {
                Condition::Nothing => false,
                Condition::Head(expected) => *expected < head && conflict == expected + 1,
                Condition::Subject(subject, expected) => {
                    let last = revision(subject, head);
                    *expected != last && conflict == last
                }
            };
            if !right {
                faults.push(format!("{attempt:?} was refused although its condition held at {head}"));
            }
        }
    }
}

/// An answer as a point of the one order: it was given when the ledger had so many events.
struct Point {
    begun: u64,
    ended: u64,
    /// It holds of a ledger whose head is at least this …
    least: u64,
    /// … and shows that the head was at least this.
    shows: u64,
    what: String,
}

/// What ended before something else began was before it: nothing is told of a ledger that is older than one told before.
fn answers_keep_the_order_of_time(history: &History, appends: &[Append<'_>], faults: &mut Vec<String>) {
    let mut points = Vec::new();
    for append in appends {
        let begun = append.begun();
        for attempt in &append.attempts {
            let what = || format!("{attempt:?}");
            match &attempt.outcome {
                Outcome::Recorded { head, replayed, .. } => {
                    let last = append.last().unwrap_or(0);
                    points.push(Point {
                        begun: attempt.begun,
                        ended: attempt.ended,
                        least: *head,
                        shows: *head,
                        what: what(),
                    });
                    // Where it was recorded, it was recorded since the first attempt.
                    let ended = if *replayed { u64::MAX } else { attempt.ended };
                    points.push(Point { begun, ended, least: last, shows: last, what: what() });
                }
                Outcome::Stale { head, .. } => {
                    points.push(Point {
                        begun: attempt.begun,
                        ended: attempt.ended,
                        least: *head,
                        shows: *head,
                        what: what(),
                    });
                }
                Outcome::Unknown | Outcome::Odd(_) => {}
            }
        }
        if let Some(last) = append.last() {
            points.push(Point {
                begun,
                ended: u64::MAX,
                least: last,
                shows: last,
                what: format!("{:?}", append.attempts[0]),
            });
        }
    }
    for read in &history.reads {
        let what = format!("client {} read the head {}", read.client, read.head);
        points.push(Point { begun: read.begun, ended: read.ended, least: read.head, shows: read.head, what });
    }
    nothing_is_older_than_what_ended_before(&points, faults);
    nothing_is_told_before_it_was_asked_for(history, appends, faults);
}

fn nothing_is_older_than_what_ended_before(points: &[Point], faults: &mut Vec<String>) {
    let mut by_begin: Vec<&Point> = points.iter().collect();
    by_begin.sort_by_key(|point| point.begun);
    let mut by_end: Vec<&Point> = points.iter().collect();
    by_end.sort_by_key(|point| point.ended);
    let mut ended = by_end.into_iter().peekable();
    let mut shown: Option<&Point> = None;
    for point in by_begin {
        while let Some(before) = ended.next_if(|before| before.ended < point.begun) {
            if shown.is_none_or(|shown| before.shows > shown.shows) {
                shown = Some(before);
            }
        }
        if let Some(shown) = shown.filter(|shown| shown.shows > point.least) {
            faults.push(format!(
                "{} is of {}, but {} was told of {} before",
                point.what, point.least, shown.what, shown.shows
            ));
        }
    }
}

/// Nobody is told a head whose event nobody had asked for yet.
fn nothing_is_told_before_it_was_asked_for(history: &History, appends: &[Append<'_>], faults: &mut Vec<String>) {
    let mut asked: HashMap<u64, u64> = HashMap::new();
    for append in appends {
        if let (Some(first), Some(last)) = (append.first, append.last()) {
            asked.extend((first..=last).map(|position| (position, append.begun())));
        }
    }
    let told =
        history.reads.iter().map(|read| (read.head, read.ended)).chain(history.attempts.iter().filter_map(|attempt| {
            match attempt.outcome {
                Outcome::Recorded { head, .. } | Outcome::Stale { head, .. } => Some((head, attempt.ended)),
                Outcome::Unknown | Outcome::Odd(_) => None,
            }
        }));
    for (head, ended) in told {
        if head > history.ledger.len() as u64 || asked.get(&head).is_some_and(|begun| *begun > ended) {
            faults.push(format!("the head {head} was told before anybody had asked for it"));
        }
    }
}

/// What one client sees never goes back, and is the ledger as it is at the end.
fn nobody_goes_back(history: &History, faults: &mut Vec<String>) {
    let mut told: Vec<(u64, usize, u64)> =
        history.reads.iter().map(|read| (read.ended, read.client, read.head)).collect();
    told.extend(history.attempts.iter().filter_map(|attempt| match attempt.outcome {
        Outcome::Recorded { head, .. } | Outcome::Stale { head, .. } => Some((attempt.ended, attempt.client, head)),
        Outcome::Unknown | Outcome::Odd(_) => None,
    }));
    told.sort_unstable();
    let mut latest: BTreeMap<usize, u64> = BTreeMap::new();
    for (_, client, head) in told {
        let before = latest.entry(client).or_default();
        if head < *before {
            faults.push(format!("client {client} was told the head {head}, and {before} before"));
        }
        *before = (*before).max(head);
    }
    for read in &history.reads {
        for entry in &read.entries {
            if history.ledger.get(entry.position as usize - 1) != Some(entry) {
                faults.push(format!("client {} read {entry:?}, which is not in the ledger", read.client));
            }
        }
    }
}

/// Every event, once, in order.
fn subscribers_hear_the_ledger(history: &History, faults: &mut Vec<String>) {
    for (who, heard) in history.heard.iter().enumerate() {
        if *heard != history.ledger {
            let at = heard.iter().zip(&history.ledger).position(|(heard, entry)| heard != entry);
            let at = at.unwrap_or(heard.len().min(history.ledger.len()));
            let (heard, is) = (heard.get(at), history.ledger.get(at));
            faults.push(format!("subscriber {who} heard {heard:?}, where the ledger has {is:?}"));
        }
    }
}
