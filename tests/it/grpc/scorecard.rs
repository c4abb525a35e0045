//! GetScorecard: who owes what to whom, every member shown.

use entente::proto::v1;
use tonic::Code;
use v1::submission::Payload;

use super::sample::{amount, deal, id, pledge, signed};
use crate::server::{TestServer, stamp};

/// The small deal, a promise of the US to China, and one in another instrument.
async fn several() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let mut events = deal(&ledger);
    events.push(amount(&ledger, 20, "2026-01-01", "2026-01-31", "100"));
    events.push(v1::Submission { event_id: id(21), subject: format!("{ledger}/instruments/other"), ..signed(&ledger) });
    events.push(promised(&ledger, 22, "corn", "US", "CN", "truce"));
    events.push(promised(&ledger, 23, "barley", "CN", "US", "other"));
    server.append(&ledger, events).await.unwrap();
    (server, ledger)
}

fn promised(ledger: &str, number: u32, name: &str, obligor: &str, obligee: &str, instrument: &str) -> v1::Submission {
    let mut event =
        v1::Submission { event_id: id(number), subject: format!("{ledger}/commitments/{name}"), ..pledge(ledger) };
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut event.payload else { panic!("a promise") };
    (undertaken.obligor, undertaken.obligee) = (obligor.to_owned(), obligee.to_owned());
    undertaken.instrument = format!("{ledger}/instruments/{instrument}");
    event
}

fn asked(ledger: &str, party: &str, instrument: &str) -> v1::GetScorecardRequest {
    let instrument = if instrument.is_empty() { String::new() } else { format!("{ledger}/instruments/{instrument}") };
    v1::GetScorecardRequest { parent: ledger.to_owned(), party: party.to_owned(), instrument, clocks: None }
}

async fn scorecard(server: &TestServer, request: v1::GetScorecardRequest) -> v1::Scorecard {
    server.client.compliance().get_scorecard(request).await.unwrap().into_inner().scorecard.unwrap()
}

/// Each member as `obligor>obligee group commitment`.
fn members(scorecard: &v1::Scorecard) -> Vec<String> {
    let mut listed = Vec::new();
    for pair in &scorecard.pairs {
        for group in &pair.groups {
            assert_eq!(group.count as usize, group.members.len(), "a count is the number of its members");
            for member in &group.members {
                let group = group.group().as_str_name().trim_start_matches("SCORE_GROUP_");
                let id = member.commitment.rsplit('/').next().unwrap();
                listed.push(format!("{}>{} {group} {id}", pair.obligor, pair.obligee));
            }
        }
    }
    listed
}

#[tokio::test]
async fn every_promise_stands_once_under_its_pair_and_group() {
    let (server, ledger) = several().await;
    let whole = scorecard(&server, asked(&ledger, "", "")).await;
    let told = ["CN>US RUNNING suspension", "CN>US AT_RISK soybeans", "CN>US UNCLEAR barley", "US>CN UNCLEAR corn"];
    assert_eq!(members(&whole), told);
    let totals: Vec<u32> = whole.totals.iter().map(|total| total.count).collect();
    assert_eq!(totals, [0, 1, 1, 0, 2, 0, 0], "every group is counted, in the order of the enum");
    let soybeans = &whole.pairs[0].groups[1].members[0];
    assert_eq!((soybeans.title.as_str(), soybeans.position), ("Buy soybeans", 6));
    assert_eq!((soybeans.status(), soybeans.row.as_str()), (v1::Status::Behind, "Q9"));
    assert_eq!((soybeans.evidence(), soybeans.standing()), (v1::Evidence::Single, v1::Standing::Agreed));
    assert_eq!(soybeans.next_change_at, Some(stamp("2026-12-31T16:00:00Z")));
}

#[tokio::test]
async fn a_scorecard_is_of_a_party_an_instrument_or_both() {
    let (server, ledger) = several().await;
    let cases = [("CN", "", 4), ("US", "", 4), ("EU", "", 0), ("", "other", 1), ("CN", "truce", 3)];
    for (party, instrument, count) in cases {
        let told = scorecard(&server, asked(&ledger, party, instrument)).await;
        assert_eq!(members(&told).len(), count, "{party} {instrument}");
    }
}

#[tokio::test]
async fn as_known_before_it_was_recorded_a_promise_is_on_no_scorecard() {
    let (server, ledger) = several().await;
    let clocks = v1::Clocks { known_position: Some(4), ..v1::Clocks::default() };
    let told = scorecard(&server, v1::GetScorecardRequest { clocks: Some(clocks), ..asked(&ledger, "", "") }).await;
    assert_eq!(members(&told), ["CN>US BROKEN suspension"], "the suspension alone, and not yet carried out");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_its_field() {
    let (server, ledger) = several().await;
    let refused = async |request| server.client.compliance().get_scorecard(request).await.unwrap_err();
    let party = refused(asked(&ledger, "XX", "")).await;
    assert_eq!(party.code(), Code::InvalidArgument);
    assert!(party.message().starts_with("party: "), "{}", party.message());
    let measure =
        v1::GetScorecardRequest { instrument: format!("{ledger}/measures/magnets"), ..asked(&ledger, "", "") };
    assert!(refused(measure).await.message().contains("is not an instrument"));
    assert_eq!(refused(asked(&ledger, "", "none")).await.code(), Code::NotFound);
}
