//! A ledger of many commitments: a page of it is small, says how many there are, and leads to each of them.

use std::collections::BTreeSet;

use entente::proto::v1;
use v1::submission::Payload;

use super::get;
use crate::grpc::sample::{announced, id, pledge, signed, suspension};
use crate::server::TestServer;

const COUNT: u32 = 1_200;

/// Promises of three parties to the United States, every third a suspension.
fn promise(ledger: &str, number: u32) -> v1::Submission {
    let mut submission = if number.is_multiple_of(3) { suspension(ledger) } else { pledge(ledger) };
    submission.event_id = id(10_000 + number);
    submission.subject = format!("{ledger}/commitments/promise-{number:04}");
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut submission.payload else { unreachable!() };
    undertaken.title = format!("Promise number {number}");
    undertaken.obligor = ["CN", "VN", "JP"][number as usize % 3].to_owned();
    submission
}

async fn large() -> TestServer {
    let server = TestServer::in_memory().await;
    let ledger = server.create("many", v1::LedgerKind::Live).await;
    server.append(&ledger, vec![signed(&ledger), announced(&ledger)]).await.unwrap();
    let promises: Vec<v1::Submission> = (0..COUNT).map(|number| promise(&ledger, number)).collect();
    for part in promises.chunks(400) {
        server.append(&ledger, part.to_vec()).await.unwrap();
    }
    server
}

fn rows(body: &str) -> Vec<String> {
    let keys = body.split("data-key=\"").skip(1).filter_map(|rest| rest.split('"').next());
    keys.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_large_board_is_shown_a_page_at_a_time_and_each_commitment_is_on_one_of_them() {
    let server = large().await;
    let first = get(&server, "/").await;
    let text = first.text();
    assert!(first.body.len() < 100_000, "{} bytes", first.body.len());
    for said in
        ["1 to 50 of 1,200 commitments", "China owes 400, 50 of them on this page", "Vietnam owes 400", "page 1 of 24"]
    {
        assert!(text.contains(said), "{said:?}: {text:.3000}");
    }
    let (mut path, mut seen, mut pages) =
        ("/ledgers/many?known_at=1203&as_of=2026-03-01".to_owned(), BTreeSet::new(), 0);
    loop {
        let page = get(&server, &path).await;
        assert_eq!(page.status, 200, "{path}");
        pages += 1;
        for row in rows(&page.body) {
            assert!(seen.insert(row.clone()), "{row} is on two pages");
        }
        // The steps to other moments are in their own part of the page, before this one.
        let pages_of = page.body.split("aria-label=\"Pages of the board\"").nth(1).unwrap_or_default();
        let next = pages_of.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split("#all").next());
        let Some(next) = next else { break };
        path = next.replace("&#38;", "&");
        assert!(path.contains("known_at=1203") && path.contains("as_of=2026-03-01"), "{path} keeps the clocks");
    }
    assert_eq!((seen.len(), pages), (1_200, 24));
    let beyond = get(&server, "/ledgers/many?page=25").await;
    assert!(beyond.status == 400 && beyond.text().contains("no page 25; the last is 24"), "{}", beyond.text());
}

#[tokio::test]
async fn a_large_board_is_searched_and_every_other_page_of_it_is_small_too() {
    let server = large().await;
    for (query, said, count) in [
        ("text=number+77", "21 of 1,200 commitments", 21),
        ("text=promise-0077", "1 of 1,200 commitments", 1),
        ("text=PROMISE+vietnam+1000", "1 of 1,200 commitments", 1),
        ("obligor=jp", "1 to 50 of 400 commitments", 50),
        ("party=US&page=24", "1151 to 1200 of 1,200 commitments", 50),
        ("obligee=CN", "No commitment matches", 0),
        ("instrument=truce&by=instrument", "A truce 1,200", 50),
        ("text=nothing-of-the-kind", "show all 1,200", 0),
    ] {
        let page = get(&server, &format!("/ledgers/many?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        let text = page.text().replace("A truce 1200", "A truce 1,200");
        assert!(text.contains(said), "{query}: {said:?}: {text:.3000}");
        assert_eq!(rows(&page.body).len(), count, "{query}");
    }
    for path in ["", "/scorecard", "/measures", "/events", "/legend"] {
        let page = get(&server, &format!("/ledgers/many{path}")).await;
        assert!(page.status == 200 && page.body.len() < 100_000, "{path}: {} bytes", page.body.len());
    }
    let scorecard = get(&server, "/ledgers/many/scorecard").await;
    let more = scorecard.links().into_iter().find(|link| link.contains("obligor=VN")).expect("the rest is a link away");
    let rest = get(&server, &more).await;
    assert!(rest.status == 200 && rest.text().contains("of 400 commitments"), "{more}: {}", rest.text());
}

#[tokio::test]
async fn what_is_counted_leads_to_what_was_counted() {
    let server = super::pages::real_server().await;
    let board = get(&server, "/ledgers/us-china?as_of=2026-11-24&known_at=298").await;
    let chips = board.body.split("<ul class=\"tally\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let mut counted = 0;
    for chip in chips.split("<li ").skip(1) {
        let link = chip.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let count: usize = chip.split("<strong>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
        assert!(link.contains("as_of=2026-11-24&known_at=298&status="), "{link}");
        let page = get(&server, link.split('#').next().unwrap()).await;
        assert_eq!(page.body.matches("<tr role=\"row\" data-key").count(), count, "{link}");
        counted += count;
    }
    assert_eq!(counted, 25);
}
