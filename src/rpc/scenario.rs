//! ProjectScenario: what would follow from events that nobody has recorded, and from time.

use prost::Message as _;

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::ledger_service;
use super::list::{self, Begun, ListRequest};
use super::status::Fault;
use crate::domain::{Collection, EventId, Extract, Hypothesis, Instant, Slug, Submission};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{self, Effect};
use crate::wire::{self, AssessedIn};

/// How many commitments are taken out of the docket before the writer may go on.
const AT_A_TIME: usize = 64;

/// What would follow.
pub(super) async fn project(
    ledgers: &Admitted<'_>,
    request: v1::ProjectScenarioRequest,
) -> Result<v1::ProjectScenarioResponse, Fault> {
    let page = page(&request);
    let Begun { ledger, size, at, after } = list::begin(ledgers, &page).await?;
    let batch = ledger_service::submissions(&request.submissions, ledger.name(), scenario_id)?;
    let until = match request.until {
        Some(stamp) => clocks::instant(stamp, "until")?,
        None => at.as_of,
    };
    if until < at.as_of {
        let reason = format!("{until} is before as_of, {}; a walk ends where it begins or later", at.as_of);
        return Err(Fault::field("until", reason));
    }
    let whole_ledger = request.whole_ledger || batch.is_empty();
    let walk = Walk { ledger: ledger.clone(), at, until, whole_ledger, after, size };
    let walked = tokio::task::spawn_blocking(move || walk.take(&batch));
    let (hypothesis, effects, last) = walked.await.map_err(|error| Fault::Internal(error.to_string()))??;
    let made =
        AssessedIn { ledger: ledger.name(), kind: ledger.kind(), known_at: ledger.docket().recorded_at(at.known) };
    let supposed_at = hypothesis.events().last().filter(|_| !hypothesis.is_replayed()).map(|event| event.recorded_at);
    Ok(v1::ProjectScenarioResponse {
        events: supposed(&hypothesis, ledger.name()),
        effects: effects.iter().map(|effect| wire::effect_to_proto(effect, &made, supposed_at)).collect(),
        next_page_token: list::next_token(at, last.map(|last| last.to_string()), &page.question),
        clocks: Some(at.echo(&ledger)),
        until: Some(wire::instant_to_proto(until)),
    })
}

/// The request as one for a page.
fn page(request: &v1::ProjectScenarioRequest) -> ListRequest {
    let question = v1::ProjectScenarioRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    ListRequest {
        question: question.encode_to_vec(),
        parent: request.parent.clone(),
        page_size: request.page_size,
        page_token: request.page_token.clone(),
        clocks: request.clocks,
    }
}

/// The id of an event that brings none: the same on every page, and nobody's in a ledger.
fn scenario_id(index: usize) -> EventId {
    let mut bytes = *b"scenario\0\0\0\0\0\0\0\0";
    bytes[8..].copy_from_slice(&(index as u64).to_be_bytes());
    EventId::from_bytes(bytes)
}

fn supposed(hypothesis: &Hypothesis, ledger: &Slug) -> Vec<v1::SupposedEvent> {
    let events = hypothesis.events().iter().map(|event| v1::SupposedEvent {
        event: Some(wire::event_to_proto(event, ledger)),
        already_recorded: hypothesis.is_replayed(),
    });
    events.collect()
}

/// One page of a scenario.
struct Walk {
    ledger: Ledger,
    at: Resolved,
    until: Instant,
    whole_ledger: bool,
    after: Option<String>,
    size: usize,
}

impl Walk {
    /// The hypothesis, the effects of this page, and the last of them where more follow.
    fn take(&self, batch: &[Submission]) -> Result<(Hypothesis, Vec<Effect>, Option<Slug>), Fault> {
        let (hypothesis, commitments) = self.suppose(batch)?;
        let mut effects: Vec<Effect> = Vec::new();
        for some in commitments.chunks(AT_A_TIME) {
            let hypothesis = self.with(&hypothesis, some);
            for commitment in some {
                let Some(effect) = self.effect(&hypothesis, commitment) else { continue };
                if effects.len() == self.size {
                    let last = effects.last().map(|last| last.commitment.clone());
                    return Ok((hypothesis, effects, last));
                }
                effects.push(effect);
            }
        }
        Ok((hypothesis, effects, None))
    }

    /// The hypothesis, and the commitments that this page and later ones walk, by name.
    fn suppose(&self, batch: &[Submission]) -> Result<(Hypothesis, Vec<Slug>), Fault> {
        let docket = self.ledger.docket();
        let supposed = Hypothesis::suppose(&docket, self.at.known, batch, self.at.as_of);
        let hypothesis = supposed.map_err(|refusal| Fault::Refused(Box::new(refusal)))?;
        let mut commitments = hypothesis.reached().clone();
        if self.whole_ledger {
            commitments.extend(docket.members(Collection::Commitments).cloned());
        }
        let later = |it: &Slug| self.after.as_deref().is_none_or(|after| it.as_str() > after);
        Ok((hypothesis, commitments.into_iter().filter(later).collect()))
    }

    /// The hypothesis with these commitments taken out of the docket too, so that the walk holds nobody up.
    fn with(&self, hypothesis: &Hypothesis, commitments: &[Slug]) -> Hypothesis {
        let mut untouched = Extract::at(self.at.known);
        let docket = self.ledger.docket();
        commitments.iter().filter(|it| !hypothesis.reached().contains(*it)).for_each(|it| untouched.take(&docket, it));
        hypothesis.beside(untouched)
    }

    /// What becomes of a commitment; none where nothing does: the events do not reach it, and time does not change it.
    fn effect(&self, hypothesis: &Hypothesis, commitment: &Slug) -> Option<Effect> {
        let effect = views::project(hypothesis, commitment, self.at.as_of, self.until)?;
        let is_reached = hypothesis.reached().contains(commitment);
        (is_reached || effect.steps.len() > 1).then_some(effect)
    }
}
