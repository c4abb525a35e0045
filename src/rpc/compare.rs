//! Comparisons of two coordinates, commitment by commitment, in pages.

use std::sync::Arc;

use prost::Message as _;

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::filter::CommitmentFilter;
use super::name;
use super::page::{self, PageToken};
use super::status::Fault;
use crate::domain::{Docket, Dossier, Position, Slug};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{self, ChangeKind, Coordinate, Held};
use crate::wire::{self, AssessedIn, ComparedIn};

/// Two coordinates.
#[derive(Clone, Copy)]
struct Pair {
    then: Resolved,
    now: Resolved,
}

/// A page of what differs between two coordinates.
pub(super) async fn compare(
    ledgers: &Admitted<'_>,
    request: v1::CompareAssessmentsRequest,
) -> Result<v1::CompareAssessmentsResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let size = page::size(request.page_size)?;
    let question =
        v1::CompareAssessmentsRequest { page_size: 0, page_token: String::new(), ..request.clone() }.encode_to_vec();
    let token = PageToken::decode(&request.page_token, &question)?;
    let filter = CommitmentFilter::from_proto(request.filter.unwrap_or_default(), ledger.name(), true)?;
    let (pair, after) = match token {
        Some(token) => Pair::continued(&token)?,
        None => (resolve(ledgers, &ledger, request.then, request.now).await?, None),
    };
    filter.require_instruments(&ledger, pair.now.known)?;
    let shared = ledger.clone();
    let collect = move || {
        let later = |id: &&Slug| after.as_ref().is_none_or(|after| after < *id);
        let ids: Vec<Slug> = shared.docket().dossiers().map(Dossier::commitment).filter(later).cloned().collect();
        let mut changes = Vec::new();
        let mut last = None;
        for id in ids {
            // The writer waits for one commitment at most.
            let docket = shared.docket();
            let told = Told::of(&docket, &shared, &id, pair);
            if !told.is_asked_for(&docket, &filter, pair, request.show_unchanged) {
                continue;
            }
            if changes.len() == size {
                return (changes, last);
            }
            let Some(change) = told.change(&docket, &shared, pair) else { continue };
            changes.push(change);
            last = Some(id);
        }
        (changes, None)
    };
    let (changes, last) =
        tokio::task::spawn_blocking(collect).await.map_err(|error| Fault::Internal(error.to_string()))?;
    let next_page_token = last.map_or_else(String::new, |last| pair.token(&last).encode(&question));
    let (then, now) = (Some(pair.then.echo(&ledger)), Some(pair.now.echo(&ledger)));
    Ok(v1::CompareAssessmentsResponse { changes, next_page_token, then, now })
}

async fn resolve(
    ledgers: &Admitted<'_>,
    ledger: &Ledger,
    then: Option<v1::Clocks>,
    now: Option<v1::Clocks>,
) -> Result<Pair, Fault> {
    let Some(then) = then else {
        return Err(Fault::field("then", "is missing; give the earlier coordinate, such as when you last looked"));
    };
    let wall = ledgers.clock().now();
    let now = clocks::resolve(ledger, now, wall).await.map_err(|fault| fault.under("clocks", "now"))?;
    let then = clocks::resolve(ledger, Some(then), wall).await.map_err(|fault| fault.under("clocks", "then"))?;
    if now.as_of < then.as_of {
        let reason = format!("{} is before then.as_of, {}; swap the two", now.as_of, then.as_of);
        return Err(Fault::field("now.as_of", reason));
    }
    if now.known < then.known {
        let reason = format!("position {} is before that of then, {}; swap the two", now.known, then.known);
        return Err(Fault::field("now.known_at", reason));
    }
    Ok(Pair { then, now })
}

impl Pair {
    /// The token of the page after a commitment: both coordinates, so that later pages answer as the first did.
    fn token(self, last: &Slug) -> PageToken {
        let then = (self.then.as_of.unix_seconds(), self.then.known.get());
        let after = format!("{} {} {last}", then.0, then.1);
        PageToken { as_of: self.now.as_of, known: self.now.known, after }
    }

    fn continued(token: &PageToken) -> Result<(Self, Option<Slug>), Fault> {
        let parts: Vec<&str> = token.after.splitn(3, ' ').collect();
        let [as_of, known, last] = parts.as_slice() else { return Err(page::foreign()) };
        let as_of = as_of.parse().ok().and_then(|seconds| crate::domain::Instant::from_unix_seconds(seconds).ok());
        let known = known.parse().ok().map(Position::new);
        match (as_of, known, Slug::parse(last).ok()) {
            (Some(as_of), Some(known), Some(last)) => {
                let now = Resolved { as_of: token.as_of, known: token.known };
                Ok((Pair { then: Resolved { as_of, known }, now }, Some(last)))
            }
            _ => Err(page::foreign()),
        }
    }
}

/// What is said of one commitment at the two coordinates.
struct Told<'i> {
    id: &'i Slug,
    then: Arc<Held>,
    now: Arc<Held>,
}

impl<'i> Told<'i> {
    fn of(docket: &Docket, ledger: &Ledger, id: &'i Slug, pair: Pair) -> Self {
        let answer = |at: Resolved| ledger.recall(docket, id, at.as_of, at.known);
        Told { id, then: answer(pair.then), now: answer(pair.now) }
    }

    /// Whether it differs, unless everything is asked for, and the filter takes it at one of the two.
    fn is_asked_for(&self, docket: &Docket, filter: &CommitmentFilter, pair: Pair, show_unchanged: bool) -> bool {
        let (then, now) = (&self.then.assessment, &self.now.assessment);
        // An answer that still holds is the same, so there is nothing to compare.
        let differs =
            || !Arc::ptr_eq(&self.then, &self.now) && views::change_between(then, now) != ChangeKind::Unchanged;
        let taken = |at: Resolved, assessment| filter.takes(docket, self.id, at.known, Some(assessment));
        (show_unchanged || differs()) && (taken(pair.then, then) || taken(pair.now, now))
    }

    /// What differs, and why.
    fn change(&self, docket: &Docket, ledger: &Ledger, pair: Pair) -> Option<v1::AssessmentChange> {
        let at = |resolved: Resolved| Coordinate { as_of: resolved.as_of, known: resolved.known };
        let answer = |at: Coordinate| ledger.assess(docket, self.id, at.as_of, at.known);
        let comparison = views::compare_answers(docket, self.id, at(pair.then), at(pair.now), answer);
        let undertaking = |at: Resolved| docket.undertaking(self.id, at.known);
        let (_, undertaken) = undertaking(pair.now).or_else(|| undertaking(pair.then))?;
        let made = |known: Position| AssessedIn {
            ledger: ledger.name(),
            kind: ledger.kind(),
            known_at: docket.recorded_at(known),
        };
        let made = ComparedIn { then: made(pair.then.known), now: made(pair.now.known), undertaken };
        Some(wire::comparison_to_proto(&comparison, &made))
    }
}
