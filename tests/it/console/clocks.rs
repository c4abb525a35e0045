//! Both clocks in the address.

use super::get;
use super::pages::real_server;

#[tokio::test]
async fn every_link_of_a_page_keeps_both_clocks() {
    let server = real_server().await;
    let clocks = "as_of=2026-06-01T00:00:00Z&known_at=200";
    for path in ["", "/commitments/soybeans", "/calendar", "/measures", "/scorecard", "/changes", "/talks", "/events"] {
        let page = get(&server, &format!("/ledgers/us-china{path}?{clocks}")).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("known through <strong>position 200</strong>"), "{path}");
        let inner = page.links().into_iter().filter(|link| link.starts_with("/ledgers/"));
        // The ways to other moments change a clock; that is what they are for.
        let elsewhere = |link: &String| link.contains("as_of=") && link.contains("known_at=");
        let back_to_now = format!("/ledgers/us-china{path}");
        for link in inner.filter(|link| *link != back_to_now) {
            assert!(elsewhere(&link), "{path} links to {link}, which is about now");
        }
    }
}

#[tokio::test]
async fn what_was_said_at_two_clocks_is_said_again_whatever_was_recorded_since() {
    let server = real_server().await;
    let then = "/ledgers/us-china/commitments/rare-earth-suspension?as_of=2026-10-01T00:00:00Z&known_at=150";
    let before = get(&server, then).await.text();
    let notice = include_str!("../../../examples/formal-notice.yaml");
    let submissions = entente::exchange::event_file::parse(notice, "formal-notice.yaml").unwrap();
    server.append("ledgers/us-china", submissions).await.unwrap();
    server.clock.set(entente::domain::Instant::parse("2027-06-01T00:00:00Z").unwrap());
    let after = get(&server, then).await.text();
    assert_eq!(before, after);
    let now = get(&server, "/ledgers/us-china/commitments/rare-earth-suspension").await.text();
    assert_ne!(before, now);
}

#[tokio::test]
async fn the_slider_is_a_form_that_leads_to_both_clocks_of_a_day() {
    let server = real_server().await;
    let then = get(&server, "/ledgers/us-china/calendar?day=20600&with=then&only=all").await;
    assert_eq!(then.status, 303);
    let place = then.header("location").unwrap();
    assert!(place.starts_with("/ledgers/us-china/calendar?only=all&as_of=2026-05-27&known_at="), "{place}");
    assert!(!place.ends_with("known_at=298"), "what was known then is less: {place}");
    let hindsight = get(&server, "/ledgers/us-china?day=2026-05-27&with=now").await;
    assert_eq!(hindsight.header("location"), Some("/ledgers/us-china?as_of=2026-05-27&known_at=298"));
}

#[tokio::test]
async fn the_neighbouring_changes_are_a_link_away() {
    let server = real_server().await;
    let board = get(&server, "/ledgers/us-china/commitments/rare-earth-suspension").await;
    let links = board.links();
    let wanted = |at: &str| links.iter().any(|link| link.ends_with(&format!("as_of={at}&known_at=298#when")));
    assert!(wanted("2026-11-09T16:00:00Z"), "the change before: {links:?}");
    assert!(wanted("2027-01-10T16:00:00Z"), "the change to come: {links:?}");
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_told_which_field_is_wrong_and_what_would_be_right() {
    let server = real_server().await;
    for (path, status, said) in [
        ("/ledgers/us-china?as_of=yesterday", 400, "The field as_of : \"yesterday\" is not an RFC 3339 instant"),
        ("/ledgers/us-china?as_of=2026-02-30", 400, "The field as_of"),
        ("/ledgers/us-china?known_at=299", 400, "position 299 is after the head of the ledger, 298"),
        ("/ledgers/us-china?known_at=-1", 400, "The field known_at"),
        ("/ledgers/us-china?by=colour", 400, "\"colour\" is neither party nor instrument"),
        ("/ledgers/us-china?party=China", 400, "an ISO 3166-1 alpha-2 code"),
        ("/ledgers/us-china?obligor=%00", 400, "The field obligor"),
        ("/ledgers/us-china?status=fine", 400, "not a status; it is one of"),
        ("/ledgers/us-china?page=2", 400, "there is no page 2; the last is 1"),
        ("/ledgers/us-china?page=-1", 400, "not the number of a page"),
        ("/ledgers/us-china?instrument=..", 400, "The field instrument"),
        ("/ledgers/us-china?day=soon", 400, "The field day"),
        ("/ledgers/us-china?day=20600&with=luck", 400, "neither then nor now"),
        ("/ledgers/us-china/events?before=x", 400, "The field before"),
        ("/ledgers/us-china/events?subject=nothing", 400, "The field subject"),
        ("/ledgers/us-china/events?family=cousins", 400, "The field family"),
        ("/ledgers/us-china/changes?then_as_of=2027-01-01", 400, "swap the two"),
        ("/ledgers/us-china/changes?then_known_at=later", 400, "The field then_known_at"),
        ("/ledgers/us-china/exposure?codes=1,nonsense", 400, "line 1"),
        ("/ledgers/us-china/live?commitment=%2F", 400, "The field commitment"),
        ("/ledgers/none", 404, "There is no ledger none"),
        ("/ledgers/..", 404, "There is no ledger"),
        ("/ledgers/us-china/commitments/none", 404, "There is no commitment none"),
        ("/ledgers/us-china/commitments/soybeans?known_at=3", 404, "at position 3"),
        ("/ledgers/us-china/measures/none", 404, "There is no measure none"),
        ("/ledgers/us-china/events/299", 404, "There is no event 299"),
        ("/ledgers/us-china/events/120?known_at=100", 404, "There is no event 120"),
        ("/ledgers/us-china/nowhere/at/all", 404, "There is no page"),
        ("/static/00000000/console.css", 404, "There is no file"),
    ] {
        let page = get(&server, path).await;
        assert_eq!(page.status, status, "{path}: {}", page.text());
        let text = page.text().replace("&#34;", "\"");
        assert!(text.contains(said), "{path} says {said:?}: {text}");
        assert!(page.headers.contains("content-security-policy"), "{path}");
    }
}
