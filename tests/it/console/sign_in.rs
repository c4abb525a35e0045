//! Signing in: a token begins a session, whose id is in a cookie; a reader sees only what is theirs; events of an open page end
//! with the session, and the session with the token.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use entente::auth::{Grant, NewToken, Tokens};
use entente::client::{Client, Credentials};
use entente::domain::{Instant, Slug, Text};
use entente::serve::Security;
use entente::store::{Catalog as _, MemoryCatalog};
use tokio::io::AsyncReadExt as _;

use super::{Page, ask, connect};
use crate::server::{NOON, TestServer};

/// A server with two ledgers that asks for credentials, and a reader's token of the first and an operator's.
async fn guarded() -> (TestServer, String, String) {
    let catalog = Arc::new(MemoryCatalog::default());
    let open = TestServer::over(catalog.clone()).await;
    open.create("deal", entente::proto::v1::LedgerKind::Live).await;
    open.create("secret-talks", entente::proto::v1::LedgerKind::Live).await;
    let deal = include_str!("../../../examples/first-deal.yaml").replace("my-deal", "deal");
    let events = entente::exchange::event_file::parse(&deal, "a deal").unwrap();
    open.append("ledgers/deal", events).await.unwrap();
    open.stop().await.unwrap();
    let tokens = Tokens::open(catalog.cells()).unwrap();
    let make = |holder: &str, grant: &str| {
        let now = Instant::parse(NOON).unwrap();
        let new = NewToken {
            name: Slug::parse(holder).unwrap(),
            grants: vec![Grant::parse(grant).unwrap()],
            expires_at: now.plus_elapsed_days(10),
            created_by: Text::new("the test").unwrap(),
        };
        tokens.create(new, now).unwrap().1.reveal().to_owned()
    };
    let (reader, operator) = (make("anna", "reader@deal"), make("boss", "operator@*"));
    let security = Security { require_credentials: true, access_file: None::<PathBuf>, ..Security::default() };
    (TestServer::secured(catalog, security).await, reader, operator)
}

async fn get(server: &TestServer, path: &str, headers: &str) -> Page {
    ask(
        server,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n{headers}\r\n"),
    )
    .await
}

async fn post(server: &TestServer, path: &str, headers: &str, body: &str) -> Page {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let length = body.len();
    ask(server, &format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{kind}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")).await
}

/// Signs in with a token: the header that a browser sends from then on.
async fn signed_in(server: &TestServer, token: &str) -> String {
    let signed = post(server, "/sign-in", "", &format!("next=%2F&token={token}")).await;
    assert_eq!(signed.status, 303);
    format!("Cookie: {}\r\n", set_cookie(&signed).split(';').next().unwrap())
}

/// What a page has the browser keep, as it was sent.
fn set_cookie(page: &Page) -> String {
    page.cookies.first().expect("a cookie is set").clone()
}

#[tokio::test]
async fn a_token_entered_once_begins_a_session_and_signing_out_ends_it_everywhere() {
    let (server, reader, _) = guarded().await;
    let asked = get(&server, "/ledgers/deal/calendar?as_of=2026-03-01", "").await;
    assert_eq!(asked.status, 401);
    assert_eq!(asked.header("www-authenticate"), Some("bearer realm=\"entente\""));
    assert!(asked.header("content-security-policy").is_some(), "it is under the policy of every page");
    // Under `no-referrer` browsers send `Origin: null` with its form, which is then nobody's.
    assert_eq!(asked.header("referrer-policy"), Some("same-origin"));
    assert!(asked.body.contains("name=\"next\" value=\"/ledgers/deal/calendar?as_of=2026-03-01\""), "{}", asked.body);
    let wrong = post(&server, "/sign-in", "", "next=%2F&token=entente_wrong").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("Not signed in") && !wrong.body.contains("entente_wrong"));
    let body = format!("next=%2Fledgers%2Fdeal&token={reader}");
    let signed = post(&server, "/sign-in", "Origin: http://localhost\r\n", &body).await;
    assert_eq!((signed.status, signed.header("location")), (303, Some("/ledgers/deal")));
    let cookie = set_cookie(&signed);
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(cookie.starts_with("entente-session=") && !cookie.contains(&reader), "the token is in no cookie");
    assert!(!cookie.contains("Secure"), "over plain HTTP on the loopback a secure cookie would not come back");
    let session = format!("Cookie: a=b; {}\r\n", cookie.split(';').next().unwrap());
    let page = get(&server, "/ledgers/deal", &session).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Signed in as <code>token:anna</code>"), "{}", page.body);
    let out = post(&server, "/sign-out", &session, "").await;
    assert_eq!((out.status, out.header("location")), (303, Some("/sign-in")));
    assert!(set_cookie(&out).starts_with("entente-session=; ") && set_cookie(&out).contains("Max-Age=0"));
    // Whoever has copied the cookie has nothing either.
    let copied = get(&server, "/ledgers/deal", &session).await;
    assert_eq!(copied.status, 401);
    assert!(copied.text().contains("the session is over"), "{}", copied.text());
    assert!(set_cookie(&copied).contains("Max-Age=0"), "what is over is forgotten");
    let by_token = format!("Cookie: entente-session={reader}; entente-token={reader}\r\n");
    assert_eq!(get(&server, "/ledgers/deal", &by_token).await.status, 401, "a token in a cookie proves nobody");
}

