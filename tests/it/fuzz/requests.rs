//! Texts within requests that the service reads itself: filters, orders, page tokens, cursors, names. They are asked
//! through the services' own routes, without a network between.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use axum::Router;
use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{Instant, Preconditions, Slug, Text};
use entente::ledger::{AppendRequest, Cursor, Ledgers, NewLedger};
use entente::proto::v1;
use entente::rpc;
use entente::store::MemoryCatalog;
use prost::Message;
use prost_types::FieldMask;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

use super::campaign::Decoder;
use crate::real_ledger::TRUCE;

const LEDGER: &str = "ledgers/us-china";

/// The real ledger, in memory.
pub(super) static LEDGERS: LazyLock<Ledgers> = LazyLock::new(|| {
    let clock = Clock::by_hand(Instant::parse("2026-11-24T12:00:00Z").unwrap()).0;
    let ledgers = Ledgers::open(std::sync::Arc::new(MemoryCatalog::default()), clock).unwrap();
    let text = |text: &str| Text::new(text).unwrap();
    let new = NewLedger {
        name: Slug::parse("us-china").unwrap(),
        kind: LedgerKind::Replay,
        title: text("the truce"),
        recorded_at: TRUCE.submissions[0].recorded_at,
        created_by: text("nobody"),
    };
    let ledger = ledgers.create(new).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for batch in TRUCE.submissions.chunks(100) {
        let request = AppendRequest {
            submissions: batch.to_vec(),
            preconditions: Preconditions::default(),
            validate_only: false,
            append_sizes: Vec::new(),
            recorded_by: text("nobody"),
            bytes: 100,
        };
        runtime.block_on(ledger.append(request)).unwrap();
    }
    ledgers
});

/// The services, asked one question at a time.
struct Door {
    runtime: Runtime,
    router: RefCell<Router>,
}

impl Door {
    fn new() -> Rc<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (_, health) = tonic_health::server::health_reporter();
        let health = tonic::service::Routes::new(health);
        let router = rpc::routes(&LEDGERS, health, 4 << 20, &CancellationToken::new()).unwrap();
        Rc::new(Door { runtime, router: RefCell::new(router) })
    }

    /// Asks; a refusal is INVALID_ARGUMENT or one of the others that a client can do something about.
    fn ask<A: Message + Default>(
        &self,
        service: &str,
        method: &str,
        question: &impl Message,
    ) -> Result<A, tonic::Status> {
        let message = question.encode_to_vec();
        let frame = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
        let request = http::Request::post(format!("/entente.v1.{service}/{method}"))
            .version(http::Version::HTTP_2)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(axum::body::Body::from(frame))
            .unwrap();
        let router = self.router.borrow().clone();
        let (headers, body) = self.runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let headers = response.headers().clone();
            let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
            (headers, body)
        });
        let told = tonic::Status::from_header_map(&headers)
            .or_else(|| body.trailers().and_then(tonic::Status::from_header_map))
            .expect("every answer has a status");
        match told.code() {
            Code::Ok => Ok(A::decode(&body.to_bytes()[5..]).unwrap()),
            _ => Err(told),
        }
    }

    fn list(&self, request: &v1::ListAssessmentsRequest) -> Result<v1::ListAssessmentsResponse, tonic::Status> {
        self.ask("ComplianceService", "ListAssessments", request)
    }
}

/// Whether a question was answered; one that was not is refused by its field.
fn answered<A>(answer: Result<A, tonic::Status>, field: &str) -> bool {
    let Err(status) = answer else { return true };
    assert!(matches!(status.code(), Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition), "{status:?}");
    if status.code() == Code::InvalidArgument {
        let details = status.get_error_details();
        let violations = &details.bad_request().expect("a field is named").field_violations;
        assert!(violations.iter().any(|it| it.field.starts_with(field)), "{field}: {violations:?}");
    }
    false
}

pub(super) fn decoders() -> Vec<Decoder> {
    let door = Door::new();
    vec![
        expression(&door),
        order(&door),
        read_mask(&door),
        page_token(&door),
        name(&door),
        cursor(&door),
        deadline(&door),
    ]
}

fn expression(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    let ask = move |text: &str| {
        let filter = v1::CommitmentFilter { expression: text.to_owned(), ..Default::default() };
        let request = v1::ListAssessmentsRequest {
            parent: LEDGER.to_owned(),
            filter: Some(filter),
            page_size: 1,
            ..Default::default()
        };
        answered(door.list(&request), "filter.expression")
    };
    Decoder::of_text("filter expression", ask)
        .valid([
            "status = NOT_MET AND obligor = US",
            "soy OR (kind = PURCHASE_PLEDGE AND NOT evidence = NONE)",
            "next_change_at < \"2027-01-01T00:00:00Z\"",
            "title = \"*soy*\" -party = CN",
            "product:1201 lifecycle != LAPSED evidence=SINGLE",
        ])
        .odd([
            "(".repeat(4_000),
            "NOT ".repeat(1_000),
            "-".repeat(4_000),
            "a OR ".repeat(800) + "a",
            "a ".repeat(2_000),
        ])
        .odd([
            "(a OR ".repeat(600),
            "a.".repeat(2_000) + "b",
            format!("{}a{}", "(".repeat(15), ")".repeat(15)),
            "\"".repeat(4_095),
        ])
        .odd(["x".repeat(60_000), "f(".repeat(2_000), "a:(b ".repeat(800)])
        .costing(10)
}

