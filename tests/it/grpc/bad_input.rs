//! Hostile and mistaken input: each with its code, its field and its reason; nothing is lost, nothing panics.

use entente::proto::v1;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use v1::submission::Payload;

use super::appends::{head, reason};
use super::sample::{amount, at, dated, deal, id, pledge, signed, statement, submission, suspension};
use crate::server::{TestServer, stamp};

/// What a refusal must say.
struct Expect {
    code: Code,
    reason: &'static str,
    /// A field that must be named, as a path in the request; empty where it is about the batch.
    field: &'static str,
    /// Words of the message: what is wrong, and what would be right.
    words: &'static [&'static str],
}

fn check(name: &str, status: &Status, expect: &Expect) {
    assert_eq!(status.code(), expect.code, "{name}: {status:?}");
    assert_eq!(reason(status).0, expect.reason, "{name}: {status:?}");
    let details = status.get_error_details();
    let of_fields = details.bad_request().into_iter().flat_map(|it| &it.field_violations).map(|it| it.field.clone());
    let of_rules =
        details.precondition_failure().into_iter().flat_map(|it| &it.violations).map(|it| it.subject.clone());
    let fields: Vec<String> = of_fields.chain(of_rules).collect();
    assert!(fields.iter().any(|field| field == expect.field), "{name}: {fields:?} does not name {:?}", expect.field);
    for word in expect.words {
        assert!(status.message().contains(word), "{name}: {:?} does not say {word:?}", status.message());
    }
}

