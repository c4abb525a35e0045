//! Texts that try to be markup: every text of an event is shown as text, and only addresses of the web become links.

use entente::proto::v1;

use super::get;
use crate::grpc::sample::deal;
use crate::server::TestServer;

const SCRIPT: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & {{ 7*7 }}";

#[tokio::test]
async fn no_text_of_a_ledger_is_markup() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let mut submissions = deal(&ledger);
    for submission in &mut submissions {
        plant(submission);
    }
    server.append(&ledger, submissions).await.unwrap();
    let paths = [
        "",
        "?by=instrument",
        "/commitments/suspension",
        "/commitments/soybeans",
        "/measures",
        "/measures/magnets",
        "/calendar",
        "/calendar?only=all",
        "/scorecard",
        "/changes?then_as_of=2025-01-01&then_known_at=0",
        "/exposure?codes=850511%0A%3Cscript%3E",
        "/talks",
        "/events",
        "/events/2",
        "/events/3",
        "/legend",
        "?as_of=%3Cscript%3Ealert(1)%3C/script%3E",
        "/events?subject=%22%3E%3Cscript%3E",
        "?by=%3Cscript%3E",
    ];
    let mut planted = 0;
    for path in paths {
        let page = get(&server, &format!("/ledgers/deal{path}")).await;
        let scripts: Vec<&str> = page.body.split("<script").skip(1).collect();
        assert!(scripts.iter().all(|script| script.starts_with(" src=\"/static/")), "{path}: {}", page.body);
        assert!(!page.body.contains("<img"), "{path}");
        for link in page.links() {
            assert!(["/", "#", "http://", "https://"].iter().any(|begin| link.starts_with(begin)), "{path}: {link}");
        }
        for anchor in page.body.split("<a ").skip(1).filter(|anchor| anchor.starts_with("href=\"http")) {
            assert!(anchor.split('>').next().unwrap().contains("noopener"), "{path}: {anchor:.120}");
        }
        planted += page.body.matches("&#60;script&#62;").count();
    }
    assert!(planted > 20, "the planted texts are shown, as text: {planted}");
}

/// Puts markup wherever a submission has a text of its own.
fn plant(submission: &mut v1::Submission) {
    use v1::submission::Payload;
    submission.note = SCRIPT.to_owned();
    submission.sources = vec![
        v1::Source { address: "javascript:alert(1)".to_owned(), ..hostile_source() },
        v1::Source { address: "https://example.org/<b>\"onmouseover=alert(1)".to_owned(), ..hostile_source() },
        v1::Source {
            address: "https://example.org/a?b=c&d=e".to_owned(),
            archived_address: "data:text/html,x".to_owned(),
            ..hostile_source()
        },
    ];
    match submission.payload.as_mut().unwrap() {
        Payload::InstrumentSigned(it) => it.title = SCRIPT.to_owned(),
        Payload::MeasureAnnounced(it) => {
            it.title = SCRIPT.to_owned();
            it.reference = SCRIPT.to_owned();
        }
        Payload::CommitmentUndertaken(it) => it.title = SCRIPT.to_owned(),
        _ => {}
    }
}

fn hostile_source() -> v1::Source {
    v1::Source {
        publisher: SCRIPT.to_owned(),
        title: SCRIPT.to_owned(),
        quality: SCRIPT.to_owned(),
        attribution: SCRIPT.to_owned(),
        class: v1::SourceClass::ObligorOfficial.into(),
        ..v1::Source::default()
    }
}