fn order(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    Decoder::of_text("order", move |text| {
        let request = v1::ListAssessmentsRequest {
            parent: LEDGER.to_owned(),
            order_by: text.to_owned(),
            page_size: 1,
            ..Default::default()
        };
        answered(door.list(&request), "order_by")
    })
    .valid(["next_change_at desc", "status", ""])
    .odd(["status,".repeat(8_000)])
    .costing(10)
}

fn read_mask(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    Decoder::of_text("read mask", move |text| {
        let mask = FieldMask { paths: text.split(',').map(str::to_owned).collect() };
        let request = v1::AssessCommitmentRequest {
            name: format!("{LEDGER}/commitments/soybeans"),
            read_mask: Some(mask),
            ..Default::default()
        };
        answered(
            door.ask::<v1::AssessCommitmentResponse>("ComplianceService", "AssessCommitment", &request),
            "read_mask",
        )
    })
    .valid(["status,row", "*", "because"])
    .costing(6)
}

/// A token that is taken is the one that was given: nothing can be made up or changed.
fn page_token(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    let request = v1::ListAssessmentsRequest { parent: LEDGER.to_owned(), page_size: 5, ..Default::default() };
    let token = door.list(&request).unwrap().next_page_token;
    assert!(!token.is_empty());
    let given = token.clone();
    Decoder::of_text("page token", move |text| {
        let taken = answered(
            door.list(&v1::ListAssessmentsRequest { page_token: text.to_owned(), ..request.clone() }),
            "page_token",
        );
        assert!(!taken || text == given || text.is_empty(), "a token that nobody gave is taken");
        taken
    })
    .valid([token])
    .odd(["A".repeat(60_000)])
    .costing(5)
}

fn name(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    Decoder::of_text("resource name", move |text| {
        let request = v1::GetEventRequest { name: text.to_owned() };
        let event = answered(door.ask::<v1::GetEventResponse>("LedgerService", "GetEvent", &request), "name");
        let request = v1::GetCursorRequest { name: text.to_owned() };
        let cursor = answered(door.ask::<v1::GetCursorResponse>("ChangeService", "GetCursor", &request), "name");
        let request = v1::GetMeasureRequest { name: text.to_owned(), clocks: None };
        event
            | cursor
            | answered(door.ask::<v1::GetMeasureResponse>("ComplianceService", "GetMeasure", &request), "name")
    })
    .valid([format!("{LEDGER}/events/5"), format!("{LEDGER}/events/{}", TRUCE.submissions[8].event_id)])
    .costing(6)
}

/// A cursor that decodes has one spelling, and one that is committed is told again as it was given.
fn cursor(door: &Rc<Door>) -> Decoder {
    let ledger = LEDGERS.get(&Slug::parse("us-china").unwrap()).unwrap();
    let place = entente::ledger::Place::after(entente::domain::Position::new(7));
    let witness = ledger.witness(place.position).unwrap();
    let filter = entente::ledger::FilterDigest::of(b"");
    let events = ledger.cursor(entente::ledger::Stream::Events, filter, place, witness).encode();
    let moved =
        entente::ledger::Place { instant: Some(Instant::parse("2026-03-01T00:00:00Z").unwrap()), index: 2, ..place };
    let news = ledger.cursor(entente::ledger::Stream::Transitions, filter, moved, witness).encode();
    let door = Rc::clone(door);
    Decoder::of_text("cursor", move |text| {
        let decoded = Cursor::decode(text);
        if let Ok(cursor) = &decoded {
            assert_eq!(cursor.encode(), text);
        }
        let place = v1::CursorPlace { cursor: text.to_owned(), position: 0 };
        let request = v1::CommitCursorRequest {
            name: format!("{LEDGER}/cursors/fuzz"),
            place: Some(place),
            force: true,
            ..Default::default()
        };
        match door.ask::<v1::CommitCursorResponse>("ChangeService", "CommitCursor", &request) {
            Ok(answer) => {
                assert!(decoded.is_ok());
                assert_eq!(answer.cursor.unwrap().cursor, text);
                true
            }
            refused => answered(refused, "place"),
        }
    })
    .valid([events, news])
    .costing(5)
}

/// The header by which a client says how long it waits.
fn deadline(door: &Rc<Door>) -> Decoder {
    let door = Rc::clone(door);
    Decoder::of_text("grpc-timeout", move |text| {
        let Ok(value) = http::HeaderValue::from_str(text) else { return false };
        let request = http::Request::post("/entente.v1.LedgerService/GetHead")
            .version(http::Version::HTTP_2)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("grpc-timeout", value.clone())
            .header("x-request-id", value)
            .body(axum::body::Body::from([0, 0, 0, 0, 0].to_vec()))
            .unwrap();
        let router = door.router.borrow().clone();
        let response = door.runtime.block_on(router.oneshot(request)).unwrap();
        let status = tonic::Status::from_header_map(response.headers()).expect("a name is missing");
        assert!(matches!(status.code(), Code::InvalidArgument | Code::DeadlineExceeded), "{status:?}");
        true
    })
    .valid(["10S", "99999999H", "1n"])
    .costing(2)
}