fn invalid(field: &'static str, words: &'static [&'static str]) -> Expect {
    Expect { code: Code::InvalidArgument, reason: "INVALID_FIELD", field, words }
}

async fn ledger_with_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

/// Changes the terms of a purchase pledge.
fn with_pledge(ledger: &str, change: impl FnOnce(&mut v1::CommitmentUndertaken)) -> v1::Submission {
    let mut submission = pledge(ledger);
    submission.event_id = id(900);
    submission.subject = format!("{ledger}/commitments/other");
    match &mut submission.payload {
        Some(Payload::CommitmentUndertaken(undertaken)) => change(undertaken),
        _ => unreachable!("the sample is an undertaking"),
    }
    submission
}

fn purchase(undertaken: &mut v1::CommitmentUndertaken) -> &mut v1::PurchaseTerms {
    match undertaken.terms.as_mut().and_then(|terms| terms.promise.as_mut()) {
        Some(v1::terms::Promise::PurchasePledge(terms)) => terms,
        _ => unreachable!("the sample is a purchase pledge"),
    }
}

fn with_amount(ledger: &str, change: impl FnOnce(&mut v1::AmountReported)) -> v1::Submission {
    let mut submission = amount(ledger, 901, "2026-01-01", "2026-01-31", "1800000");
    match &mut submission.payload {
        Some(Payload::AmountReported(reported)) => change(reported),
        _ => unreachable!("the sample is an amount"),
    }
    submission
}

#[tokio::test]
async fn values_that_no_field_can_hold_are_named_with_what_would_be_right() {
    let (server, ledger) = ledger_with_deal().await;
    let ledger = ledger.as_str();
    let cases: Vec<(&str, v1::Submission, Expect)> = vec![
        (
            "a party that does not exist",
            with_pledge(ledger, |it| it.obligor = "XX".to_owned()),
            invalid("submissions[0].commitment_undertaken.obligor", &["\"XX\"", "ISO 3166-1"]),
        ),
        (
            "a unit that does not exist",
            with_pledge(ledger, |it| purchase(it).unit = "stone".to_owned()),
            invalid("submissions[0].commitment_undertaken.terms.purchase_pledge.unit", &["\"stone\"", "t, kt"]),
        ),
        (
            "a zone that does not exist",
            with_pledge(ledger, |it| it.zone = "Asia/Atlantis".to_owned()),
            invalid("submissions[0].commitment_undertaken.zone", &["Asia/Atlantis", "IANA"]),
        ),
        (
            "an HS code with an odd number of digits",
            with_pledge(ledger, |it| it.products[0].code = "12019".to_owned()),
            invalid("submissions[0].commitment_undertaken.products[0].code", &["HS-2022", "2, 4 or 6 digits"]),
        ),
        (
            "a date that does not exist",
            with_amount(ledger, |it| it.through = "2026-02-30".to_owned()),
            invalid("submissions[0].amount_reported.through", &["2026-02-30", "YYYY-MM-DD"]),
        ),
        (
            "a window that ends before it starts",
            with_pledge(ledger, |it| {
                purchase(it).tranches[0].window =
                    Some(v1::Window { start: "2026-12-31".to_owned(), through: "2026-01-01".to_owned() });
            }),
            invalid(
                "submissions[0].commitment_undertaken.terms.purchase_pledge.tranches[0].window.through",
                &["2026-01-01", "2026-12-31"],
            ),
        ),
        (
            "a tranche outside its commitment",
            with_pledge(ledger, |it| {
                purchase(it).term =
                    Some(v1::Window { start: "2026-01-01".to_owned(), through: "2026-06-30".to_owned() });
            }),
            invalid("submissions[0].commitment_undertaken.terms.purchase_pledge.tranches[0].window", &["2026-06-30"]),
        ),
        ("NaN", with_amount(ledger, |it| it.value = "NaN".to_owned()), decimal()),
        ("an exponent", with_amount(ledger, |it| it.value = "1e6".to_owned()), decimal()),
        ("40 digits", with_amount(ledger, |it| it.value = "1".repeat(40)), decimal()),
        (
            "an id that is no UUID",
            v1::Submission { event_id: "17".to_owned(), ..statement(ledger, 902) },
            invalid("submissions[0].event_id", &["UUID"]),
        ),
        (
            "a subject with a path in it",
            v1::Submission { subject: format!("{ledger}/instruments/../measures"), ..statement(ledger, 903) },
            invalid("submissions[0].subject", &["resource name"]),
        ),
        (
            "a subject with 300 characters",
            v1::Submission { subject: format!("{ledger}/instruments/{}", "a".repeat(300)), ..statement(ledger, 904) },
            invalid("submissions[0].subject", &["1 to 63"]),
        ),
        (
            "a subject in another ledger",
            v1::Submission { subject: "ledgers/other/instruments/truce".to_owned(), ..statement(ledger, 905) },
            invalid("submissions[0].subject", &["in the ledger written to"]),
        ),
        (
            "no payload",
            v1::Submission { payload: None, ..statement(ledger, 906) },
            invalid("submissions[0].payload", &["commitment_undertaken"]),
        ),
    ];
    for (name, submission, expect) in cases {
        let status = server.append(ledger, vec![submission]).await.unwrap_err();
        check(name, &status, &expect);
    }
    assert_eq!(head(&server, ledger).await, 6, "nothing of it was recorded");
}

fn decimal() -> Expect {
    invalid("submissions[0].amount_reported.value", &["exact decimal", "no exponent"])
}

#[tokio::test]
async fn every_violation_is_named_not_only_the_first() {
    let (server, ledger) = ledger_with_deal().await;
    let wrong = with_pledge(&ledger, |it| {
        it.obligor = "XX".to_owned();
        it.zone = "nowhere".to_owned();
        purchase(it).unit = "stone".to_owned();
    });
    let status = server.append(&ledger, vec![statement(&ledger, 10), wrong]).await.unwrap_err();
    let details = status.get_error_details();
    let fields: Vec<&str> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "submissions[1].commitment_undertaken.obligor",
            "submissions[1].commitment_undertaken.zone",
            "submissions[1].commitment_undertaken.terms.purchase_pledge.unit",
        ]
    );
}

#[tokio::test]
async fn a_thousand_wrong_events_are_answered_within_what_headers_hold() {
    let (server, ledger) = ledger_with_deal().await;
    // In Chinese a character is three bytes, and nine where a header must spell it out.
    for (character, named) in [("x", 12), ("中", 4)] {
        let wrong = |number| v1::Submission { subject: character.repeat(1000), ..statement(&ledger, 3000 + number) };
        let status = server.append(&ledger, (0..1000_u32).map(wrong).collect()).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let mut headers = tonic::codegen::http::HeaderMap::new();
        status.add_header(&mut headers).unwrap();
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        assert!(bytes < 8 << 10, "{bytes} bytes");
        let violations = status.get_error_details().bad_request().unwrap().field_violations.len();
        assert_eq!(violations, named);
        let (_, metadata) = reason(&status);
        assert_eq!(metadata["violations_not_named"], (1000 - named).to_string());
    }
}

