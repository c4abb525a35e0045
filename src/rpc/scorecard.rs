//! GetScorecard: who owes what to whom.

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::status::Fault;
use super::{filter, name};
use crate::domain::{Collection, Slug, Subject};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{Member, Promise, Scorecard, ScorecardFilter};
use crate::wire;

/// A scorecard shows each of its members, so it is no answer for a ledger of more.
const COMMITMENTS_MAX: usize = 10_000;
/// How many commitments are assessed before the writer may go on.
const AT_A_TIME: usize = 64;

/// The scorecard of a party, an instrument, or a ledger.
pub(super) async fn scorecard(
    ledgers: &Admitted<'_>,
    request: v1::GetScorecardRequest,
) -> Result<v1::GetScorecardResponse, Fault> {
    let ledger = name::ledger(ledgers, &request.parent, "parent")?;
    let filter = read_filter(&ledger, &request)?;
    let at = clocks::resolve(&ledger, request.clocks, ledgers.clock().now()).await?;
    if let Some(instrument) = &filter.instrument {
        let subject = Subject::Member(Collection::Instruments, instrument.clone());
        filter::require_instrument(&ledger, &subject, at.known)?;
    }
    let asked = ledger.clone();
    let gathered = tokio::task::spawn_blocking(move || gather(&asked, &filter, at));
    let scorecard = gathered.await.map_err(|error| Fault::Internal(error.to_string()))??;
    Ok(v1::GetScorecardResponse {
        scorecard: Some(wire::scorecard_to_proto(&scorecard, ledger.name())),
        clocks: Some(at.echo(&ledger)),
    })
}

fn read_filter(ledger: &Ledger, request: &v1::GetScorecardRequest) -> Result<ScorecardFilter, Fault> {
    let party = (!request.party.is_empty()).then(|| filter::party(&request.party, "party")).transpose()?;
    if request.instrument.is_empty() {
        return Ok(ScorecardFilter { party, instrument: None });
    }
    let refuse = |why: String| Fault::field("instrument", why);
    match Subject::parse(&request.instrument, ledger.name()).map_err(|error| refuse(error.to_string()))? {
        Subject::Member(Collection::Instruments, id) => Ok(ScorecardFilter { party, instrument: Some(id) }),
        other => Err(refuse(format!("{other} is not an instrument"))),
    }
}

fn gather(ledger: &Ledger, filter: &ScorecardFilter, at: Resolved) -> Result<Scorecard, Fault> {
    let commitments: Vec<Slug> = match &filter.instrument {
        Some(instrument) => {
            let subject = Subject::Member(Collection::Instruments, instrument.clone());
            ledger.docket().followers(&subject).cloned().collect()
        }
        None => ledger.docket().members(Collection::Commitments).cloned().collect(),
    };
    let mut scorecard = Scorecard::default();
    let mut count = 0;
    for some in commitments.chunks(AT_A_TIME) {
        let docket = ledger.docket();
        let members = some.iter().filter_map(|commitment| {
            let (event, undertaken) = docket.undertaking(commitment, at.known)?;
            let promise = Some(Promise::undertaken(undertaken, event.position)).filter(|it| filter.takes(it))?;
            Some(Member::of(promise, &ledger.recall(&docket, commitment, at.as_of, at.known).assessment))
        });
        for member in members {
            count += 1;
            scorecard.add(member);
        }
        if count > COMMITMENTS_MAX {
            let wrong = format!("has more than {COMMITMENTS_MAX} commitments of what is asked for");
            return Err(Fault::field("parent", format!("{wrong}; narrow it by party or instrument")));
        }
    }
    Ok(scorecard)
}