#[tokio::test]
async fn a_session_ends_with_its_day_its_token_and_the_next_sign_in() {
    let (server, reader, operator) = guarded().await;
    let board = "/ledgers/deal";
    let (of_reader, of_operator) = (signed_in(&server, &reader).await, signed_in(&server, &operator).await);
    assert_ne!(of_reader, signed_in(&server, &reader).await, "each session has an id of its own");
    // Signing in as somebody else ends the session from before.
    let again = format!("next=%2F&token={operator}");
    assert_eq!(post(&server, "/sign-in", &of_reader, &again).await.status, 303);
    assert_eq!(get(&server, board, &of_reader).await.status, 401);
    // A revoked token takes its sessions along, at once, and nobody else's.
    let of_reader = signed_in(&server, &reader).await;
    let credentials = Credentials { token: Some(operator.clone()), ..Credentials::default() };
    let client = Client::connect_as(&server.address, Duration::from_secs(30), credentials).await.unwrap();
    let anna = client.tokens().await.unwrap().into_iter().find(|token| token.holder == "anna").unwrap();
    let revoke = entente::proto::v1::RevokeTokenRequest { name: anna.name };
    client.admin().revoke_token(revoke).await.unwrap();
    assert_eq!(get(&server, board, &of_reader).await.status, 401);
    assert_eq!(get(&server, board, &of_operator).await.status, 200);
    // Its day ends before the token does.
    server.clock.set(Instant::parse(NOON).unwrap().plus_seconds(12 * 3_600 - 1));
    assert_eq!(get(&server, board, &of_operator).await.status, 200);
    server.clock.set(Instant::parse(NOON).unwrap().plus_seconds(12 * 3_600));
    assert_eq!(get(&server, board, &of_operator).await.status, 401);
}

