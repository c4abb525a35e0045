//! A question about one member of a ledger, or about all of it, at some clocks.

use super::admission::Admitted;
use super::clocks::{self, Resolved};
use super::list::read_mask;
use super::name;
use super::status::Fault;
use crate::domain::{Collection, Docket, Position, Slug, Subject};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views::{self, Assessment};
use crate::wire::{self, AssessedIn};
/// One member of a collection, asked about at some clocks.
pub(super) struct Question {
    pub(super) ledger: Ledger,
    pub(super) id: Slug,
    pub(super) at: Resolved,
}

impl Question {
    /// Reads the name and the clocks of a question.
    pub(super) async fn read(
        ledgers: &Admitted<'_>,
        name: &str,
        collection: Collection,
        clocks: Option<v1::Clocks>,
    ) -> Result<Self, Fault> {
        let (ledger, id) = name::member(ledgers, name, collection)?;
        let at = clocks::resolve(&ledger, clocks, ledgers.clock().now()).await?;
        Ok(Question { ledger, id, at })
    }

    /// Refuses where the ledger has never heard of the commitment, at any position.
    pub(super) fn require_commitment(&self) -> Result<(), Fault> {
        if self.ledger.docket().dossier(&self.id).is_some() {
            return Ok(());
        }
        // Beyond a hole it may be heard of all the same.
        let name = Subject::commitment(self.id.clone()).name_in(self.ledger.name());
        Err(self.ledger.hidden().map_or_else(|| Fault::not_found("commitment", name), Fault::from))
    }
}

/// Shows one member, or says that it is not there as known at the position asked about.
pub(super) async fn get<T>(
    ledgers: &Admitted<'_>,
    name: &str,
    collection: Collection,
    clocks: Option<v1::Clocks>,
    describe: impl Fn(&Docket, &Ledger, &Slug, Resolved) -> Option<T>,
) -> Result<(T, v1::ResolvedClocks), Fault> {
    let Question { ledger, id, at } = Question::read(ledgers, name, collection, clocks).await?;
    let shown = describe(&ledger.docket(), &ledger, &id, at);
    let what = collection.segment().trim_end_matches('s');
    let shown = shown.ok_or_else(|| {
        // What was known earlier is known whole; at the head, a hole may follow that has it.
        let hidden = ledger.hidden().filter(|_| at.known >= ledger.head());
        let missing = || Fault::not_found(what, format!("{name} (as known at position {})", at.known));
        hidden.map_or_else(missing, Fault::from)
    })?;
    Ok((shown, at.echo(&ledger)))
}

/// Whether one promise is being kept.
pub(super) async fn assess(
    ledgers: &Admitted<'_>,
    request: v1::AssessCommitmentRequest,
) -> Result<v1::AssessCommitmentResponse, Fault> {
    let question = Question::read(ledgers, &request.name, Collection::Commitments, request.clocks).await?;
    question.require_commitment()?;
    let mask = read_mask::<v1::Assessment>(request.read_mask.as_ref())?;
    let Question { ledger, id, at } = question;
    let docket = ledger.docket();
    let assessment = ledger.assess(&docket, &id, at.as_of, at.known);
    let shown = mask.apply(assessment_to_proto(&assessment, &docket, &ledger));
    drop(docket);
    Ok(v1::AssessCommitmentResponse { assessment: Some(shown), clocks: Some(at.echo(&ledger)) })
}

/// How an assessment came about. Its derivation can be long, so it is put together off the threads that serve.
pub(super) async fn explain(
    ledgers: &Admitted<'_>,
    request: v1::ExplainAssessmentRequest,
) -> Result<v1::ExplainAssessmentResponse, Fault> {
    let question = Question::read(ledgers, &request.name, Collection::Commitments, request.clocks).await?;
    question.require_commitment()?;
    let mask = read_mask::<v1::Explanation>(request.read_mask.as_ref())?;
    let Question { ledger, id, at } = question;
    let work_out = move || {
        let docket = ledger.docket();
        let explanation = views::explain(&docket, &id, at.as_of, at.known);
        let assessment = assessment_to_proto(&explanation.assessment, &docket, &ledger);
        drop(docket);
        let shown = mask.apply(wire::explanation_to_proto(&explanation, ledger.name()));
        let clocks = Some(at.echo(&ledger));
        v1::ExplainAssessmentResponse { assessment: Some(assessment), explanation: Some(shown), clocks }
    };
    tokio::task::spawn_blocking(work_out).await.map_err(|error| Fault::Internal(error.to_string()))
}

/// An assessment as the API shows it.
pub(super) fn assessment_to_proto(assessment: &Assessment, docket: &Docket, ledger: &Ledger) -> v1::Assessment {
    wire::assessment_to_proto(assessment, &assessed_in(docket, ledger, assessment.known))
}

/// Where assessments as known at a position are made.
pub(super) fn assessed_in<'a>(docket: &Docket, ledger: &'a Ledger, known: Position) -> AssessedIn<'a> {
    AssessedIn { ledger: ledger.name(), kind: ledger.kind(), known_at: docket.recorded_at(known) }
}

/// One commitment on the board; `None` where it is not recorded there.
pub(super) fn board_line(
    docket: &Docket,
    ledger: &Ledger,
    id: &Slug,
    assessment: &Assessment,
) -> Option<v1::BoardLine> {
    let (_, undertaken) = docket.undertaking(id, assessment.known)?;
    let instrument = Subject::Member(Collection::Instruments, undertaken.instrument.clone());
    Some(v1::BoardLine {
        title: undertaken.title.to_string(),
        obligor: undertaken.obligor.to_string(),
        obligee: undertaken.obligee.to_string(),
        instrument: instrument.name_in(ledger.name()),
        assessment: Some(assessment_to_proto(assessment, docket, ledger)),
    })
}
