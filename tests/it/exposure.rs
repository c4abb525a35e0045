//! Exposure as a pure function: how a line is read, what touches it, and an index that agrees with plain comparison.

mod brute_force;
mod told;

use entente::domain::event::{MeasureSuspended, MeasureVoided, RateSet};
use entente::domain::{Dated, Decimal, Nomenclature, Payload, Position, Slug, Subject};
use entente::views::{
    Catalogue, Codes, FoundIn, InEffect, Item, MatchKind, MeasureStanding, Reading, Touch, Touched, assess,
    measure_now, standings,
};

use told::{Told, announced, at, measure, product, slug, text};

fn item(code: &str, nomenclature: Option<Nomenclature>) -> Item {
    Item { code: code.to_owned(), nomenclature, name: String::new() }
}

#[test]
fn a_line_is_read_as_codes_words_or_not_at_all() {
    use Nomenclature::{ChinaControl, ChinaTariff, Cn2025, Eccn, Hs2022, Htsus};
    let codes = |lists: &[Nomenclature], from: &str, through: &str| {
        let one =
            |list: &Nomenclature| Codes { nomenclature: *list, from: from.to_owned(), through: through.to_owned() };
        Reading::Codes(lists.iter().map(one).collect())
    };
    let words = |words: &[&str]| Reading::Words(words.iter().map(|&word| word.to_owned()).collect());
    let cases: Vec<(&str, Option<Nomenclature>, Reading)> = vec![
        ("280530", None, codes(&[Hs2022], "280530", "280530")),
        ("2805.30", None, codes(&[Hs2022], "280530", "280530")),
        ("28", None, codes(&[Hs2022], "28", "28")),
        (" 8505 11 ", None, codes(&[Hs2022], "850511", "850511")),
        ("28053019", None, codes(&[Htsus, Cn2025, ChinaTariff], "28053019", "28053019")),
        ("2805301910", None, codes(&[Htsus, ChinaTariff], "2805301910", "2805301910")),
        ("9903.05", None, codes(&[Htsus, Cn2025, ChinaTariff], "990305", "990305")),
        ("9903.05.20-9903.05.84", Some(Htsus), codes(&[Htsus], "99030520", "99030584")),
        ("2801–2805", None, codes(&[Hs2022], "2801", "2805")),
        ("3a090.A", None, codes(&[ChinaControl, Eccn], "3A090.a", "3A090.a")),
        ("1C902", Some(ChinaControl), codes(&[ChinaControl], "1C902", "1C902")),
        ("3A", None, codes(&[ChinaControl, Eccn], "3A", "3A")),
        ("dysprosium", None, words(&["dysprosium"])),
        ("Rare-earth magnets", None, words(&["rare", "earth", "magnet"])),
        ("glass", None, words(&["glass"])),
        ("H200", None, words(&["h200"])),
    ];
    for (code, nomenclature, expected) in cases {
        assert_eq!(item(code, nomenclature).read(), expected, "{code:?} of {nomenclature:?}");
    }
    let named = Item { name: "Gallium oxide".to_owned(), ..Item::default() };
    assert_eq!(named.read(), words(&["gallium", "oxide"]), "a name stands in for a code");
    let unreadable: [(&str, Option<Nomenclature>, &str); 8] = [
        ("", None, "neither a code nor a name"),
        ("280", None, "a leading zero may have been lost"),
        ("28053019101", None, "neither a code"),
        ("25 %", None, "neither a code"),
        ("280530", Some(Eccn), "digit, letter A to E"),
        ("dysprosium", Some(Hs2022), "2, 4 or 6 digits"),
        ("2805-2801", Some(Hs2022), "from a lower code through a higher"),
        ("28-2805", Some(Hs2022), "as many digits"),
    ];
    for (code, nomenclature, why) in unreadable {
        let Reading::Unreadable(said) = item(code, nomenclature).read() else { panic!("{code:?} was read") };
        assert!(said.contains(why), "{code:?}: {said}");
    }
}

