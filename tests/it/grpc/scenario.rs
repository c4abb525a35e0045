//! ProjectScenario: what would follow, through what, and that nothing is recorded.

use entente::proto::v1;
use tonic::Code;
use v1::ScenarioLinkKind as Link;
use v1::submission::Payload;
use v1::terms::Promise;

use super::appends::reason;
use super::sample::{amount, at, dated, deal, id, pledge, source, submission, suspension};
use crate::server::{NOON, TestServer, stamp};

async fn small_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn asked(ledger: &str, until: &str, submissions: Vec<v1::Submission>) -> v1::ProjectScenarioRequest {
    v1::ProjectScenarioRequest {
        parent: ledger.to_owned(),
        until: Some(stamp(until)),
        submissions,
        ..v1::ProjectScenarioRequest::default()
    }
}

async fn project(
    server: &TestServer,
    request: v1::ProjectScenarioRequest,
) -> Result<v1::ProjectScenarioResponse, tonic::Status> {
    server.client.compliance().project_scenario(request).await.map(tonic::Response::into_inner)
}

/// The control on magnets is put back in force.
fn reinstated(ledger: &str, number: u32, effective_at: &str) -> v1::Submission {
    let payload =
        v1::MeasureReinstated { effective_at: dated(effective_at), by: "CN".to_owned(), reference: String::new() };
    v1::Submission {
        sources: vec![source(v1::SourceClass::ObligorOfficial)],
        ..submission(ledger, number, "measures/magnets", Payload::MeasureReinstated(payload))
    }
}

fn terminated(ledger: &str, number: u32, effective_at: &str) -> v1::Submission {
    let payload = v1::InstrumentTerminated {
        effective_at: dated(effective_at),
        mode: v1::TerminationMode::Prospective.into(),
        ..v1::InstrumentTerminated::default()
    };
    submission(ledger, number, "instruments/truce", Payload::InstrumentTerminated(payload))
}

/// A promise of the US that is suspended while China breaks its own.
fn mutual(ledger: &str, number: u32) -> v1::Submission {
    let mut event = suspension(ledger);
    event.event_id = id(number);
    event.subject = format!("{ledger}/commitments/mutual");
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut event.payload else { panic!("a promise") };
    (undertaken.obligor, undertaken.obligee) = ("US".to_owned(), "CN".to_owned());
    undertaken.measures.clear();
    let terms = maintenance(&mut event);
    terms.implement_by = None;
    terms.depends_on = Some(v1::Dependence {
        commitment: format!("{ledger}/commitments/suspension"),
        triggers: vec![v1::Status::Breached.into(), v1::Status::NotMet.into()],
        effect: v1::ReciprocalEffect::AutoSuspend.into(),
    });
    event
}

fn maintenance(suspension: &mut v1::Submission) -> &mut v1::Maintenance {
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut suspension.payload else { panic!("a promise") };
    match undertaken.terms.as_mut().and_then(|terms| terms.promise.as_mut()) {
        Some(Promise::MeasureSuspension(terms)) => terms,
        _ => panic!("a suspension"),
    }
}

fn named<'a>(answer: &'a v1::ProjectScenarioResponse, id: &str) -> &'a v1::ScenarioEffect {
    let found = answer.effects.iter().find(|effect| effect.commitment.ends_with(&format!("/{id}")));
    found.unwrap_or_else(|| panic!("{id} is reached"))
}

/// A step: when, the status as recorded and as supposed, and through what.
type Told = (String, v1::Status, v1::Status, Vec<(Link, u64)>);

fn steps(effect: &v1::ScenarioEffect) -> Vec<Told> {
    let told = effect.steps.iter().map(|step| {
        let status = |answer: &Option<v1::Assessment>| answer.as_ref().unwrap().status();
        let links = step.links.iter().map(|link| (link.kind(), link.position)).collect();
        (step.at.unwrap().to_string(), status(&step.baseline), status(&step.scenario), links)
    });
    told.collect()
}

