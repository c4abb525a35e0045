//! LedgerService: recording, and reading back.

use futures_util::Stream;
use prost::Message as _;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::admission::Guarded;
use super::append_stream::AppendStream;
use super::limits::Limits;
use super::reached::Reached;
use super::reading::{ReadStream, Reading};
use super::status::Fault;
use super::{clocks, filter, name, page};
use crate::domain::Preconditions;
use crate::domain::event::LedgerKind;
use crate::domain::{EventId, Payload, Position, Slug, Subject, Submission, Text};
use crate::ledger::{AppendOutcome, AppendRequest, Heading, Ledger, Ledgers, NewLedger};
use crate::proto::stored::services::ledger_service_server::LedgerService;
use crate::proto::v1;
use crate::wire::{self, Word as _};

type AnswerStream = std::pin::Pin<Box<dyn Stream<Item = Result<v1::AppendEventStreamResponse, Status>> + Send>>;

/// The service over the ledgers of one store.
pub(super) struct LedgerApi {
    ledgers: Guarded,
    request_bytes_max: usize,
    batch_events_max: u64,
    stopping: CancellationToken,
}

impl LedgerApi {
    pub(super) fn new(ledgers: Ledgers, limits: &Limits, stopping: CancellationToken) -> Self {
        let (request_bytes_max, batch_events_max) = (limits.request_bytes_max(), limits.batch_events_max);
        LedgerApi { ledgers: Guarded::new(ledgers), request_bytes_max, batch_events_max, stopping }
    }

    async fn create(&self, request: Request<v1::CreateLedgerRequest>) -> Result<v1::CreateLedgerResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let asked = request.ledger.unwrap_or_default();
        let name = Slug::parse(&request.ledger_id).map_err(|error| Fault::field("ledger_id", error.to_string()))?;
        ledgers.check_new(&name)?;
        let kind = LedgerKind::from_proto(asked.kind())
            .ok_or_else(|| Fault::field("ledger.kind", "is required: LEDGER_KIND_LIVE or LEDGER_KIND_REPLAY"))?;
        let title = Text::new(&asked.title).map_err(|error| Fault::field("ledger.title", error.to_string()))?;
        let recorded_at = request.recorded_at.map(|stamp| clocks::instant(stamp, "recorded_at")).transpose()?;
        if recorded_at.is_some() && kind == LedgerKind::Live {
            return Err(Fault::field("recorded_at", "is for REPLAY ledgers; a LIVE ledger stamps its record times"));
        }
        let new = NewLedger { name, kind, title, recorded_at, created_by: ledgers.principal().clone() };
        let ledger = ledgers.create(new).await?;
        Ok(v1::CreateLedgerResponse { ledger: Some(describe(&ledger)) })
    }

    async fn append(&self, request: Request<v1::AppendEventsRequest>) -> Result<v1::AppendEventsResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        let bytes = request.encoded_len();
        if bytes > self.request_bytes_max {
            return Err(Fault::RequestTooLarge { bytes, max: self.request_bytes_max });
        }
        Reached::check_batch(request.submissions.len(), self.batch_events_max)?;
        let submissions = submissions(&request.submissions, ledger.name(), |_| make_id())?;
        ledgers.check_submissions(ledger.name(), &submissions)?;
        let preconditions = preconditions(request.preconditions.unwrap_or_default(), ledger.name())?;
        let append_sizes = append_sizes(&request.append_sizes, submissions.len(), ledger.kind())?;
        let ids: Vec<EventId> = submissions.iter().map(|submission| submission.event_id).collect();
        let retractions = retractions(&submissions);
        let append = AppendRequest {
            submissions,
            preconditions,
            validate_only: request.validate_only,
            append_sizes,
            recorded_by: ledgers.principal().clone(),
            bytes,
        };
        let outcome = ledger.append(append).await?;
        if !request.validate_only && !outcome.replayed {
            ledgers.admission().audit_retractions(ledger.name(), &retractions);
        }
        Ok(v1::AppendEventsResponse {
            events: appended(&ids, &outcome),
            replayed: outcome.replayed,
            validate_only: request.validate_only && !outcome.replayed,
            head: outcome.head.get(),
        })
    }

    async fn event(&self, request: Request<v1::GetEventRequest>) -> Result<v1::GetEventResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let (ledger_name, id) = name::split(&request.name, "events")?;
        let ledger = name::ledger(&ledgers, ledger_name, "name")?;
        let found = match id.parse::<u64>() {
            Ok(position) => {
                let ledger = ledger.clone();
                off_thread(move || ledger.event_at(Position::new(position))).await?
            }
            Err(_) => {
                let id = EventId::parse(id)
                    .map_err(|error| Fault::field("name", format!("{error}, and not a position either")))?;
                let ledger = ledger.clone();
                off_thread(move || ledger.event_of(id)).await?
            }
        };
        let event = found.ok_or_else(|| Fault::not_found("event", &request.name))?;
        let event_id = event.submission.as_ref().map(|it| it.event_id.as_str()).unwrap_or_default();
        let docket = ledger.docket();
        let fate = EventId::parse(event_id).ok().and_then(|id| docket.fate(id));
        let word = |id: Option<EventId>| id.map_or_else(String::new, |id| id.to_string());
        Ok(v1::GetEventResponse {
            superseded_by: word(fate.as_ref().and_then(|fate| fate.superseded_by)),
            retracted_by: word(fate.as_ref().and_then(|fate| fate.retracted_by)),
            event: Some(event),
        })
    }

    async fn read(&self, request: Request<v1::ReadEventsRequest>) -> Result<ReadStream, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        clocks::wait_for(&ledger, request.min_position).await?;
        let heading = match v1::Direction::try_from(request.direction) {
            Ok(v1::Direction::Unspecified | v1::Direction::Forward) if request.before != 0 => {
                return Err(Fault::field("before", "is for DIRECTION_BACKWARD; forward reads take after"));
            }
            Ok(v1::Direction::Backward) if request.after != 0 => {
                return Err(Fault::field("after", "is for DIRECTION_FORWARD; backward reads take before"));
            }
            Ok(v1::Direction::Unspecified | v1::Direction::Forward) => Heading::Forward(Position::new(request.after)),
            Ok(v1::Direction::Backward) => {
                Heading::Backward((request.before != 0).then(|| Position::new(request.before)))
            }
            Err(_) => {
                let known = format!("{} is not a direction: 1 is forward, 2 backward", request.direction);
                return Err(Fault::field("direction", known));
            }
        };
        let head = ledger.head();
        if Position::new(request.after) > head {
            // Beyond a hole there may be events all the same.
            let after_head = Fault::AfterHead { field: "after", position: Position::new(request.after), head };
            return Err(ledger.hidden().map_or(after_head, Fault::from));
        }
        let filter = filter::events(request.filter.unwrap_or_default(), ledger.name())?;
        let limit = (request.limit != 0).then_some(request.limit);
        Ok(Reading { ledger, heading, filter, limit }.start(self.stopping.clone()))
    }

    fn list(&self, request: Request<v1::ListLedgersRequest>) -> Result<v1::ListLedgersResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let size = page::size(request.page_size)?;
        let after = page::NameToken::decode(&request.page_token)?;
        let later = |ledger: &Ledger| after.as_deref().is_none_or(|after| ledger.name().as_str() > after);
        let all: Vec<Ledger> = ledgers.readable().into_iter().filter(later).collect();
        let shown = &all[..all.len().min(size)];
        let more = all.len() > shown.len();
        let last = shown.last().filter(|_| more);
        Ok(v1::ListLedgersResponse {
            ledgers: shown.iter().map(describe).collect(),
            next_page_token: last.map_or_else(String::new, |last| page::NameToken::encode(last.name().as_str())),
        })
    }
}