#[test]
fn each_kind_of_match_by_code() {
    use MatchKind::{Approximate, Exact, Over, Under};
    use Nomenclature::{ChinaControl, ChinaTariff, Cn2025, Eccn, Hs2022, Htsus};
    let mut told = Told::default();
    told.measure("hs", "Of the Harmonized System", vec![product(Hs2022, "280530")]);
    told.measure("china", "Of China's tariff", vec![product(ChinaTariff, "2805301910")]);
    told.measure("us", "Of the US tariff", vec![product(Htsus, "990305")]);
    told.measure("control", "Of China's control list", vec![product(ChinaControl, "1C902.a")]);
    told.measure("eccn", "Of the US control list", vec![product(Eccn, "3A090")]);
    type Case = (&'static str, Option<Nomenclature>, Vec<(MatchKind, &'static str)>);
    let cases: Vec<Case> = vec![
        ("280530", None, vec![(Exact, "hs"), (Approximate, "china")]),
        ("2805", None, vec![(Over, "hs"), (Approximate, "china")]),
        ("2801-2805", None, vec![(Over, "hs"), (Approximate, "china")]),
        ("2806-2899", None, vec![]),
        ("280530", Some(Htsus), vec![(Approximate, "china"), (Approximate, "hs")]),
        ("2805301910", Some(ChinaTariff), vec![(Exact, "china"), (Approximate, "hs")]),
        ("28053019", Some(ChinaTariff), vec![(Over, "china"), (Approximate, "hs")]),
        // Digits after the sixth mean something else in every list: only the six count.
        ("2805301999", Some(Htsus), vec![(Approximate, "china"), (Approximate, "hs")]),
        ("9903.05.20-9903.05.84", Some(Htsus), vec![(Under, "us")]),
        ("9903.04.20-9903.05.10", Some(Htsus), vec![(Under, "us")]),
        // Each country fills chapter 99 by itself.
        ("99030520", Some(Cn2025), vec![]),
        ("990305", Some(ChinaTariff), vec![]),
        // A code of China's list is no ECCN, however much it looks like one.
        ("1C902", Some(Eccn), vec![]),
        ("1C902", Some(ChinaControl), vec![(Over, "control")]),
        ("1C902.a.1", Some(ChinaControl), vec![(Under, "control")]),
        ("1C902.ab", Some(ChinaControl), vec![]),
        ("3A090", Some(ChinaControl), vec![]),
        ("3A090.a", None, vec![(Under, "eccn")]),
        ("3A", None, vec![(Over, "eccn")]),
        ("3A001-3A999", Some(Eccn), vec![(Over, "eccn")]),
    ];
    for (code, nomenclature, expected) in cases {
        let expected: Vec<(MatchKind, String)> =
            expected.into_iter().map(|(kind, id)| (kind, format!("measures/{id}"))).collect();
        assert_eq!(told.touching(&item(code, nomenclature)), expected, "{code} of {nomenclature:?}");
    }
}

#[test]
fn words_are_whole_and_all_of_them_count_in_titles_before_notes() {
    let mut told = Told::default();
    told.tell_with(measure("tin"), announced("Tin and antimony", vec![]), Some("Also in alloys."), None);
    told.measure("other", "Tinted glass", vec![]);
    let found = |words: &str| {
        let catalogue = Catalogue::of(&told.docket, told.docket.head());
        let (_, matches) = catalogue.touching(&item(words, None));
        let one = |it: &entente::views::Match| (it.touched.clone(), it.touch.clone());
        matches.iter().map(one).collect::<Vec<_>>()
    };
    let tin = || Touched::Measure(slug("tin"));
    assert_eq!(found("TIN"), [(tin(), Touch::Text(FoundIn::Title))], "whole words, whatever their capitals");
    assert_eq!(found("antimony alloy"), [(tin(), Touch::Text(FoundIn::Note))], "one of the words is in the note alone");
    let other = || Touched::Measure(slug("other"));
    let in_part = || Touch::Text(FoundIn::TitleInPart);
    assert_eq!(
        found("antimony glass"),
        [(other(), in_part()), (tin(), in_part())],
        "no title has both, so either is told"
    );
    assert_eq!(found("antimony alloy in glass").len(), 2, "what only a note has is not told in part");
    assert_eq!(found("tin and zinc"), [], "short words tell nothing by themselves");
    let (_, matches) = Catalogue::of(&told.docket, told.docket.head()).touching(&item("antimony glass", None));
    assert!(matches.iter().all(|it| it.kind() == MatchKind::SomeWords), "{matches:?}");
}

