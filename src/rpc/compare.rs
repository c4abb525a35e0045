//! Comparisons of two coordinates, commitment by commitment, in pages.

use prost::Message as _;

use super::clocks::{self, Resolved};
use super::filter::CommitmentFilter;
use super::name;
use super::page::{self, PageToken};
use super::status::Fault;
use crate::domain::{Docket, Dossier, Position, Slug};
use crate::ledger::{Ledger, Ledgers};
use crate::proto::v1;
use crate::views::{self, ChangeKind, Coordinate};
use crate::wire::{self, AssessedIn, ComparedIn};

/// Two coordinates.
#[derive(Clone, Copy)]
struct Pair {
    then: Resolved,
    now: Resolved,
}

/// A page of what differs between two coordinates.
pub(super) async fn compare(
    ledgers: &Ledgers,
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
        let docket = shared.docket();
        let mut changes = Vec::new();
        let mut last = None;
        for id in docket.dossiers().map(Dossier::commitment).filter(|id| after.as_ref().is_none_or(|after| after < *id))
        {
            let Some(change) = change(&docket, &shared, &filter, id, pair, request.show_unchanged) else { continue };
            if changes.len() == size {
                return (changes, last);
            }
            changes.push(change);
            last = Some(id.clone());
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
    ledgers: &Ledgers,
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

/// What differs for one commitment; none where it is not asked for or nothing does.
fn change(
    docket: &Docket,
    ledger: &Ledger,
    filter: &CommitmentFilter,
    id: &Slug,
    pair: Pair,
    show_unchanged: bool,
) -> Option<v1::AssessmentChange> {
    let answer = |at: Resolved| ledger.recall(docket, id, at.as_of, at.known);
    let (then, now) = (answer(pair.then), answer(pair.now));
    let wanted = show_unchanged || views::change_between(&then, &now) != ChangeKind::Unchanged;
    let taken = |at: Resolved, assessment| filter.takes(docket, id, at.known, Some(assessment));
    if !wanted || !(taken(pair.then, &then) || taken(pair.now, &now)) {
        return None;
    }
    let at = |resolved: Resolved| Coordinate { as_of: resolved.as_of, known: resolved.known };
    let comparison = views::compare(docket, id, at(pair.then), at(pair.now));
    let (_, undertaken) = docket.undertaking(id, pair.now.known).or_else(|| docket.undertaking(id, pair.then.known))?;
    let made = |known: Position| AssessedIn {
        ledger: ledger.name(),
        kind: ledger.kind(),
        known_at: docket.recorded_at(known),
    };
    let made = ComparedIn { then: made(pair.then.known), now: made(pair.now.known), undertaken };
    Some(wire::comparison_to_proto(&comparison, &made))
}
