//! Names within a commitment: tranches, periods and readings, of the terms, of an amendment or of a reading.

use entente::domain::event::ReadingRecorded;
use entente::domain::{Fact, Payload, Reason};

use super::deal::*;
use super::{Given, Recorded, Refused, given};

/// The truce with a tranche added by an amendment, and one that only a reading knows.
fn with_readings() -> Given {
    given(truce().into_iter().chain([
        amended("more", "commitments/soy", tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), Some("25000000"))),
        reading(
            "late",
            "commitments/soy",
            "season",
            tranche("t2028", Some("2028-01-01"), Some("2028-12-31"), Some("1")),
        ),
        reading("q3", "commitments/share", "yearly", period("q3", Some("2026-07-01"), Some("2026-09-30"))),
    ]))
}

#[test]
fn a_waiver_names_a_tranche_or_a_period() {
    let on_soy = |target| waived("a", "commitments/soy", Some(target), &[]);
    let on_share = |target| waived("a", "commitments/share", Some(target), &[]);
    let field = "waiver_granted.target";
    with_readings().table(vec![
        ("the whole commitment", waived("a", "commitments/soy", None, &[]), Recorded),
        ("a tranche of the terms", on_soy("t2025"), Recorded),
        ("one that an amendment added", on_soy("t2027"), Recorded),
        ("one that a reading added", on_soy("t2028"), Recorded),
        ("an unknown one", on_soy("t2030"), Refused(Reason::UnknownTranche, field)),
        ("a period", on_share("q2"), Recorded),
        ("one that a reading added", on_share("q3"), Recorded),
        ("an unknown one", on_share("q9"), Refused(Reason::UnknownPeriod, field)),
        (
            "of what has neither",
            waived("a", "commitments/pause", Some("t2025"), &[]),
            Refused(Reason::FieldNotOfKind, field),
        ),
    ]);
    let names = ["t2025", "t2026", "t2027", "t2028"].map(String::from).to_vec();
    with_readings().when([on_soy("t2030")]).then_refused(Reason::UnknownTranche, field).stating(Fact::Choices(names));
}

#[test]
fn metrics_and_cohorts_name_a_period() {
    with_readings().table(vec![
        ("a metric of a period", metric("a", "commitments/share", Some("q1")), Recorded),
        ("of one that a reading added", metric("a", "commitments/share", Some("q3")), Recorded),
        (
            "of an unknown one",
            metric("a", "commitments/share", Some("q9")),
            Refused(Reason::UnknownPeriod, "metric_reported.period"),
        ),
        ("of days", metric("a", "commitments/share", None), Recorded),
        (
            "a tranche is no period",
            metric("a", "commitments/soy", Some("t2025")),
            Refused(Reason::UnknownPeriod, "metric_reported.period"),
        ),
        (
            "a measure has none",
            metric("a", "measures/rare-earths", Some("q1")),
            Refused(Reason::UnknownPeriod, "metric_reported.period"),
        ),
        ("a cohort of a period", cohort("a", "commitments/licences", "jan"), Recorded),
        (
            "of an unknown one",
            cohort("a", "commitments/licences", "feb"),
            Refused(Reason::UnknownPeriod, "cohort_reported.period"),
        ),
        (
            "of what has none",
            cohort("a", "commitments/soy", "jan"),
            Refused(Reason::UnknownPeriod, "cohort_reported.period"),
        ),
    ]);
}

#[test]
fn readings_have_names_of_their_own_and_only_known_ones_are_adopted() {
    let read_in = |name: &str| {
        let recorded = ReadingRecorded {
            reading: slug("extended"),
            effective_at: on("2026-01-15"),
            by: Some(party("US")),
            text: Some(slug(name)),
            set: until("2027-01-10"),
        };
        event("a", "commitments/pause", Payload::ReadingRecorded(Box::new(recorded)))
    };
    let named = |name: &str| reading("a", "commitments/soy", name, tranche("t2025", None, Some("2026-02-28"), None));
    let adopt = |name| adopted("a", "commitments/soy", name);
    with_readings().table(vec![
        ("a new reading", named("winter"), Recorded),
        ("more of a known one", named("season"), Recorded),
        ("`base` is the base text", named("base"), Refused(Reason::ReservedReading, "reading_recorded.reading")),
        ("as a text of the instrument says", read_in("fact-sheet"), Recorded),
        ("as an unknown text says", read_in("none"), Refused(Reason::UnknownText, "reading_recorded.text")),
        ("a known reading is adopted", adopt("season"), Recorded),
        ("the base text is adopted", adopt("base"), Recorded),
        ("an unknown one", adopt("summer"), Refused(Reason::ReadingUnknown, "reading_adopted.reading")),
        ("one of another commitment", adopt("yearly"), Refused(Reason::ReadingUnknown, "reading_adopted.reading")),
        ("a correction keeps the name", named("season").superseding("late"), Recorded),
        ("or changes it", named("winter").superseding("late"), Recorded),
    ]);
}

#[test]
fn a_reading_that_is_renamed_is_known_by_its_new_name_alone() {
    let named = |name| reading("a", "commitments/soy", name, tranche("t2025", None, Some("2026-02-28"), None));
    let renamed_and = |then| vec![named("winter").superseding("late"), then];
    with_readings().table_of_batches(vec![
        ("its new name", renamed_and(adopted("b", "commitments/soy", "winter")), Recorded),
        (
            "its old one",
            renamed_and(adopted("b", "commitments/soy", "season")),
            Refused(Reason::ReadingUnknown, "reading_adopted.reading"),
        ),
    ]);
}

#[test]
fn a_retracted_reading_or_amendment_takes_its_names_with_it() {
    let without = |label: &str, target: &str, then| vec![retracted(label, "commitments/soy", target), then];
    with_readings().table_of_batches(vec![
        (
            "its name",
            without("r", "late", adopted("a", "commitments/soy", "season")),
            Refused(Reason::ReadingUnknown, "reading_adopted.reading"),
        ),
        (
            "its tranche",
            without("r", "late", waived("a", "commitments/soy", Some("t2028"), &[])),
            Refused(Reason::UnknownTranche, "waiver_granted.target"),
        ),
        (
            "the amendment's tranche",
            without("r", "more", waived("a", "commitments/soy", Some("t2027"), &[])),
            Refused(Reason::UnknownTranche, "waiver_granted.target"),
        ),
        ("and no others", without("r", "more", waived("a", "commitments/soy", Some("t2028"), &[])), Recorded),
    ]);
}
