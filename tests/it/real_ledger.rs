//! The real ledger of the truce: it loads, every rule lets it in, and it says what the story says.

mod changes;
mod deadlines;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use entente::domain::event::{LedgerCreated, LedgerKind, ReadingAdopted};
use entente::domain::{
    Author, Collection, Confidence, Dated, Decision, Docket, Event, EventId, Evidence, Family, Flag, Instant,
    Lifecycle, Payload, Preconditions, Proposal, RecordBasis, RecordClock, Slug, Standing, Status, Subject, Submission,
    Text, decide,
};
use entente::views::{Assessment, InEffect, Judgement, Numbers, TrancheAssessment, assess};
use num_rational::BigRational;

/// The whole ledger, loaded once.
pub(crate) static TRUCE: LazyLock<Truce> = LazyLock::new(load);

/// Small enough that a batch boundary falls between a thing and its use.
const BATCH_EVENTS: usize = 50;

pub(crate) struct Truce {
    pub(crate) submissions: Vec<Submission>,
    pub(crate) events: Vec<Arc<Event>>,
    pub(crate) docket: Docket,
}

fn load() -> Truce {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/us-china/events");
    let ledger = slug("us-china");
    let messages = entente::exchange::event_file::read_folder(&folder).expect("the files can be read");
    let submissions: Vec<Submission> = messages
        .iter()
        .map(|message| {
            entente::wire::submission_from_proto(message, &ledger, || unreachable!("every event brings its id"))
                .unwrap_or_else(|error| panic!("{}: {error:?}", message.event_id))
        })
        .collect();
    let mut docket = Docket::new();
    let first = submissions.first().and_then(|first| first.recorded_at);
    let created = Submission {
        event_id: EventId::parse("00000000-0000-4000-8000-000000000001").expect("a UUID"),
        subject: Subject::Ledger,
        sources: entente::domain::Sources::default(),
        supersedes: None,
        note: None,
        confidence: None,
        recorded_at: first,
        recorded_basis: None,
        payload: Payload::LedgerCreated(LedgerCreated {
            kind: LedgerKind::Replay,
            title: text("US-China truce"),
            incarnation: text("test"),
        }),
    };
    let mut events = record(&mut docket, &[created], Author::Server);
    for batch in submissions.chunks(BATCH_EVENTS) {
        events.extend(record(&mut docket, batch, Author::Client));
    }
    Truce { submissions, events, docket }
}

fn record(docket: &mut Docket, batch: &[Submission], author: Author) -> Vec<Arc<Event>> {
    let preconditions = Preconditions::default();
    let proposal = Proposal { batch, preconditions: &preconditions, author };
    let clock = RecordClock::Replay { now: at("2026-11-24T00:00:00Z"), floor: None };
    let decision = decide(docket, proposal, clock, &|_, _| false);
    let Ok(Decision::Record(stamps)) = decision else { panic!("refused: {decision:?}") };
    let sealed = stamps.into_iter().zip(batch);
    let events: Vec<Arc<Event>> =
        sealed.map(|(stamp, submission)| Arc::new(stamp.seal(submission.clone(), text("the loader")))).collect();
    events.iter().for_each(|event| docket.fold(Arc::clone(event)));
    events
}

fn at(instant: &str) -> Instant {
    Instant::parse(instant).expect("an instant")
}

fn slug(id: &str) -> Slug {
    Slug::parse(id).expect("an id")
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a text")
}

/// What is said of a commitment at an instant, as known at an instant.
fn ask(commitment: &str, as_of: &str, known_at: &str) -> Assessment {
    let docket = &TRUCE.docket;
    assess(docket, &slug(commitment), at(as_of), docket.known_at(at(known_at)))
}

/// A row of a story: as of and known at one instant, what is said.
fn story(commitment: &str, rows: &[(&str, Lifecycle, Status)]) {
    for (instant, lifecycle, status) in rows {
        let said = ask(commitment, instant, instant).judgement;
        assert_eq!(said, Judgement { lifecycle: *lifecycle, status: *status }, "{commitment} at {instant}");
    }
}

fn by_reading(said: &Assessment) -> Vec<(&str, Status)> {
    said.by_reading.iter().map(|(reading, judgement)| (reading.as_str(), judgement.status)).collect()
}

fn in_effect(said: &Assessment) -> InEffect {
    let Numbers::Maintenance { measure_in_effect, .. } = said.numbers else { panic!("not a duty in time") };
    measure_in_effect
}