#[tokio::test]
async fn a_refusal_that_lists_what_would_be_right_lists_all_of_it() {
    let (server, ledger) = ledger_with_deal().await;
    let wrong = with_pledge(&ledger, |it| purchase(it).unit = "stone".to_owned());
    let status = server.append(&ledger, vec![wrong]).await.unwrap_err();
    let whole = entente::domain::Unit::parse("stone").unwrap_err().to_string();
    assert!(status.message().ends_with(&whole), "{:?} is cut, it should end in {whole:?}", status.message());
}

#[tokio::test]
async fn what_the_rules_refuse_names_the_fact_it_collides_with() {
    let (server, ledger) = ledger_with_deal().await;
    let ledger = ledger.as_str();
    server.append(ledger, vec![amount(ledger, 20, "2026-01-01", "2026-01-31", "1800000")]).await.unwrap();
    let corrected = v1::Submission { supersedes: id(20), ..amount(ledger, 21, "2026-01-01", "2026-01-31", "1900000") };
    server.append(ledger, vec![corrected]).await.unwrap();

    let refuse = |reason, field, words| Expect { code: Code::FailedPrecondition, reason, field, words };
    let amended = v1::CommitmentAmended {
        effective_at: dated("2026-02-01T00:00:00Z"),
        retroactive_to: None,
        set: Some(v1::TermsPatch { until: at("2027-01-01T00:00:00Z"), ..v1::TermsPatch::default() }),
    };
    let cases: Vec<(&str, v1::Submission, Expect)> = vec![
        (
            "overlapping amounts",
            amount(ledger, 30, "2026-01-15", "2026-02-14", "1"),
            refuse("OVERLAPPING_AMOUNT", "submissions[0].amount_reported.from", &["2026-01-31"]),
        ),
        (
            "superseding what is superseded",
            v1::Submission { supersedes: id(20), ..amount(ledger, 31, "2026-01-01", "2026-01-31", "1") },
            refuse("ALREADY_SUPERSEDED", "submissions[0].supersedes", &["00000000-0000-4000-8000-000000000021"]),
        ),
        (
            "superseding an event of another kind",
            v1::Submission { supersedes: id(3), ..amount(ledger, 32, "2026-03-01", "2026-03-31", "1") },
            refuse("SUPERSEDES_OTHER_KIND", "submissions[0].supersedes", &["CommitmentUndertaken"]),
        ),
        (
            "superseding an event of another subject",
            v1::Submission { supersedes: id(3), ..pledge_again(ledger) },
            refuse("SUPERSEDES_OTHER_SUBJECT", "submissions[0].supersedes", &["commitments/suspension"]),
        ),
        (
            "superseding an event that this ledger does not have",
            v1::Submission { supersedes: id(777), ..statement(ledger, 33) },
            refuse("SUPERSEDES_UNKNOWN", "submissions[0].supersedes", &["777"]),
        ),
        (
            "amending an unknown commitment",
            submission(ledger, 34, "commitments/unheard-of", Payload::CommitmentAmended(amended)),
            refuse("UNKNOWN_SUBJECT", "submissions[0].subject", &["commitments/unheard-of"]),
        ),
        (
            "undertaking a commitment twice",
            v1::Submission { event_id: id(35), ..suspension(ledger) },
            refuse("ALREADY_UNDERTAKEN", "submissions[0].subject", &["commitments/suspension"]),
        ),
    ];
    for (name, submission, expect) in cases {
        let status = server.append(ledger, vec![submission]).await.unwrap_err();
        check(name, &status, &expect);
    }
    assert_eq!(head(&server, ledger).await, 8);
}

fn pledge_again(ledger: &str) -> v1::Submission {
    v1::Submission { event_id: id(36), ..pledge(ledger) }
}