#[tonic::async_trait]
impl LedgerService for LedgerApi {
    type AppendEventStreamStream = AnswerStream;
    type ReadEventsStream = ReadStream;

    async fn create_ledger(
        &self,
        request: Request<v1::CreateLedgerRequest>,
    ) -> Result<Response<v1::CreateLedgerResponse>, Status> {
        Ok(Response::new(self.create(request).await?))
    }

    async fn get_ledger(
        &self,
        request: Request<v1::GetLedgerRequest>,
    ) -> Result<Response<v1::GetLedgerResponse>, Status> {
        let ledger = name::ledger(&self.ledgers.admit(&request)?, &request.get_ref().name, "name")?;
        Ok(Response::new(v1::GetLedgerResponse { ledger: Some(describe(&ledger)) }))
    }

    async fn list_ledgers(
        &self,
        request: Request<v1::ListLedgersRequest>,
    ) -> Result<Response<v1::ListLedgersResponse>, Status> {
        Ok(Response::new(self.list(request)?))
    }

    async fn append_events(
        &self,
        request: Request<v1::AppendEventsRequest>,
    ) -> Result<Response<v1::AppendEventsResponse>, Status> {
        Ok(Response::new(self.append(request).await?))
    }

    async fn append_event_stream(
        &self,
        request: Request<Streaming<v1::AppendEventStreamRequest>>,
    ) -> Result<Response<Self::AppendEventStreamStream>, Status> {
        let stream = AppendStream {
            ledgers: self.ledgers.admit_for_long(&request)?,
            request_bytes_max: self.request_bytes_max,
            batch_events_max: self.batch_events_max,
            stopping: self.stopping.clone(),
        };
        Ok(Response::new(Box::pin(stream.start(request.into_inner()))))
    }

    async fn get_event(&self, request: Request<v1::GetEventRequest>) -> Result<Response<v1::GetEventResponse>, Status> {
        Ok(Response::new(self.event(request).await?))
    }

    async fn read_events(
        &self,
        request: Request<v1::ReadEventsRequest>,
    ) -> Result<Response<Self::ReadEventsStream>, Status> {
        Ok(Response::new(self.read(request).await?))
    }

