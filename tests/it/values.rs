//! Values: what each of them takes and what it refuses, and how local days and hours become instants.

use entente::domain::{
    Day, Decimal, EventId, Instant, Moment, MomentForm, Nomenclature, Party, Product, Role, Rounding, Slug, Subject,
    Text, Unit, ValueError, Window, Zone,
};

/// A table of texts that are taken and printed as they are, and of texts that are refused.
fn check<T: std::fmt::Display>(parse: impl Fn(&str) -> Result<T, ValueError>, taken: &[&str], refused: &[&str]) {
    for text in taken {
        let printed = parse(text).map(|value| value.to_string());
        assert_eq!(printed.as_deref(), Ok(*text), "{text:?} should be taken as it is");
    }
    for text in refused {
        if let Ok(value) = parse(text) {
            panic!("{text:?} should be refused, and is {value}");
        }
    }
}

#[test]
fn decimals_are_exact_and_print_as_they_were_read() {
    let taken = [
        "0",
        "1",
        "-1",
        "0.5",
        "-0.5",
        "0.10",
        "0.000000000001",
        "999999999999999",
        "-999999999999999.999999999999",
        "0.0",
    ];
    let refused = [
        "",
        "-",
        ".",
        "1.",
        ".5",
        "+1",
        "01",
        "-01",
        "00",
        "-0",
        "-0.0",
        " 1",
        "1 ",
        "1,5",
        "1_000",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1e3",
        "1E3",
        "1e-3",
        "0x10",
        "١",
        "½",
        "1000000000000000",
        "0.0000000000001",
        "1234567890123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890",
        "1.2.3",
        "--1",
    ];
    check(Decimal::parse, &taken, &refused);
}

#[test]
fn a_fraction_is_a_decimal_or_none_and_never_rounded() {
    let of = |text: &str| Decimal::parse(text).unwrap().fraction();
    for (text, printed) in [("232.0", "232"), ("-0.10", "-0.1"), ("0.000000000001", "0.000000000001"), ("0.0", "0")] {
        assert_eq!(Decimal::of_fraction(&of(text)).unwrap().to_string(), printed);
        assert_eq!(Decimal::parse(text).unwrap().trimmed().to_string(), printed);
    }
    let largest = of("999999999999999.999999999999");
    assert_eq!(Decimal::of_fraction(&largest).unwrap().fraction(), largest);
    for refused in
        [of("1") / of("3"), of("0.000000000001") / of("2"), largest.clone() + of("0.000000000001"), &largest * &largest]
    {
        assert!(Decimal::of_fraction(&refused).is_err(), "{refused}");
    }
}

#[test]
fn parties_are_states_in_capitals_and_three_that_are_not() {
    check(
        Party::parse,
        &["CN", "US", "AD", "ZW", "EU", "ALL", "JOINT", "TW", "HK"],
        &["", "cn", "Us", "XX", "UK", "USA", "CHN", "EN", "all", " US", "US ", "U", "China"],
    );
}

#[test]
fn units_are_a_closed_list() {
    check(
        Unit::parse,
        &["t", "Mt", "bu_soy", "usd", "kbbl_d", "pct"],
        &["", "T", "mt", "tonne", "USD", "t ", "metric ton"],
    );
}

#[test]
fn parties_and_units_are_sorted_by_their_codes() {
    let mut parties = ["US", "ALL", "CN", "JOINT", "EU", "AD", "ZW"].map(|code| Party::parse(code).unwrap());
    parties.sort();
    assert_eq!(parties.map(Party::code), ["AD", "ALL", "CN", "EU", "JOINT", "US", "ZW"]);
    assert_eq!((Party::ALL.code(), Party::JOINT.code()), ("ALL", "JOINT"));
    let mut units = ["t", "usd", "Mt", "bale", "MWh"].map(|code| Unit::parse(code).unwrap());
    units.sort();
    assert_eq!(units.map(Unit::code), ["MWh", "Mt", "bale", "t", "usd"]);
}

/// A ledger holds every event in memory: what one takes is what limits how many there can be.
#[test]
fn an_event_is_small() {
    let bytes = std::mem::size_of::<entente::domain::Event>();
    assert!(bytes <= 272, "{bytes} bytes");
}

#[test]
fn names_hold_no_path() {
    let longest = "a".repeat(63);
    let taken = ["a", "0", "us-china", "wh-fact-sheet-2025-11-01", "a_b", "a--b", longest.as_str()];
    let (too_long, much_too_long) = ("a".repeat(64), "a".repeat(300));
    let refused = [
        "",
        "-",
        "_",
        "-a",
        "a-",
        "_a",
        "a_",
        "A",
        "aB",
        "a b",
        "a/b",
        "/",
        "..",
        ".",
        "a.b",
        "../../etc",
        "a\n",
        "a\0",
        "é",
        "中国",
        "a%2fb",
        too_long.as_str(),
        much_too_long.as_str(),
    ];
    check(Slug::parse, &taken, &refused);
}