#[tokio::test]
async fn a_batch_has_1_to_1000_events() {
    let (server, ledger) = ledger_with_deal().await;
    let status = server.append(&ledger, Vec::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "BATCH_EMPTY"));
    let many: Vec<_> = (0..1001).map(|number| statement(&ledger, 1000 + number)).collect();
    let status = server.append(&ledger, many.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "BATCH_TOO_LARGE"));
    assert!(status.message().contains("1000") || status.message().contains("1,000"), "{}", status.message());
    let most = many[..1000].to_vec();
    assert_eq!(server.append(&ledger, most).await.unwrap().head, 1006);
}

#[tokio::test]
async fn a_request_that_is_too_long_is_told_how_long_it_may_be() {
    let (server, ledger) = ledger_with_deal().await;
    let long = |number| v1::Submission { note: "x".repeat(4096), ..statement(&ledger, number) };
    let megabytes = |count: u32| (0..count * 250).map(|number| long(2000 + number)).collect::<Vec<_>>();
    let status = server.append(&ledger, megabytes(5)).await.unwrap_err();
    let (found, metadata) = reason(&status);
    assert_eq!((status.code(), found.as_str()), (Code::ResourceExhausted, "REQUEST_TOO_LARGE"), "{status:?}");
    let bytes: u64 = metadata["bytes"].parse().unwrap();
    assert!((5_000_000..6_000_000).contains(&bytes), "{metadata:?}");
    assert_eq!(metadata["bytes_max"], "4194304");
    for words in [&metadata["bytes"], "4194304", "request_kib_max", "send it in several requests"] {
        assert!(status.message().contains(words), "{words:?} is not in {:?}", status.message());
    }
    // Far longer ones are not even read.
    let status = server.append(&ledger, megabytes(18)).await.unwrap_err();
    let (found, metadata) = reason(&status);
    assert_eq!((status.code(), found.as_str()), (Code::ResourceExhausted, "REQUEST_TOO_LARGE"), "{status:?}");
    assert!(metadata["bytes"].parse::<u64>().unwrap() > 18_000_000, "{metadata:?}");
    assert_eq!(server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap().head, 7);
}

#[tokio::test]
async fn names_that_are_no_names_are_refused_everywhere() {
    let (server, ledger) = ledger_with_deal().await;
    let long = format!("{ledger}/commitments/{}", "a".repeat(300));
    let traversal = format!("{ledger}/commitments/..");
    let slash = format!("{ledger}/commitments/a/b");
    for name in [long.as_str(), &traversal, &slash, "", "commitments/x", "ledgers//commitments/x"] {
        let request = v1::AssessCommitmentRequest { name: name.to_owned(), clocks: None, read_mask: None };
        let status = server.client.compliance().assess_commitment(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{name:?}: {status:?}");
        assert_eq!(reason(&status).0, "INVALID_FIELD");
    }
    let request =
        v1::AssessCommitmentRequest { name: format!("{ledger}/commitments/none"), clocks: None, read_mask: None };
    let status = server.client.compliance().assess_commitment(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::NotFound, "NOT_FOUND"));
}

#[tokio::test]
async fn a_replayed_history_is_in_order_and_a_live_one_has_no_record_times() {
    let server = TestServer::in_memory().await;
    let live = server.create("live", v1::LedgerKind::Live).await;
    let dated = v1::Submission { recorded_at: Some(stamp("2025-11-01T00:00:00Z")), ..signed(&live) };
    let status = server.append(&live, vec![dated]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "RECORD_TIME_NOT_ALLOWED"));

    let replay = server.create("replay", v1::LedgerKind::Replay).await;
    let later = v1::Submission { recorded_at: Some(stamp("2025-11-02T00:00:00Z")), ..signed(&replay) };
    let earlier = v1::Submission { recorded_at: Some(stamp("2025-11-01T00:00:00Z")), ..statement(&replay, 10) };
    let status = server.append(&replay, vec![later, earlier]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::FailedPrecondition, "RECORD_TIME_GOES_BACK"));
    assert!(status.message().contains("2025-11-02T00:00:00Z"), "{}", status.message());
}