fn value(said: &Assessment) -> Option<BigRational> {
    let Numbers::Maintenance { value, .. } = &said.numbers else { panic!("not a duty in time") };
    value.clone()
}

fn tranche<'a>(said: &'a Assessment, id: &str) -> &'a TrancheAssessment {
    let Numbers::Purchase { tranches, .. } = &said.numbers else { panic!("not a purchase pledge") };
    tranches.iter().find(|tranche| tranche.id.as_str() == id).expect("the tranche")
}

fn tonnes(tonnes: i64) -> BigRational {
    BigRational::from_integer(tonnes.into())
}

fn payloads_about(collection: Collection, id: &str) -> Vec<&'static Payload> {
    let about = TRUCE.docket.about(&Subject::Member(collection, slug(id)));
    about.iter().map(|event| &event.submission.payload).collect()
}

// === Explanations ===

#[test]
fn every_promise_is_explained_as_it_is_assessed_at_any_time() {
    let docket = &TRUCE.docket;
    for dossier in docket.dossiers() {
        for instant in ["2025-11-05", "2026-01-12", "2026-03-01", "2026-09-01", "2026-11-24", "2029-03-01"] {
            let instant = at(&format!("{instant}T00:00:00Z"));
            for known in [docket.known_at(instant), docket.head()] {
                crate::cases::explanation::holds_together(dossier, docket, instant, known);
            }
        }
    }
}

// === The record itself ===

#[test]
fn every_event_says_from_where_and_since_when_it_is_known() {
    for submission in &TRUCE.submissions {
        let id = submission.event_id;
        assert!(!submission.sources.is_empty(), "{id} has no source");
        assert!(submission.sources.iter().all(|source| source.quality.is_some()), "{id}: a source of no known quality");
        assert!(submission.confidence.is_some(), "{id} does not say how sure it is");
        assert!(submission.recorded_at.is_some(), "{id} has no record time");
        let gives_rule = submission.note.as_ref().is_some_and(|note| note.as_str().contains("Record time inferred: "));
        let is_inferred = submission.recorded_basis == Some(RecordBasis::Inferred);
        assert_eq!(gives_rule, is_inferred, "{id}: a rule is given exactly where a record time is inferred");
    }
}

#[test]
fn the_readme_counts_what_is_there() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/us-china/README.md"))
        .expect("the README can be read");
    for family in [
        Family::Instruments,
        Family::Commitments,
        Family::Measures,
        Family::Observations,
        Family::Claims,
        Family::Relief,
        Family::Negotiation,
        Family::Context,
        Family::Corrections,
    ] {
        let of_family = |submission: &&Submission| submission.payload.kind().family() == family;
        let count = TRUCE.submissions.iter().filter(of_family).count();
        let row = format!("| {} | {count} |", family.to_string().to_lowercase());
        assert!(count == 0 || readme.lines().any(|line| line == row), "README.md has no row {row}");
    }
    assert!(readme.contains(&format!("{} events", TRUCE.submissions.len())));
    let inferred = |submission: &&Submission| submission.recorded_basis == Some(RecordBasis::Inferred);
    let inferred = TRUCE.submissions.iter().filter(inferred).count();
    assert!(readme.contains(&format!("{inferred} of the record times are inferred")), "{inferred} are inferred");
    let members = |collection| TRUCE.docket.members(collection).count();
    let counts = format!(
        "{} commitments, {} measures, {} instruments, {} meetings, {} asks, {} shocks",
        members(Collection::Commitments),
        members(Collection::Measures),
        members(Collection::Instruments),
        members(Collection::Meetings),
        members(Collection::Asks),
        members(Collection::Shocks)
    );
    assert!(readme.contains(&counts), "README.md does not say: {counts}");
}

#[test]
fn what_circulates_and_is_wrong_is_a_rejected_statement_and_nothing_more() {
    let rejected: Vec<&Submission> =
        TRUCE.submissions.iter().filter(|s| s.confidence == Some(Confidence::Rejected)).collect();
    assert_eq!(rejected.len(), 1);
    assert!(matches!(rejected[0].payload, Payload::StatementMade(_)));
}