#[tokio::test]
async fn a_measure_put_back_breaks_the_promise_from_then_on_and_nothing_is_recorded() {
    use v1::Status::{Breached, Met, NotMet, OnTrack};
    let (server, ledger) = small_deal().await;
    let supposed = vec![reinstated(&ledger, 50, "2026-06-01T00:00:00Z")];
    let answer = project(&server, asked(&ledger, "2026-12-01T00:00:00Z", supposed)).await.unwrap();
    assert_eq!(answer.effects.len(), 1, "the soybeans are not reached");
    let effect = named(&answer, "suspension");
    let measure = || vec![(Link::Measure, 7)];
    assert_eq!(
        steps(effect),
        [
            (NOON.to_owned(), OnTrack, OnTrack, vec![]),
            ("2026-06-01T00:00:00Z".to_owned(), OnTrack, Breached, measure()),
            ("2026-11-10T16:00:00Z".to_owned(), Met, NotMet, measure()),
        ]
    );
    assert!(effect.flips);
    assert_eq!((effect.title.as_str(), effect.obligor.as_str()), ("Suspend the control", "CN"));
    assert_eq!(effect.steps[1].links[0].subject, format!("{ledger}/measures/magnets"));
    let difference = effect.steps[1].difference.clone().unwrap();
    assert!(difference.judgement && difference.measure_in_effect);
    let scenario = effect.steps[1].scenario.clone().unwrap();
    assert!(scenario.because.contains(&7), "the answer rests on the event supposed");

    let event = answer.events[0].event.clone().unwrap();
    assert_eq!((event.position, event.recorded_at, event.recorded_by.as_str()), (7, Some(stamp(NOON)), "nobody"));
    let head = v1::GetHeadRequest { ledger: ledger.clone() };
    assert_eq!(server.client.ledgers().get_head(head).await.unwrap().into_inner().head, 6);
    let name = format!("{ledger}/events/7");
    let unknown = server.client.ledgers().get_event(v1::GetEventRequest { name }).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_refusal_is_that_of_an_append() {
    let (server, ledger) = small_deal().await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "100")]).await.unwrap();
    let mut no_subject = reinstated(&ledger, 60, "2026-06-01T00:00:00Z");
    no_subject.subject = format!("{ledger}/measures/none");
    let mut no_party = reinstated(&ledger, 61, "2026-06-01T00:00:00Z");
    if let Some(Payload::MeasureReinstated(payload)) = &mut no_party.payload {
        payload.by = "XX".to_owned();
    }
    let batches = [
        vec![no_subject],
        vec![no_party],
        vec![amount(&ledger, 62, "2026-01-15", "2026-02-15", "5")],
        vec![reinstated(&ledger, 63, "2026-06-01T00:00:00Z"), reinstated(&ledger, 63, "2026-06-02T00:00:00Z")],
        vec![suspension(&ledger), reinstated(&ledger, 64, "2026-06-01T00:00:00Z")],
        vec![v1::Submission { event_id: id(65), ..suspension(&ledger) }],
    ];
    for batch in batches {
        let appended = server.append(&ledger, batch.clone()).await.unwrap_err();
        let projected = project(&server, asked(&ledger, NOON, batch)).await.unwrap_err();
        assert_eq!((projected.code(), projected.message()), (appended.code(), appended.message()));
        assert_eq!(reason(&projected), reason(&appended), "{}", appended.message());
    }
}

#[tokio::test]
async fn a_termination_reaches_every_promise_of_the_instrument_page_by_page() {
    let (server, ledger) = small_deal().await;
    let request = v1::ProjectScenarioRequest {
        page_size: 1,
        ..asked(&ledger, "2026-12-01T00:00:00Z", vec![terminated(&ledger, 50, "2026-05-01T00:00:00Z")])
    };
    let first = project(&server, request.clone()).await.unwrap();
    // What is recorded in between changes no later page.
    server.append(&ledger, vec![reinstated(&ledger, 70, "2026-04-01T00:00:00Z")]).await.unwrap();
    let next = v1::ProjectScenarioRequest { page_token: first.next_page_token.clone(), ..request.clone() };
    let second = project(&server, next.clone()).await.unwrap();
    assert_eq!((first.effects.len(), second.effects.len(), second.next_page_token.as_str()), (1, 1, ""));
    assert_eq!((&first.clocks, &first.events), (&second.clocks, &second.events));
    let (soybeans, suspension) = (named(&first, "soybeans"), named(&second, "suspension"));
    for effect in [soybeans, suspension] {
        let step = effect.steps.iter().find(|step| step.at == Some(stamp("2026-05-01T00:00:00Z"))).unwrap();
        let scenario = step.scenario.as_ref().unwrap();
        assert_eq!(scenario.lifecycle(), v1::Lifecycle::Terminated, "{}", effect.commitment);
        assert_eq!(step.links[0].kind(), Link::Instrument);
        assert_eq!(step.links[0].subject, format!("{ledger}/instruments/truce"));
    }
    let other = v1::ProjectScenarioRequest { until: Some(stamp("2026-12-02T00:00:00Z")), ..next };
    let refused = project(&server, other).await.unwrap_err();
    assert!(refused.message().contains("belongs to another question"), "{}", refused.message());
}

