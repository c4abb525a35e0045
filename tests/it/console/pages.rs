//! Every page on the real ledger.

use entente::exchange::event_file;
use entente::proto::v1;

use super::{Page, get, post};
use crate::server::TestServer;

/// The pages of the real ledger, and a word that each must say.
const PAGES: [(&str, &str); 15] = [
    ("/", "what would come back"),
    ("/ledgers/us-china", "rare earth suspension"),
    ("/ledgers/us-china?by=instrument", "Rare earth suspension"),
    ("/ledgers/us-china/commitments/rare-earth-suspension", "What was promised, in each reading"),
    ("/ledgers/us-china/commitments/soybeans", "Where the rate of t2026, series us-esr"),
    ("/ledgers/us-china/commitments/soybeans", "9,442,300 of 25,000,000"),
    ("/ledgers/us-china/measures", "Lithium-battery"),
    ("/ledgers/us-china/measures/cn-announcement-57", "holmium"),
    ("/ledgers/us-china/calendar", "January 2027"),
    ("/ledgers/us-china/scorecard", "China owes the United States"),
    ("/ledgers/us-china/changes?then_as_of=2026-10-25", "did not change"),
    ("/ledgers/us-china/exposure?codes=280530", "holmium"),
    ("/ledgers/us-china/talks", "Trump and Xi at Busan"),
    ("/ledgers/us-china/events", "290"),
    ("/ledgers/us-china/legend", "Silence is not success"),
];

/// A server with the events of data/us-china, at noon of 24 November 2026.
pub(super) async fn real_server() -> TestServer {
    let server = TestServer::in_memory().await;
    server.clock.set(entente::domain::Instant::parse("2026-11-24T12:00:00Z").unwrap());
    let ledger = server.create("us-china", v1::LedgerKind::Replay).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/us-china/events");
    let messages = event_file::read_folder(&folder).unwrap();
    server.append(&ledger, event_file::in_order_of_record(messages)).await.unwrap();
    server
}