    async fn get_head(&self, request: Request<v1::GetHeadRequest>) -> Result<Response<v1::GetHeadResponse>, Status> {
        let ledger = name::ledger(&self.ledgers.admit(&request)?, &request.get_ref().ledger, "ledger")?;
        let docket = ledger.docket();
        Ok(Response::new(v1::GetHeadResponse {
            head: docket.head().get(),
            recorded_at: docket.head_recorded_at().map(wire::instant_to_proto),
            ledger_kind: clocks::kind_number(&docket),
        }))
    }
}

/// Runs what blocks on the store off the asynchronous threads.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, crate::ledger::LedgerError> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(done?)
}

/// The ids of those that take something back.
pub(super) fn retractions(submissions: &[Submission]) -> Vec<EventId> {
    let retracts = |submission: &&Submission| matches!(submission.payload, Payload::EventRetracted(_));
    submissions.iter().filter(retracts).map(|it| it.event_id).collect()
}

/// Reads every submission, and names every violation of every one of them; `id_at` gives an id where one brings none.
pub(super) fn submissions(
    messages: &[v1::Submission],
    ledger: &Slug,
    id_at: impl Fn(usize) -> EventId,
) -> Result<Vec<Submission>, Fault> {
    let mut read = Vec::with_capacity(messages.len());
    let mut wrong = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        match wire::submission_from_proto(message, ledger, || id_at(index)) {
            Ok(submission) => read.push(submission),
            Err(error) => wrong.extend(error.under(&format!("submissions[{index}]")).violations),
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wire::WireError { violations: wrong }.into()) }
}

/// Where each event of an append stands.
pub(super) fn appended(ids: &[EventId], outcome: &AppendOutcome) -> Vec<v1::Appended> {
    let events = ids.iter().zip(&outcome.events).map(|(id, (position, recorded_at))| v1::Appended {
        event_id: id.to_string(),
        position: position.get(),
        recorded_at: Some(wire::instant_to_proto(*recorded_at)),
    });
    events.collect()
}

/// The appends that a request repeats, held against the number of its events.
pub(super) fn append_sizes(sizes: &[u32], events: usize, kind: LedgerKind) -> Result<Vec<usize>, Fault> {
    if !sizes.is_empty() && kind == LedgerKind::Live {
        return Err(Fault::field("append_sizes", "is for REPLAY ledgers; in a LIVE ledger a request is one append"));
    }
    if let Some(index) = sizes.iter().position(|size| *size == 0) {
        return Err(Fault::field(format!("append_sizes[{index}]"), "is 0; an append has at least one event"));
    }
    let sum = sizes.iter().map(|size| u64::from(*size)).sum::<u64>();
    if !sizes.is_empty() && sum != events as u64 {
        let why = format!("add up to {sum}, and there are {events} submissions; leave no event out, and add none");
        return Err(Fault::field("append_sizes", why));
    }
    Ok(sizes.iter().map(|size| *size as usize).collect())
}

pub(super) fn make_id() -> EventId {
    EventId::from_bytes(uuid::Uuid::now_v7().into_bytes())
}

pub(super) fn preconditions(asked: v1::Preconditions, ledger: &Slug) -> Result<Preconditions, Fault> {
    let revision = |(index, it): (usize, v1::SubjectRevision)| {
        let field = format!("preconditions.subject_revisions[{index}].subject");
        let subject = Subject::parse(&it.subject, ledger).map_err(|error| Fault::field(field, error.to_string()))?;
        Ok((subject, Position::new(it.revision)))
    };
    let subject_revisions =
        asked.subject_revisions.into_iter().enumerate().map(revision).collect::<Result<Vec<_>, Fault>>()?;
    Ok(Preconditions { ledger_head: asked.ledger_head.map(Position::new), subject_revisions })
}

fn describe(ledger: &Ledger) -> v1::Ledger {
    let docket = ledger.docket();
    let created = docket.about(&Subject::Ledger).first();
    let first = created.and_then(|event| match &event.submission.payload {
        Payload::LedgerCreated(created) => Some(created),
        _ => None,
    });
    v1::Ledger {
        name: format!("ledgers/{}", ledger.name()),
        kind: clocks::kind_number(&docket),
        title: first.map_or_else(String::new, |first| first.title.to_string()),
        incarnation: first.map_or_else(String::new, |first| first.incarnation.to_string()),
        created_at: created.map(|event| wire::instant_to_proto(event.recorded_at)),
        head: docket.head().get(),
        head_recorded_at: docket.head_recorded_at().map(wire::instant_to_proto),
        read_only_reason: ledger.read_only_reason().unwrap_or_default(),
        restoration: ledger.restoration().map(|restored| v1::Restoration {
            restored_at: Some(wire::instant_to_proto(restored.restored_at)),
            position: restored.through.get(),
            backup_made_at: Some(wire::instant_to_proto(restored.backup_made_at)),
            checkpoint: restored.checkpoint.clone(),
            incarnation: restored.incarnation(),
        }),
    }
}