#[tokio::test]
async fn what_one_party_breaks_suspends_the_duty_of_the_other_through_reciprocity() {
    let (server, ledger) = small_deal().await;
    server.append(&ledger, vec![mutual(&ledger, 40)]).await.unwrap();
    let supposed = vec![reinstated(&ledger, 50, "2026-06-01T00:00:00Z")];
    let answer = project(&server, asked(&ledger, "2026-07-01T00:00:00Z", supposed)).await.unwrap();
    let mutual = named(&answer, "mutual");
    let step = &mutual.steps[1];
    assert_eq!(step.at, Some(stamp("2026-06-01T00:00:00Z")));
    let scenario = step.scenario.as_ref().unwrap();
    assert_eq!((scenario.lifecycle(), scenario.status()), (v1::Lifecycle::Suspended, v1::Status::Excused));
    assert_eq!(step.baseline.as_ref().unwrap().status(), v1::Status::OnTrack);
    assert_eq!(step.links[0].kind(), Link::Reciprocity);
    assert_eq!(step.links[0].subject, format!("{ledger}/commitments/suspension"));
    let gained: Vec<v1::Flag> = step.difference.as_ref().unwrap().flags_gained().collect();
    assert_eq!(gained, [v1::Flag::ReciprocalSuspension]);
}

#[tokio::test]
async fn a_dependence_may_be_supposed_with_the_conduct_it_depends_on() {
    let (server, ledger) = small_deal().await;
    let mut independent = mutual(&ledger, 40);
    let dependence = maintenance(&mut independent).depends_on.take();
    server.append(&ledger, vec![independent]).await.unwrap();
    let amended = v1::CommitmentAmended {
        effective_at: dated("2026-04-01T00:00:00Z"),
        set: Some(v1::TermsPatch { depends_on: dependence, ..v1::TermsPatch::default() }),
        ..v1::CommitmentAmended::default()
    };
    let supposed = vec![
        submission(&ledger, 50, "commitments/mutual", Payload::CommitmentAmended(amended)),
        reinstated(&ledger, 51, "2026-06-01T00:00:00Z"),
    ];
    let answer = project(&server, asked(&ledger, "2026-07-01T00:00:00Z", supposed)).await.unwrap();
    let last = steps(named(&answer, "mutual")).pop().unwrap();
    let links = vec![(Link::Event, 8), (Link::Reciprocity, 0)];
    assert_eq!(last, ("2026-06-01T00:00:00Z".to_owned(), v1::Status::OnTrack, v1::Status::Excused, links));
}

#[tokio::test]
async fn a_record_time_may_be_supposed_too() {
    let (server, ledger) = small_deal().await;
    let extended = |recorded_at: Option<&str>| {
        let set = v1::TermsPatch { until: at("2027-11-10T16:00:00Z"), ..v1::TermsPatch::default() };
        let amended = v1::CommitmentAmended {
            effective_at: dated("2026-11-10T16:00:00Z"),
            set: Some(set),
            ..v1::CommitmentAmended::default()
        };
        v1::Submission {
            recorded_at: recorded_at.map(stamp),
            ..submission(&ledger, 50, "commitments/suspension", Payload::CommitmentAmended(amended))
        }
    };
    let flags = async |recorded_at: Option<&str>| {
        let request = asked(&ledger, "2026-12-01T00:00:00Z", vec![extended(recorded_at)]);
        let answer = project(&server, request).await.unwrap();
        let effect = named(&answer, "suspension").clone();
        let last = effect.steps.last().unwrap().scenario.clone().unwrap();
        assert_eq!(last.lifecycle(), v1::Lifecycle::InForce);
        last.flags().collect::<Vec<_>>()
    };
    assert!(!flags(None).await.contains(&v1::Flag::ExtendedRetroactively), "recorded now, before the old end");
    assert!(flags(Some("2026-11-20T00:00:00Z")).await.contains(&v1::Flag::ExtendedRetroactively));
}

