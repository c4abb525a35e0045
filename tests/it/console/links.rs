//! Every link of every page on the real ledger leads somewhere: nobody who clicks finds a hole.

use std::collections::{BTreeMap, BTreeSet};

use super::get;
use super::pages::real_server;

/// Whether the links of a page are followed too: those about now are, since a page at other clocks has the same ones at these.
fn is_followed(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_about_now = !query.contains("as_of=") && !query.contains("known_at=");
    let is_page = path.starts_with("/ledgers/") || path == "/";
    is_about_now && is_page && !path.ends_with(".json") && !path.ends_with(".ics")
}

#[tokio::test]
async fn every_link_of_every_page_answers_and_every_place_on_a_page_exists() {
    let server = real_server().await;
    let (mut waiting, mut asked) = (vec!["/".to_owned()], BTreeSet::from(["/".to_owned()]));
    // The places on a page that links lead to, and who leads there.
    let mut places: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        let page = get(&server, &path).await;
        let from = || path.clone();
        assert_eq!(page.status, 200, "{path}: {:.300}", page.text());
        let own = page.body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let own: Vec<String> = own.map(str::to_owned).collect();
        let once: BTreeSet<String> = own.iter().cloned().collect();
        assert_eq!(own.len(), once.len(), "{path} has an id twice: {own:?}");
        ids.insert(path.clone(), once);
        if !is_followed(&path) {
            continue;
        }
        for link in page.links().into_iter().filter(|link| link.starts_with(['/', '#'])) {
            let (address, place) = link.split_once('#').unwrap_or((&link, ""));
            let address = if address.is_empty() { path.clone() } else { address.to_owned() };
            if !place.is_empty() {
                places.entry(address.clone()).or_default().insert(place.to_owned(), from());
            }
            // The steps to other moments are tried from the pages that are not one event of many.
            let is_step = !is_followed(&address) && path.contains("/events/") && !address.ends_with(".json");
            if !is_step && asked.insert(address.clone()) {
                waiting.push(address);
            }
        }
    }
    for (address, wanted) in places {
        let Some(ids) = ids.get(&address) else { continue };
        for (place, from) in wanted {
            assert!(ids.contains(&place), "{from} leads to #{place} of {address}, which is not there");
        }
    }
    let of = |part: &str| asked.iter().filter(|path| path.contains(part)).count();
    println!("{} addresses were asked for", asked.len());
    assert!(of("/commitments/") > 50 && of("/events/") > 500 && of("/measures/") > 20 && of("/tlog/") > 0, "{asked:?}");
}