#[test]
fn subjects_are_resource_names_in_the_ledger_written_to() {
    let ledger = Slug::parse("us-china").expect("an identifier");
    let parse = |name: &str| Subject::parse(name, &ledger).map(|subject| subject.name_in(&ledger));
    let taken = [
        "ledgers/us-china",
        "ledgers/us-china/instruments/truce",
        "ledgers/us-china/commitments/soy",
        "ledgers/us-china/measures/rare-earths",
        "ledgers/us-china/meetings/busan",
        "ledgers/us-china/asks/list",
        "ledgers/us-china/shocks/blockade",
    ];
    let long = format!("ledgers/us-china/commitments/{}", "a".repeat(300));
    let refused = [
        "",
        "/",
        "ledgers",
        "ledgers/",
        "ledgers/other",
        "ledgers/other/commitments/soy",
        "commitments/soy",
        "ledgers/us-china/",
        "ledgers/us-china/commitments",
        "ledgers/us-china/commitments/",
        "ledgers/us-china/commitments/soy/",
        "ledgers/us-china/commitments/soy/tranches/t",
        "/ledgers/us-china",
        "ledgers/us-china/Commitments/soy",
        "ledgers/us-china/commitments/..",
        "ledgers/us-china/../commitments/soy",
        "ledgers//commitments/soy",
        "ledgers/us-china/treaties/x",
        "ledgers/us-china/commitments/SOY",
        long.as_str(),
    ];
    check(parse, &taken, &refused);
}

#[test]
fn event_ids_are_uuids_in_one_spelling() {
    check(
        EventId::parse,
        &["018f4e0c-7b1a-7000-8000-0123456789ab", "ffffffff-ffff-4fff-bfff-ffffffffffff"],
        &[
            "",
            "00000000-0000-0000-0000-000000000000",
            "018F4E0C-7B1A-7000-8000-0123456789AB",
            "018f4e0c7b1a700080000123456789ab",
            "{018f4e0c-7b1a-7000-8000-0123456789ab}",
            "urn:uuid:018f4e0c-7b1a-7000-8000-0123456789ab",
            "018f4e0c-7b1a-7000-8000-0123456789a",
            "018f4e0c-7b1a-7000-8000-0123456789ag",
            "not-a-uuid",
        ],
    );
}

#[test]
fn days_exist_and_have_one_form() {
    check(
        Day::parse,
        &["2026-11-10", "2028-02-29", "2000-02-29", "1900-01-01", "2499-12-31"],
        &[
            "",
            "2026-02-29",
            "1900-02-29",
            "2026-02-30",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "20261110",
            "2026-1-1",
            "2026/11/10",
            "10.11.2026",
            "2026-11-10T00:00:00",
            "2026-11-10Z",
            " 2026-11-10",
            "1899-12-31",
            "2500-01-01",
            "9999-12-31",
            "-2026-01-01",
            "+002026-01-01",
            "2026-W46-2",
            "2026-314",
        ],
    );
}

#[test]
fn windows_do_not_end_before_they_start() {
    let window = |start: &str, through: &str| Window::new(day(start), day(through)).map(|window| window.days());
    assert_eq!(window("2026-01-01", "2026-01-01"), Ok(1));
    assert_eq!(window("2028-02-28", "2028-03-01"), Ok(3));
    assert_eq!(
        window("2026-01-02", "2026-01-01").map_err(|error| error.to_string()),
        Err("the window ends on 2026-01-01, before it starts on 2026-01-02".to_owned())
    );
}