#[tokio::test]
async fn a_promise_that_is_only_supposed_is_not_recorded_in_the_baseline() {
    let (server, ledger) = small_deal().await;
    let corn =
        v1::Submission { event_id: String::new(), subject: format!("{ledger}/commitments/corn"), ..pledge(&ledger) };
    let bought = v1::Submission {
        event_id: String::new(),
        subject: format!("{ledger}/commitments/corn"),
        ..amount(&ledger, 0, "2026-01-01", "2026-01-31", "25000000")
    };
    let request = asked(&ledger, NOON, vec![corn, bought]);
    let answer = project(&server, request.clone()).await.unwrap();
    let effect = named(&answer, "corn");
    assert_eq!(
        steps(effect),
        [(NOON.to_owned(), v1::Status::NotRecorded, v1::Status::Met, vec![(Link::Event, 7), (Link::Event, 8)])]
    );
    assert_eq!(project(&server, request).await.unwrap(), answer, "the same question gets the same answer");
}

#[tokio::test]
async fn a_scenario_stands_on_what_was_known_and_not_on_what_came_later() {
    let (server, ledger) = small_deal().await;
    let report = amount(&ledger, 20, "2026-01-01", "2026-01-31", "100");
    server.append(&ledger, vec![report.clone()]).await.unwrap();
    let before = v1::Clocks { known_position: Some(6), ..v1::Clocks::default() };
    // As known before it, the same report is a supposition; as known after it, it is recorded.
    let request = v1::ProjectScenarioRequest { clocks: Some(before), ..asked(&ledger, NOON, vec![report.clone()]) };
    let supposed = project(&server, request).await.unwrap();
    assert_eq!((supposed.events[0].already_recorded, supposed.events[0].event.as_ref().unwrap().position), (false, 7));
    assert_eq!(steps(named(&supposed, "soybeans"))[0].2, v1::Status::Behind);
    let recorded = project(&server, asked(&ledger, NOON, vec![report])).await.unwrap();
    assert!(recorded.events[0].already_recorded && recorded.effects.is_empty());
}

#[tokio::test]
async fn with_nothing_supposed_it_is_what_time_alone_changes() {
    let (server, ledger) = small_deal().await;
    let answer = project(&server, asked(&ledger, "2026-12-01T00:00:00Z", Vec::new())).await.unwrap();
    let suspension = named(&answer, "suspension");
    assert!(!suspension.flips);
    assert_eq!(
        steps(suspension)[1],
        ("2026-11-10T16:00:00Z".to_owned(), v1::Status::Met, v1::Status::Met, vec![(Link::Time, 0)])
    );
    assert!(suspension.steps[1].change.as_ref().unwrap().judgement);
    let soon = project(&server, asked(&ledger, "2026-03-02T00:00:00Z", Vec::new())).await.unwrap();
    assert!(soon.effects.is_empty(), "nothing changes by then");
    let supposed = vec![amount(&ledger, 50, "2026-01-01", "2026-01-31", "9000000")];
    let whole = v1::ProjectScenarioRequest { whole_ledger: true, ..asked(&ledger, "2026-12-01T00:00:00Z", supposed) };
    assert_eq!(project(&server, whole).await.unwrap().effects.len(), 2, "the suspension lapses beside it");
}

#[tokio::test]
async fn a_walk_ends_no_earlier_than_it_begins_and_a_batch_is_no_longer_than_an_append() {
    let (server, ledger) = small_deal().await;
    let backwards = project(&server, asked(&ledger, "2026-02-28T00:00:00Z", Vec::new())).await.unwrap_err();
    assert_eq!(backwards.code(), Code::InvalidArgument);
    assert!(backwards.message().starts_with("until: 2026-02-28T00:00:00Z is before as_of"), "{}", backwards.message());
    let many = (0..1001).map(|number| reinstated(&ledger, 1000 + number, "2026-06-01T00:00:00Z")).collect();
    let refused = project(&server, asked(&ledger, NOON, many)).await.unwrap_err();
    assert_eq!(reason(&refused).0, "BATCH_TOO_LARGE");
}
