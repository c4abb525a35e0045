//! Proofs on the pages: an event is taken along with what proves it, and the page says of which tree it speaks.

use entente::exchange::bundle;
use entente::proof::VerifierKey;
use entente::proto::v1;

use super::get;
use super::pages::real_server;
use crate::server::TestServer;

async fn key(server: &TestServer) -> VerifierKey {
    let request = v1::ListKeysRequest { ledger: "ledgers/us-china".to_owned() };
    let keys = server.client.proofs().list_keys(request).await.unwrap().into_inner().keys;
    keys.iter().find(|key| key.signs).unwrap().verifier_key.parse().unwrap()
}

#[tokio::test]
async fn every_record_of_a_commitment_leads_to_a_bundle_that_the_key_alone_verifies() {
    let server = real_server().await;
    let key = key(&server).await;
    let page = get(&server, "/ledgers/us-china/commitments/rare-earth-suspension").await;
    let bundles: Vec<String> =
        page.links().into_iter().filter(|link| link.contains("/events/") && link.contains("bundle.json")).collect();
    let records = page.body.matches("data-key=\"event-").count();
    assert!(records > 5 && bundles.len() == records, "{} bundles for {records} records", bundles.len());
    for link in bundles {
        let file = get(&server, &link).await;
        assert_eq!(file.status, 200, "{link}");
        assert_eq!(file.header("content-type"), Some("application/json"));
        let position: u64 = link.split('/').nth(4).unwrap().parse().unwrap();
        let name = format!("attachment; filename=\"us-china-event-{position}.json\"");
        assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        let (checkpoint, events) = bundle::open(&bundle::from_text(&file.body).unwrap(), &key).unwrap();
        assert_eq!((checkpoint.size, events.len(), events[0].position), (298, 1, position));
        // A word of it changed, and it proves nothing.
        let mut changed = bundle::from_text(&file.body).unwrap();
        *changed.events[0].leaf.last_mut().unwrap() ^= 1;
        assert!(bundle::open(&changed, &key).is_err());
    }
}

#[tokio::test]
async fn all_that_bears_on_a_commitment_is_one_bundle_that_the_key_alone_verifies() {
    let server = real_server().await;
    let key = key(&server).await;
    for (path, until) in
        [("rare-earth-suspension", 298), ("soybeans", 298), ("rare-earth-suspension?known_at=150", 150)]
    {
        let page = get(&server, &format!("/ledgers/us-china/commitments/{path}")).await;
        let link = page.links().into_iter().find(|link| link.contains("/commitments/") && link.contains("bundle.json"));
        let file = get(&server, &link.expect("the page leads to it")).await;
        assert_eq!(file.status, 200, "{path}");
        let id = path.split('?').next().unwrap();
        let name = format!("attachment; filename=\"us-china-{id}.json\"");
        assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        let (checkpoint, events) = bundle::open(&bundle::from_text(&file.body).unwrap(), &key).unwrap();
        let positions: Vec<u64> = events.iter().map(|event| event.position).collect();
        assert!(positions.is_sorted() && positions.iter().all(|it| *it <= until), "{path}: {positions:?}");
        let shown = page.body.matches("data-key=\"event-").count();
        assert!(
            checkpoint.size == 298 && positions.len() >= shown && shown > 5,
            "{path}: {} of {shown}",
            positions.len()
        );
    }
    for (path, status) in [("nothing", 404), ("soybeans%2F..", 404), ("soybeans/bundle.json?known_at=1", 404)] {
        let path = if path.contains("bundle") { path.to_owned() } else { format!("{path}/bundle.json") };
        assert_eq!(get(&server, &format!("/ledgers/us-china/commitments/{path}")).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn what_a_page_does_not_know_is_not_given_away_by_its_bundle() {
    let server = real_server().await;
    for (path, status) in [
        ("/events/120/bundle.json?known_at=120", 200),
        ("/events/121/bundle.json?known_at=120", 404),
        ("/events/0/bundle.json", 404),
        ("/events/299/bundle.json", 404),
        ("/events/18446744073709551615/bundle.json", 404),
        ("/events/x/bundle.json", 404),
    ] {
        assert_eq!(get(&server, &format!("/ledgers/us-china{path}")).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_page_shows_the_root_of_the_tree_at_its_own_position_and_leads_to_the_signed_checkpoint() {
    let server = real_server().await;
    for path in ["/commitments/soybeans", "/events/120"] {
        let page = get(&server, &format!("/ledgers/us-china{path}")).await;
        let link = "/tlog/us-china/checkpoint".to_owned();
        assert!(page.links().contains(&link), "{path}");
        let note = get(&server, &link).await.body;
        let root = note.lines().nth(2).unwrap();
        // HTML spells the plus of base64 as a number.
        let body = page.body.replace("&#43;", "+").replace("&#47;", "/").replace("&#61;", "=");
        assert!(body.contains(&format!("<code>{root}</code>")), "{path} shows {root}");
        let then = get(&server, &format!("/ledgers/us-china{path}?known_at=150")).await;
        assert!(then.text().contains("Events in the tree 150") && !then.body.contains(root), "{path}");
    }
}