#[test]
fn instants_are_whole_seconds_of_the_supported_span() {
    let taken = ["2026-11-10T05:01:00Z", "1900-01-01T00:00:00Z", "2499-12-31T23:59:59Z", "1970-01-01T00:00:00Z"];
    let refused = [
        "",
        "2026-11-10",
        "2026-11-10T05:01:00",
        "2026-11-10 05:01",
        "2026-11-10T05:01:00.5Z",
        "2026-11-10T25:00:00Z",
        "2026-02-30T00:00:00Z",
        "1899-12-31T23:59:59Z",
        "2500-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1762751100",
        "now",
    ];
    check(Instant::parse, &taken, &refused);
    // Another offset is the same instant; fractions that are zero are none.
    let same = [
        ("2026-11-10T00:01:00-05:00", "2026-11-10T05:01:00Z"),
        ("2025-11-10T13:01:00+08:00", "2025-11-10T05:01:00Z"),
        ("2026-11-10T05:01:00.000Z", "2026-11-10T05:01:00Z"),
    ];
    for (text, expected) in same {
        assert_eq!(instant(text).to_string(), expected, "{text}");
    }
    let seconds = |seconds| Instant::from_unix_seconds(seconds).is_ok();
    assert!(seconds(Instant::MIN.unix_seconds()) && seconds(Instant::MAX.unix_seconds()));
    assert!(!seconds(Instant::MIN.unix_seconds() - 1) && !seconds(Instant::MAX.unix_seconds() + 1));
    assert!(!seconds(i64::MIN) && !seconds(i64::MAX));
    // Arithmetic is held at the ends of the span.
    assert_eq!(Instant::MAX.plus_elapsed_days(i64::MAX), Instant::MAX);
    assert_eq!(Instant::MIN.plus_seconds(i64::MIN), Instant::MIN);
}

#[test]
fn zones_are_iana_names_or_fixed_offsets() {
    check(
        Zone::parse,
        &[
            "Asia/Shanghai",
            "America/New_York",
            "Europe/Brussels",
            "UTC",
            "fixed:-05:00",
            "fixed:+08:00",
            "fixed:+05:30",
            "fixed:+00:00",
        ],
        &[
            "",
            "asia/shanghai",
            "Asia/Peking",
            "Beijing",
            "EST5",
            "fixed:",
            "fixed:5",
            "fixed:-5:00",
            "fixed:05:00",
            "fixed:-05:60",
            "fixed:+19:00",
            "fixed:+0500",
            "-05:00",
            "Asia/Shanghai ",
            "../Asia/Shanghai",
            "/etc/localtime",
        ],
    );
}

#[test]
fn texts_are_not_blank_not_long_and_without_control_characters() {
    let longest = "a".repeat(Text::BYTES_MAX);
    let too_long = "a".repeat(Text::BYTES_MAX + 1);
    check(
        Text::new,
        &["a", "MOFCOM Announcement 61 of 2025", "关于", "two\nlines\tand a tab", longest.as_str()],
        &["", " ", "\n\t ", "a\0b", "a\u{7}b", "a\u{85}b", "bell\u{1b}[31m", too_long.as_str()],
    );
}