#[tokio::test]
async fn under_tls_the_cookie_is_one_that_no_other_host_can_set() {
    let catalog = Arc::new(MemoryCatalog::default());
    let config = entente::auth::AccessConfig { is_required: true, file: None, is_encrypted: true };
    let (clock, _hand) = entente::clock::Clock::by_hand(Instant::parse(NOON).unwrap());
    let access = entente::auth::Access::open(catalog.cells(), clock, &config).unwrap();
    let cookie = access.set_session_cookie(None);
    assert!(cookie.starts_with("__Host-entente-session=;") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("Path=/;") && !cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_in_or_out_and_leads_nowhere_else() {
    let (server, reader, _) = guarded().await;
    let foreign = "Origin: https://example.com\r\n";
    assert_eq!(post(&server, "/sign-in", foreign, &format!("next=%2F&token={reader}")).await.status, 403);
    assert_eq!(post(&server, "/sign-out", foreign, "").await.status, 403);
    for next in ["%2F%2Fexample.com", "https%3A%2F%2Fexample.com", "%2F%5Cexample.com", "%2F%0D%0AX%3A+y"] {
        let signed = post(&server, "/sign-in", "", &format!("next={next}&token={reader}")).await;
        assert_eq!((signed.status, signed.header("location")), (303, Some("/")), "{next}");
    }
}

#[tokio::test]
async fn a_reader_sees_their_ledgers_and_no_trace_of_the_others() {
    let (server, reader, operator) = guarded().await;
    let (reader, operator) = (signed_in(&server, &reader).await, signed_in(&server, &operator).await);
    let board = get(&server, "/", &reader).await;
    assert_eq!(board.status, 200);
    assert!(!board.body.contains("secret-talks"), "{}", board.body);
    assert!(get(&server, "/", &operator).await.body.contains("secret-talks"));
    for path in ["", "/events", "/calendar", "/calendar.ics", "/events/1", "/live", "/exposure"] {
        let (there, not) = (format!("/ledgers/secret-talks{path}"), format!("/ledgers/no-such-one{path}"));
        let (there, not) = (get(&server, &there, &reader).await, get(&server, &not, &reader).await);
        assert_eq!((there.status, not.status), (403, 403), "{path}");
        assert_eq!(there.body.replace("secret-talks", "X"), not.body.replace("no-such-one", "X"), "{path}");
    }
    assert_eq!(post(&server, "/ledgers/secret-talks/exposure", &reader, "codes=8505").await.status, 403);
    for (path, of_reader) in [("/metrics", 403), ("/tlog/secret-talks/checkpoint", 403), ("/tlog/deal/checkpoint", 200)]
    {
        assert_eq!(get(&server, path, &reader).await.status, of_reader, "{path}");
        assert_eq!(get(&server, path, &operator).await.status, 200, "{path}");
        assert_eq!(get(&server, path, "").await.status, 401, "{path}");
    }
    // Open to everybody, and without a word about any ledger.
    for path in ["/healthz", "/sign-in", "/favicon.ico"] {
        let page = get(&server, path, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("secret-talks") && !page.body.contains("deal"), "{path}");
    }
}

#[tokio::test]
async fn what_only_some_may_read_of_the_tree_is_kept_by_no_shared_cache() {
    let (server, reader, _) = guarded().await;
    let (cookie, header) = (signed_in(&server, &reader).await, format!("Authorization: Bearer {reader}\r\n"));
    for credential in [cookie, header] {
        for (path, status) in [
            ("/tlog/deal/tile/0/000.p/1", 200),
            ("/tlog/deal/tile/entries/000.p/1", 200),
            ("/tlog/deal/checkpoint", 200),
            ("/tlog/deal/tile/0/007", 404),
            ("/tlog/secret-talks/checkpoint", 403),
        ] {
            // Asked for without its body, which is bytes and no text.
            let request = format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{credential}\r\n");
            let page = ask(&server, &request).await;
            assert_eq!(page.status, status, "{path}");
            let cache = page.header("cache-control").unwrap_or_default();
            let is_tile = status == 200 && path.contains("/tile/");
            assert_eq!(cache, if is_tile { "private, max-age=31536000, immutable" } else { "no-store" }, "{path}");
            assert_eq!(page.header("vary"), Some("authorization, cookie"), "{path}");
        }
    }
}

#[tokio::test]
async fn an_open_page_hears_no_more_once_its_session_is_over() {
    let (server, reader, _) = guarded().await;
    let (by_time, by_leaving) = (signed_in(&server, &reader).await, signed_in(&server, &reader).await);
    let (mut timed, mut left) = (open_page(&server, &by_time).await, open_page(&server, &by_leaving).await);
    assert_eq!(post(&server, "/sign-out", &by_leaving, "").await.status, 303);
    ends(&mut left).await;
    assert_eq!(get(&server, "/ledgers/deal", &by_time).await.status, 200, "the other session goes on");
    server.clock.set(Instant::parse(NOON).unwrap().plus_elapsed_days(11));
    ends(&mut timed).await;
}

/// A page that is kept current, after its first event.
async fn open_page(server: &TestServer, session: &str) -> tokio::net::TcpStream {
    let mut stream = connect(server).await;
    let request = format!("GET /ledgers/deal/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{session}\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.unwrap();
    let mut first = [0; 512];
    let got = stream.read(&mut first).await.unwrap();
    assert!(String::from_utf8_lossy(&first[..got]).starts_with("HTTP/1.1 200"));
    stream
}

async fn ends(stream: &mut tokio::net::TcpStream) {
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await.expect("it ends").unwrap();
}