#[tokio::test]
async fn every_page_of_the_real_ledger_is_shown_and_says_what_it_is_about() {
    let server = real_server().await;
    for (path, word) in PAGES {
        let page = get(&server, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        assert!(page.text().contains(word), "{path} says {word:?}: {}", page.text());
        assert_guarded(&page, path);
        assert_self_contained(&page, path);
    }
}

#[tokio::test]
async fn the_board_says_first_how_the_rare_earth_suspension_stands_what_would_come_back_and_how_sure_that_is() {
    let server = real_server().await;
    let text = get(&server, "/").await.text();
    let panel = text.split("Who keeps their word").next().unwrap();
    let first = panel.split("gallium germanium suspension").next().unwrap();
    for said in [
        "China: rare earth suspension",
        "DISPUTED Still in force for 47 days more by one reading of the text; ended 13 days ago by another",
        "By the text as signed: ended 13 days ago, through 2026-11-10, Asia/Shanghai",
        "these 6 measures may apply again",
        "Rare-earth technologies, from mining to magnet making and recycling",
        "The texts say different things, and no reading of them has been adopted.",
        "no independent one confirms it.",
    ] {
        assert!(first.contains(said), "{said:?} is said before anything else: {first}");
    }
}

#[tokio::test]
async fn a_page_says_the_same_as_the_service() {
    let server = real_server().await;
    let request =
        v1::ListAssessmentsRequest { parent: "ledgers/us-china".to_owned(), ..v1::ListAssessmentsRequest::default() };
    let lines = server.client.compliance().list_assessments(request).await.unwrap().into_inner().lines;
    assert!(lines.len() >= 25, "{} lines", lines.len());
    let board = get(&server, "/ledgers/us-china").await;
    for line in lines {
        let assessment = line.assessment.unwrap();
        let id = assessment.commitment.rsplit('/').next().unwrap().to_owned();
        let status = assessment.status().as_str_name().trim_start_matches("STATUS_");
        let row = board.body.split(&format!("data-key=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("{id} has a row"));
        let badge = row.split("class=\"badge").nth(1).unwrap().split("</span>").nth(1).unwrap();
        assert_eq!(badge.trim(), status, "{id}");
    }
}

#[tokio::test]
async fn the_first_view_of_the_board_is_small() {
    let server = real_server().await;
    let board = get(&server, "/").await;
    let mut bytes = board.body.len();
    let assets: Vec<&str> = ["href=\"/static/", "src=\"/static/"]
        .iter()
        .flat_map(|mark| board.body.split(mark).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(assets.len(), 3, "style, script and icon: {assets:?}");
    for asset in &assets {
        let page = get(&server, &format!("/static/{asset}")).await;
        assert_eq!(page.status, 200, "{asset}");
        assert!(page.header("cache-control").unwrap().contains("immutable"), "{asset} is kept by the browser");
        bytes += page.body.len();
    }
    println!("the board: {} bytes, with style, script and icon {bytes}", board.body.len());
    assert!(bytes < 100_000, "{bytes} bytes");
}

#[tokio::test]
async fn no_page_of_the_real_ledger_is_large_on_its_way() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = real_server().await;
    for (path, _) in PAGES {
        let mut stream = super::connect(&server).await;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).to_lowercase();
        assert!(
            head.contains("content-encoding: gzip") && head.contains("vary: accept-encoding"),
            "{path}: {head:.600}"
        );
        assert!(bytes.len() < 40_000, "{path}: {} bytes", bytes.len());
        let plain = get(&server, path).await;
        assert!(plain.header("content-encoding").is_none(), "{path} as it is, for whoever does not ask for less");
        assert!(plain.body.len() < 160_000, "{path}: {} bytes as it is", plain.body.len());
    }
}

#[tokio::test]
async fn without_a_ledger_and_with_several_the_front_page_says_what_to_do() {
    let server = TestServer::in_memory().await;
    let empty = get(&server, "/").await;
    assert!(empty.status == 200 && empty.text().contains("entente demo"), "{}", empty.text());
    server.create("one", v1::LedgerKind::Live).await;
    assert!(
        get(&server, "/").await.text().contains("No commitment is recorded by then"),
        "one ledger is shown at once"
    );
    server.create("other", v1::LedgerKind::Live).await;
    let several = get(&server, "/").await;
    assert!(
        several.links().contains(&"/ledgers/one".to_owned()) && several.links().contains(&"/ledgers/other".to_owned())
    );
}

#[tokio::test]
async fn the_calendar_is_taken_along_as_a_file() {
    let server = real_server().await;
    let page = get(&server, "/ledgers/us-china/calendar.ics?known_at=298").await;
    assert_eq!(page.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(
        page.body.starts_with("BEGIN:VCALENDAR") && page.body.contains("DTSTART:20270110T160000Z"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_short_list_of_codes_gets_an_address_of_its_own_and_a_long_one_an_answer() {
    let server = real_server().await;
    let short =
        post(&server, "/ledgers/us-china/exposure", "codes=280530%0D%0A850511&as_of=2026-01-01&known_at=").await;
    assert_eq!(short.status, 303);
    let address = short.header("location").unwrap().to_owned();
    assert!(address.contains("as_of=2026-01-01") && address.contains("280530"), "{address}");
    assert!(get(&server, &address).await.text().contains("holmium"));
    let long = format!("codes={}", "280530%0A".repeat(1500));
    assert!(post(&server, "/ledgers/us-china/exposure", &long).await.text().contains("holmium"));
    let too_long = post(&server, "/ledgers/us-china/exposure", &format!("codes={}", "280530%0A".repeat(2001))).await;
    assert!(too_long.status == 400 && too_long.text().contains("at most 2000"), "{}", too_long.text());
}

/// The policy under which a page can do nothing that is not this server's.
fn assert_guarded(page: &Page, path: &str) {
    let policy = page.header("content-security-policy").unwrap_or_default();
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{path}: {part} in {policy:?}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
    assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{path}");
}

/// Nothing inline that the policy would forbid, nothing loaded from elsewhere.
fn assert_self_contained(page: &Page, path: &str) {
    assert!(!page.body.contains(" style=\"") && !page.body.contains("<style"), "{path} has a style of its own");
    for script in page.body.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/static/") && script.contains("></script>"), "{path}: {script:.80}");
    }
    for mark in ["src=\"http", "srcset=", "url(http", " onclick=", " onload="] {
        assert!(!page.body.contains(mark), "{path} has {mark}");
    }
}