#[test]
fn texts_have_no_characters_that_hide_or_turn_others_around() {
    let spoofed = [0x200b, 0x200e, 0x200f, 0x2060, 0xfeff].into_iter().chain(0x202a..=0x202e).chain(0x2066..=0x2069);
    for number in spoofed {
        let hidden = char::from_u32(number).unwrap();
        for text in [format!("{hidden}title"), format!("ti{hidden}tle"), format!("title{hidden}")] {
            let error = Text::new(&text).expect_err(&format!("U+{number:04X} is refused")).to_string();
            assert!(error.contains(&format!("U+{number:04X}")) && error.contains("bidirectional"), "{error}");
        }
    }
    // Joiners are letters of some scripts, and of some emoji.
    for text in ["می\u{200c}خواهم", "👩\u{200d}🔬", "naïve", "שלום"] {
        Text::new(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

#[test]
fn product_codes_have_the_form_of_their_nomenclature() {
    use Nomenclature::{ChinaControl, ChinaTariff, Cn2025, Eccn, Hs2022, Htsus};
    let rows: [(Nomenclature, &[&str], &[&str]); 6] = [
        (Hs2022, &["12", "1201", "120190"], &["", "1", "120", "12019000", "1201.90", "00", "000100", "12019a", "１２"]),
        (Htsus, &["12", "120190", "12019000", "1201900095"], &["120190009", "120190009500", "1201.90.00.95"]),
        (Cn2025, &["1201", "120190", "12019000"], &["1201900095", "1201900"]),
        (ChinaTariff, &["28053090", "2805309010"], &["28053090101"]),
        (ChinaControl, &["1C902", "1C902.a", "1C902.a.1"], &["1c902", "1F902", "C902", "1C9020", "1C902.", "1C902..a"]),
        (
            Eccn,
            &["3A090", "3A090.a", "5A992.c", "0E521"],
            &["3A90", "3a090", "3A090.A", "EAR99", "3A090.", "XA090", "8542"],
        ),
    ];
    for (nomenclature, taken, refused) in rows {
        let parse = |code: &str| Product::new(nomenclature, code).map(|product| product.code().to_owned());
        check(parse, taken, refused);
    }
}

/// What a text says, in which zone, in which role; and the instant it means (specification, T2 to T4).
#[test]
fn local_times_become_instants() {
    let local = |text: &str, zone_name: &str, role| {
        let at: jiff::civil::DateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        resolved(MomentForm::Local { at, zone: zone(zone_name) }, role)
    };
    let rows = [
        ("EO 14358 ends", "2026-11-10T00:01:00", "America/New_York", Role::End, "2026-11-10T05:01:00Z"),
        ("13:01 in Beijing", "2025-11-10T13:01:00", "Asia/Shanghai", Role::Start, "2025-11-10T05:01:00Z"),
        ("a repeated hour, as a start", "2026-11-01T01:30:00", "America/New_York", Role::Start, "2026-11-01T05:30:00Z"),
        ("a repeated hour, as an end", "2026-11-01T01:30:00", "America/New_York", Role::End, "2026-11-01T06:30:00Z"),
        ("a skipped hour, as a start", "2026-03-08T02:30:00", "America/New_York", Role::Start, "2026-03-08T07:00:00Z"),
        ("a skipped hour, as an end", "2026-03-08T02:30:00", "America/New_York", Role::End, "2026-03-08T07:00:00Z"),
        ("EST said in summer", "2026-08-01T00:01:00", "fixed:-05:00", Role::End, "2026-08-01T05:01:00Z"),
        ("a midnight that is skipped", "2026-09-06T00:00:00", "America/Santiago", Role::Start, "2026-09-06T04:00:00Z"),
    ];
    for (case, text, zone_name, role, expected) in rows {
        assert_eq!(local(text, zone_name, role), expected, "{case}");
    }
}

#[test]
fn ends_given_as_days_or_spans_become_instants() {
    let shanghai = || zone("Asia/Shanghai");
    let new_york = || zone("America/New_York");
    let through = |date: &str| MomentForm::Through { day: day(date), zone: shanghai() };
    let until = |date: &str| MomentForm::Until { day: day(date), zone: shanghai() };
    let months =
        |start: &str, months, rounding, zone| MomentForm::PeriodEnd { start: day(start), months, rounding, zone };
    let rows = [
        ("through a day", through("2026-11-10"), "2026-11-10T16:00:00Z"),
        ("until a day: 24 hours earlier", until("2026-11-10"), "2026-11-09T16:00:00Z"),
        ("through a leap day", through("2028-02-29"), "2028-02-29T16:00:00Z"),
        ("a year from a leap day, down", months("2028-02-29", 12, Rounding::Down, new_york()), "2029-02-28T05:00:00Z"),
        ("a year from a leap day, up", months("2028-02-29", 12, Rounding::Up, new_york()), "2029-03-01T05:00:00Z"),
        ("half a year from a long month", months("2026-08-31", 6, Rounding::Down, shanghai()), "2027-02-27T16:00:00Z"),
        ("rounding where nothing is cut", months("2026-01-15", 1, Rounding::Up, shanghai()), "2026-02-14T16:00:00Z"),
        ("no month at all", months("2026-01-15", 0, Rounding::Down, shanghai()), "2026-01-14T16:00:00Z"),
        (
            "90 elapsed days",
            MomentForm::Elapsed { from: instant("2025-05-14T04:01:00Z"), days: 90 },
            "2025-08-12T04:01:00Z",
        ),
    ];
    for (case, form, expected) in rows {
        assert_eq!(resolved(form, Role::End), expected, "{case}");
    }
    let beyond = Moment::resolve(months("2026-01-15", 600_000, Rounding::Down, shanghai()), Role::End);
    assert!(beyond.is_err(), "{beyond:?}");
    let beyond = Moment::resolve(months("2499-12-01", 1, Rounding::Down, shanghai()), Role::End);
    assert!(beyond.is_err(), "{beyond:?}");
}

#[test]
fn a_day_in_a_zone_has_23_24_or_25_hours() {
    let rows = [
        ("Asia/Shanghai", "2026-11-10", 24),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Europe/Brussels", "2026-03-29", 23),
    ];
    for (zone_name, date, hours) in rows {
        let zone = zone(zone_name);
        let (start, end) = (zone.start_of(day(date)), zone.end_of(day(date)));
        assert_eq!(end.unix_seconds() - start.unix_seconds(), hours * 3600, "{zone_name} {date}");
        assert_eq!(zone.day_of(start), day(date));
        assert_eq!(zone.day_of(end.plus_seconds(-1)), day(date));
        assert_eq!(zone.day_of(end), day(date).next());
    }
}

fn resolved(form: MomentForm, role: Role) -> String {
    match Moment::resolve(form, role) {
        Ok(moment) => moment.instant().to_string(),
        Err(error) => panic!("{error}"),
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap_or_else(|error| panic!("{error}"))
}