#[test]
fn meetings_asks_and_shocks_of_the_story_can_be_found() {
    let docket = &TRUCE.docket;
    let listed = |collection| docket.members(collection).map(Slug::as_str).collect::<Vec<_>>();
    assert_eq!(
        listed(Collection::Meetings),
        [
            "beijing",
            "busan",
            "call-2026-02",
            "davos",
            "kuala-lumpur",
            "new-york",
            "paris",
            "seoul",
            "shenzhen-apec",
            "washington"
        ]
    );
    assert_eq!(
        listed(Collection::Asks),
        [
            "alaska-energy",
            "oil-cut",
            "refined-products",
            "soybeans-20mt",
            "taiwan-arms",
            "taiwan-stance",
            "tech-controls"
        ]
    );
    assert!(listed(Collection::Shocks).starts_with(&["iran-ceasefire", "iran-memorandum", "iran-strikes"]));
    let beijing: Vec<_> = payloads_about(Collection::Meetings, "beijing").iter().map(|p| p.kind().name()).collect();
    assert_eq!(beijing, ["MeetingScheduled", "MeetingMoved", "StatementMade", "StatementMade", "MeetingHeld"]);
    let shenzhen = payloads_about(Collection::Meetings, "shenzhen-apec");
    assert!(
        !shenzhen.iter().any(|payload| matches!(payload, Payload::MeetingHeld(_))),
        "nobody knows that it was held"
    );
}

#[test]
fn a_customs_zero_stands_beside_a_trackers_figure() {
    let iranian: Vec<(&str, String)> = payloads_about(Collection::Asks, "oil-cut")
        .into_iter()
        .filter_map(|payload| match payload {
            Payload::MetricReported(metric) if metric.item.as_ref().is_some_and(|item| item.as_str() == "IR") => {
                Some((metric.series.as_str(), format!("{}/{}", metric.numerator, metric.denominator)))
            }
            _ => None,
        })
        .collect();
    let expected =
        [("cn-customs", "0/49.89"), ("kpler", "13/100"), ("kpler-level", "1.37/1"), ("vortexa-level", "1.8/1")];
    assert_eq!(iranian, expected.map(|(series, share)| (series, share.to_owned())));
}

// === Controls, fees and the extension ===