#[test]
fn a_commitment_is_touched_by_its_own_products_or_by_those_of_its_measures_whichever_are_closer() {
    let hs = |code: &str| product(Nomenclature::Hs2022, code);
    let mut told = Told::default();
    told.measure("magnets", "Magnets", vec![hs("850511")]);
    told.measure("metals", "Metals", vec![hs("2805")]);
    told.suspension("by-measures", &["magnets", "metals"], "2027-01-01T00:00:00Z", vec![]);
    told.suspension("by-itself", &["metals"], "2027-01-01T00:00:00Z", vec![hs("280530")]);
    let catalogue = Catalogue::of(&told.docket, told.docket.head());
    let (_, matches) = catalogue.touching(&item("280530", None));
    let said: Vec<(MatchKind, String, Option<&str>)> = matches
        .iter()
        .map(|it| (it.kind(), Subject::from(&it.touched).to_string(), it.through.as_ref().map(Slug::as_str)))
        .collect();
    let expected = [
        (MatchKind::Exact, "commitments/by-itself".to_owned(), None),
        (MatchKind::Under, "measures/metals".to_owned(), None),
        (MatchKind::Under, "commitments/by-measures".to_owned(), Some("metals")),
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_was_corrected_touches_as_it_was_known() {
    let hs = |code: &str| vec![product(Nomenclature::Hs2022, code)];
    let mut told = Told::default();
    let first = told.measure("control", "A control", hs("280530"));
    let before = told.docket.head();
    told.tell_with(measure("control"), announced("A control", hs("284690")), None, Some(first));
    let kinds = |known: Position, code: &str| {
        let (_, matches) = Catalogue::of(&told.docket, known).touching(&item(code, None));
        matches.len()
    };
    assert_eq!((kinds(before, "280530"), kinds(before, "284690")), (1, 0));
    assert_eq!((kinds(told.docket.head(), "280530"), kinds(told.docket.head(), "284690")), (0, 1));
}

#[test]
fn whether_a_measure_applies_and_when_that_changes() {
    let mut told = Told::default();
    let dated = |text: &str| Dated::exact(at(text));
    let suspended =
        || Payload::MeasureSuspended(MeasureSuspended { effective_at: dated("2026-01-01T00:00:00Z"), reference: None });
    let rate = |rate: Option<&str>, from: &str| {
        let rate = rate.map(|rate| Decimal::parse(rate).unwrap());
        Payload::RateSet(Box::new(RateSet {
            component: slug("kept"),
            rate,
            effective_at: dated(from),
            reference: None,
        }))
    };
    told.measure("announced", "Only announced", vec![]);
    told.measure("suspended", "Suspended by a promise", vec![]);
    told.suspension("promise", &["suspended", "in-part"], "2026-11-10T16:00:00Z", vec![]);
    told.tell(measure("suspended"), suspended());
    told.measure("in-part", "Suspended but for ten points", vec![]);
    told.tell(measure("in-part"), suspended());
    told.tell(measure("in-part"), rate(Some("10"), "2026-01-01T00:00:00Z"));
    told.measure("gone", "Its rate was taken away", vec![]);
    told.tell(measure("gone"), rate(Some("10"), "2026-01-01T00:00:00Z"));
    told.tell(measure("gone"), rate(None, "2026-07-24T04:01:00Z"));
    told.measure("rated", "Suspended with its rate", vec![]);
    told.tell(measure("rated"), rate(Some("25"), "2025-12-01T00:00:00Z"));
    told.tell(measure("rated"), suspended());
    told.measure("void", "Its basis is void", vec![]);
    told.tell(measure("void"), rate(Some("10"), "2026-01-01T00:00:00Z"));
    let voided = MeasureVoided { effective_at: dated("2026-02-20T05:00:00Z"), court: text("a court"), reference: None };
    told.tell(measure("void"), Payload::MeasureVoided(voided));
    let touched = ["announced", "gone", "in-part", "rated", "suspended", "void"].map(|id| Touched::Measure(slug(id)));
    let touched = touched.into_iter().chain([Touched::Commitment(slug("promise"))]).collect();
    let said = |as_of: &str| {
        let found = standings(&told.docket, &touched, at(as_of), told.docket.head(), |commitment| {
            assess(&told.docket, commitment, at(as_of), told.docket.head())
        });
        let one = |it: &entente::views::ExposedMeasure<'_>| {
            (it.id.to_string(), it.in_effect, it.next_change_at.map(|next| next.to_string()))
        };
        found.measures.iter().map(one).collect::<Vec<_>>()
    };
    let row = |id: &str, in_effect, next: Option<&str>| (id.to_owned(), in_effect, next.map(str::to_owned));
    let lapse = Some("2026-11-10T16:00:00Z");
    let expected = [
        row("announced", InEffect::No, None),
        row("gone", InEffect::Yes, Some("2026-07-24T04:01:00Z")),
        row("in-part", InEffect::Yes, lapse),
        row("rated", InEffect::No, None),
        row("suspended", InEffect::No, lapse),
        row("void", InEffect::Yes, Some("2026-02-20T05:00:00Z")),
    ];
    assert_eq!(said("2026-02-01T00:00:00Z"), expected);
    let expected = [
        row("announced", InEffect::No, None),
        row("gone", InEffect::No, None),
        row("in-part", InEffect::Yes, None),
        row("rated", InEffect::No, None),
        row("suspended", InEffect::Yes, None),
        row("void", InEffect::No, None),
    ];
    assert_eq!(said("2026-11-24T00:00:00Z"), expected, "the promise has lapsed, and the measure is back");
    let now = measure_now(&told.docket, &slug("void"), at("2026-11-24T00:00:00Z"), told.docket.head()).unwrap();
    assert_eq!(now.standing, MeasureStanding::Void);
}