#[test]
fn the_rare_earth_suspension_as_of_five_dates() {
    story(
        "rare-earth-suspension",
        &[
            ("2025-11-01T00:00:00Z", Lifecycle::NotRecorded, Status::NotRecorded),
            ("2025-11-08T00:00:00Z", Lifecycle::InForce, Status::OnTrack),
            ("2026-11-09T15:59:59Z", Lifecycle::InForce, Status::OnTrack),
            ("2026-11-24T00:00:00Z", Lifecycle::InForce, Status::Disputed),
            ("2027-01-10T16:00:00Z", Lifecycle::Lapsed, Status::Met),
        ],
    );
    let today = ask("rare-earth-suspension", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    assert_eq!(by_reading(&today), [("base", Status::Met), ("extended", Status::OnTrack), ("until", Status::Met)]);
    assert_eq!(in_effect(&today), InEffect::Unknown, "nobody knows whether the controls are back");
    assert_eq!(today.next_change_at, Some(at("2027-01-10T16:00:00Z")));
    assert_eq!(today.standing, Some(Standing::Agreed));
}

#[test]
fn the_last_day_of_the_suspension_is_read_in_two_ways() {
    // Asked before anybody spoke of an extension.
    let known = "2026-09-01T00:00:00Z";
    let last_day = ask("rare-earth-suspension", "2026-11-10T00:00:00Z", known);
    assert_eq!(by_reading(&last_day), [("base", Status::OnTrack), ("until", Status::Met)]);
    let after = ask("rare-earth-suspension", "2026-11-10T16:00:00Z", known);
    assert_eq!(after.judgement, Judgement { lifecycle: Lifecycle::Lapsed, status: Status::Met });
    assert_eq!(in_effect(&after), InEffect::Yes, "on lapse the controls come back");
    let early = ask("rare-earth-suspension", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assert_eq!(early.next_change_at, Some(at("2026-11-09T16:00:00Z")));
}

#[test]
fn announcement_72_ends_apart_and_no_extension_of_it_is_claimed() {
    let said = ask("gallium-germanium-suspension", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    assert_eq!(said.judgement, Judgement { lifecycle: Lifecycle::InForce, status: Status::OnTrack });
    assert_eq!(said.next_change_at, Some(at("2026-11-26T16:00:00Z")));
    story("gallium-germanium-suspension", &[("2026-11-27T16:00:00Z", Lifecycle::Lapsed, Status::Met)]);
}

#[test]
fn the_extension_is_a_reading_of_five_promises_and_an_amendment_of_none() {
    let amended = |submission: &Submission| matches!(submission.payload, Payload::CommitmentAmended(_));
    assert!(!TRUCE.submissions.iter().any(amended));
    let extended: BTreeSet<String> = TRUCE
        .submissions
        .iter()
        .filter(|s| matches!(&s.payload, Payload::ReadingRecorded(reading) if reading.reading.as_str() == "extended"))
        .map(|s| s.subject.to_string())
        .collect();
    let commitments = [
        "cn-24pct-suspension",
        "cn-port-fees-suspension",
        "rare-earth-suspension",
        "us-affiliates-rule-suspension",
        "us-port-fees-suspension",
    ];
    assert_eq!(extended, commitments.iter().map(|id| format!("commitments/{id}")).collect());
    for commitment in commitments {
        let told = ask(commitment, "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
        assert_eq!(
            told.judgement,
            Judgement { lifecycle: Lifecycle::InForce, status: Status::Disputed },
            "{commitment}"
        );
        let untold = ask(commitment, "2026-11-24T00:00:00Z", "2026-10-01T00:00:00Z");
        assert_eq!(untold.judgement, Judgement { lifecycle: Lifecycle::Lapsed, status: Status::Met }, "{commitment}");
    }
}

// === Duties ===

#[test]
fn a_voided_duty_does_not_come_back_when_its_suspension_lapses() {
    let commitment = "us-reciprocal-duty-suspension";
    let before = ask(commitment, "2026-02-19T00:00:00Z", "2026-02-21T00:00:00Z");
    assert!(!before.flags.contains(&Flag::LegalBasisVoid));
    let unheard = ask(commitment, "2026-02-20T20:00:00Z", "2026-02-20T20:00:00Z");
    assert!(!unheard.flags.contains(&Flag::LegalBasisVoid), "the ruling was not known yet");
    let after = ask(commitment, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assert_eq!(after.judgement, Judgement { lifecycle: Lifecycle::InForce, status: Status::OnTrack });
    assert!(after.flags.contains(&Flag::LegalBasisVoid));
    let lapsed = ask(commitment, "2026-11-10T05:01:00Z", "2026-11-10T05:01:00Z");
    assert_eq!(lapsed.judgement, Judgement { lifecycle: Lifecycle::Lapsed, status: Status::Met });
    assert_eq!(in_effect(&lapsed), InEffect::No);
}

#[test]
fn the_fentanyl_rate_is_ten_points_until_collection_stops() {
    let rate = |instant| value(&ask("us-fentanyl-rate", instant, "2026-03-01T00:00:00Z"));
    assert_eq!(rate("2026-01-01T00:00:00Z"), Some(tonnes(10)));
    assert_eq!(rate("2026-02-23T00:00:00Z"), Some(tonnes(10)), "void since the 20th, collected until the 24th");
    assert_eq!(rate("2026-02-24T05:00:00Z"), Some(tonnes(0)));
    let said = ask("us-fentanyl-rate", "2026-02-23T00:00:00Z", "2026-03-01T00:00:00Z");
    assert_eq!(said.judgement.status, Status::OnTrack);
    assert!(said.flags.contains(&Flag::LegalBasisVoid));
    assert_eq!(said.next_change_at, None, "a ceiling without an end runs on");
}

#[test]
fn a_ruling_for_the_plaintiffs_alone_voids_nothing() {
    let about = payloads_about(Collection::Measures, "us-section-122-surcharge");
    assert!(!about.iter().any(|payload| matches!(payload, Payload::MeasureVoided(_))));
    assert_eq!(about.iter().filter(|payload| matches!(payload, Payload::StatementMade(_))).count(), 2);
}

#[test]
fn two_us_texts_swap_the_dates_of_chinas_exclusions() {
    let said = ask("cn-exclusions", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    assert_eq!(by_reading(&said), [("base", Status::OnTrack), ("us-order", Status::Met)]);
    let farm = ask("cn-farm-duties-end", "2027-01-15T00:00:00Z", "2026-11-24T00:00:00Z");
    assert_eq!(by_reading(&farm), [("base", Status::OnTrack), ("us-order", Status::Met)]);
}

// === Purchases and acts ===

#[test]
fn the_first_soybeans_as_known_on_12_january_2026() {
    let said = ask("soybeans", "2026-01-12T00:00:00Z", "2026-01-12T00:00:00Z");
    assert_eq!(said.judgement, Judgement { lifecycle: Lifecycle::InForce, status: Status::Disputed });
    assert_eq!(by_reading(&said), [("base", Status::NotMet), ("season", Status::Behind)]);
    let first = tranche(&said, "t2025");
    assert_eq!((first.status, first.row.map(|row| row.0)), (Status::NotMet, Some("Q14")));
    // Of 6,892.5 thousand tonnes sold by 1 January, 464 lie in weeks that begin before the promise does.
    assert_eq!(first.flow.performed, tonnes(6_428_500));
    assert_eq!(said.standing, Some(Standing::ClaimedByObligee));
    for flag in [Flag::StraddlesStart, Flag::StraddlesDue, Flag::EvidenceIncomplete] {
        assert!(said.flags.contains(&flag), "{flag}");
    }
}

#[test]
fn by_declared_destination_the_first_soybeans_are_short_under_either_reading() {
    let said = ask("soybeans", "2026-03-15T00:00:00Z", "2026-03-15T00:00:00Z");
    assert_eq!(said.judgement.status, Status::NotMet);
    assert!(said.by_reading.is_empty(), "both readings say the same");
    let adopted = if_adopted("season", "2026-03-14T00:00:00Z");
    let known = adopted.head();
    let under_season = assess(&adopted, &slug("soybeans"), at("2026-03-15T00:00:00Z"), known);
    let first = tranche(&under_season, "t2025");
    assert_eq!((first.status, first.row.map(|row| row.0)), (Status::NotMet, Some("Q14")));
    assert_eq!(
        first.flow.performed,
        tonnes(10_352_800),
        "10,816.9 by 26 February, less 464 before the promise and 0.1 of rounding"
    );
}

/// The ledger as known at an instant, with one reading of the soybeans adopted then.
fn if_adopted(reading: &str, instant: &str) -> Docket {
    let mut docket = Docket::new();
    let known = TRUCE.events.iter().filter(|event| event.recorded_at <= at(instant));
    known.for_each(|event| docket.fold(Arc::clone(event)));
    let adopted = Submission {
        event_id: EventId::parse("00000000-0000-4000-8000-000000000002").expect("a UUID"),
        subject: Subject::commitment(slug("soybeans")),
        sources: entente::domain::Sources::default(),
        supersedes: None,
        note: None,
        confidence: None,
        recorded_at: Some(at(instant)),
        recorded_basis: None,
        payload: Payload::ReadingAdopted(ReadingAdopted {
            reading: slug(reading),
            effective_at: Dated::exact(at(instant)),
        }),
    };
    record(&mut docket, &[adopted], Author::Client);
    docket
}

#[test]
fn what_traders_say_is_shown_and_never_counted() {
    let said = ask("soybeans", "2026-01-25T00:00:00Z", "2026-01-25T00:00:00Z");
    assert!(said.flags.contains(&Flag::InadmissibleClaim) && said.flags.contains(&Flag::BoundOnly));
    assert_eq!(said.evidence, Evidence::Single);
    assert_eq!(by_reading(&said)[0], ("base", Status::NotMet), "about 12 million tonnes claimed, 9.4 reported");
}

#[test]
fn the_soybeans_of_2026_are_behind_at_the_last_week_known() {
    let said = ask("soybeans", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    let second = tranche(&said, "t2026");
    assert_eq!((second.status, second.row.map(|row| row.0)), (Status::Behind, Some("Q9")));
    assert_eq!(second.flow.performed, tonnes(13_366_600), "old crop and new crop together");
    assert_eq!(second.flow.data_through.map(|day| day.to_string()).as_deref(), Some("2026-08-27"));
    assert_eq!(tranche(&said, "t2027").status, Status::Pending);
}

#[test]
fn a_promise_is_claimed_by_one_and_confirmed_by_the_other() {
    let standing = |instant| ask("boeing-200", instant, instant).standing;
    assert_eq!(standing("2026-05-19T00:00:00Z"), Some(Standing::ClaimedByObligee));
    assert_eq!(standing("2026-05-21T00:00:00Z"), Some(Standing::Confirmed));
}

#[test]
fn silence_is_never_taken_for_a_broken_promise() {
    for commitment in
        ["chip-probes-end", "sorghum-and-logs", "fentanyl-precursors-worldwide", "rare-earth-general-licences"]
    {
        let said = ask(commitment, "2027-06-01T00:00:00Z", "2026-11-24T00:00:00Z");
        assert_eq!(said.judgement.status, Status::Unverified, "{commitment}");
    }
    story(
        "fentanyl-precursors",
        &[
            ("2025-11-05T00:00:00Z", Lifecycle::InForce, Status::Open),
            ("2025-11-12T00:00:00Z", Lifecycle::InForce, Status::Met),
        ],
    );
    let listed = ask("beef-listings", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    assert!(listed.flags.contains(&Flag::AnnouncedOnly), "announced is not done");
}
