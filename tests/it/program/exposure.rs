//! `entente exposure` on the real truce: codes, ranges, materials, and a company's list.

use std::io::Write as _;

use super::running::{Process, entente, run, stderr, stdout, with_input};

const WHEN: [&str; 4] = ["--as-of", "2026-11-24", "--known-at", "298"];

/// A company's list, as a spreadsheet writes it: with a mark of its encoding, columns in another order, and an empty line.
const ITEMS: &str = "\u{feff}Name;Nomenclature;Code\r
\"Magnets; sintered\";;8505.11.00\r
Lutetium oxide;china-tariff;2846901993\r
;;\r
Rare-earth metals;HS-2022;2805.30\r
US accelerators;ECCN;3A090.a\r
Not of the US list;ECCN;1C902\r
Gallium;;\r
Soybeans;;1201\r
Shoes;;640399\r
Lost its zero;;201\r
";

fn exposure(server: &Process, arguments: &[&str]) -> String {
    let output = server.client(&[&["exposure"], arguments, &WHEN].concat());
    let unread = stdout(&output).contains("could not be read");
    assert_eq!(output.status.code(), Some(if unread { 3 } else { 0 }), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// The rows of the first table, each without its repeated blanks.
fn rows(text: &str) -> Vec<String> {
    let squeezed = text.lines().skip(3).take_while(|line| !line.is_empty());
    squeezed.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn codes_ranges_and_materials_find_what_touches_them() {
    let server = Process::start("demo");
    let text = exposure(
        &server,
        &["HTSUS 9903.05.20-9903.05.84", "CHINA-CONTROL:1C902", "ECCN:1C902", "dysprosium", "gallium"],
    );
    let expected = [
        "HTSUS 9903.05.20-9903.05.84 UNDER measures/us-section-301-forced-labour HTSUS 990305",
        "CHINA-CONTROL 1C902 EXACT measures/cn-announcement-18 CHINA-CONTROL 1C902",
        "dysprosium TEXT measures/cn-announcement-18 title",
        "gallium TEXT measures/cn-announcement-46-article-2 title",
        "TEXT commitments/gallium-germanium-suspension title",
        "TEXT commitments/rare-earth-general-licences title",
    ];
    assert_eq!(rows(&text), expected);
    assert!(text.contains("nothing touches (1)\n ECCN 1C902\n"), "China's list is not the US one: {text}");
    let line = text.lines().find(|line| line.starts_with(" cn-announcement-46-article-2 ")).unwrap();
    assert!(line.contains(" no ") && line.contains("2026-11-26T16:00Z (in 2 d)"), "{line}");
}

#[test]
fn whether_a_control_applies_follows_the_truce() {
    let server = Process::start("demo");
    let of = |as_of: &str, known_at: &str, measure: &str| {
        let output = server.client(&["exposure", "--json", "2805", "990303", "--as-of", as_of, "--known-at", known_at]);
        let answer: serde_json::Value = serde_json::from_str(stdout(&output).trim()).unwrap();
        let measures = answer["measures"].as_array().unwrap();
        let name = format!("ledgers/us-china/measures/{measure}");
        measures.iter().find(|it| it["name"] == name.as_str()).unwrap()["inEffect"].as_str().unwrap().to_owned()
    };
    // Announcement 57: suspended; after its last day the texts differ on whether it is back.
    assert_eq!(of("2026-03-01", "2026-03-01", "cn-announcement-57"), "IN_EFFECT_NO");
    assert_eq!(of("2026-11-24", "298", "cn-announcement-57"), "IN_EFFECT_UNKNOWN");
    // Announcement 18 was never suspended.
    assert_eq!(of("2026-03-01", "2026-03-01", "cn-announcement-18"), "IN_EFFECT_YES");
    // The surcharge of Section 122 ran for 150 days.
    assert_eq!(of("2026-07-24T04:00:59Z", "298", "us-section-122-surcharge"), "IN_EFFECT_YES");
    assert_eq!(of("2026-07-24T04:01:00Z", "298", "us-section-122-surcharge"), "IN_EFFECT_NO");
}

#[test]
fn a_companys_list_is_read_from_a_file_or_standard_input() {
    let server = Process::start("demo");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(ITEMS.as_bytes()).unwrap();
    let from_file = exposure(&server, &["--items", file.path().to_str().unwrap()]);
    let mut command = entente(&[&["exposure", "--items", "-"], &WHEN[..]].concat());
    command.env("ENTENTE_SERVER", &server.address);
    assert_eq!(stdout(&with_input(command, ITEMS)), from_file);
    let expected = [
        "CHINA-TARIFF 2846901993 Lutetium oxide EXACT measures/cn-announcement-18 CHINA-TARIFF 2846901993",
        "APPROXIMATE measures/cn-announcement-57 HS-2022 284690",
        "APPROXIMATE commitments/rare-earth-general-licences HS-2022 284690",
        "APPROXIMATE commitments/rare-earth-suspension HS-2022 284690",
        "HS-2022 2805.30 Rare-earth metals EXACT measures/cn-announcement-57 HS-2022 280530",
        "EXACT commitments/rare-earth-general-licences HS-2022 280530",
        "EXACT commitments/rare-earth-suspension HS-2022 280530",
        "APPROXIMATE measures/cn-announcement-18 CHINA-TARIFF 2805301910",
        "ECCN 3A090.a US accelerators UNDER measures/us-h200-rule ECCN 3A090",
        "Gallium TEXT measures/cn-announcement-46-article-2 title",
        "TEXT commitments/gallium-germanium-suspension title",
        "TEXT commitments/rare-earth-general-licences title",
        "1201 Soybeans EXACT measures/cn-farm-duties-of-march-2025 HS-2022 1201",
        "EXACT measures/cn-soybean-duty HS-2022 1201",
        "EXACT measures/cn-soybean-supplier-ban HS-2022 1201",
        "EXACT commitments/cn-farm-duties-end HS-2022 1201",
        "EXACT commitments/soybeans HS-2022 1201",
    ];
    assert_eq!(rows(&from_file), expected);
    let rest = "nothing touches (3)\n 8505.11.00 Magnets; sintered\n ECCN 1C902 Not of the US list\n 640399 Shoes\n";
    assert!(from_file.contains(rest), "{from_file}");
    assert!(from_file.contains("could not be read (1)\n item 9: \"201\" has 3 digits"), "{from_file}");
}

#[test]
fn a_list_longer_than_a_request_is_asked_in_parts_at_the_same_clocks() {
    let server = Process::start("demo");
    let mut lines = "code,name\n".to_owned();
    (0..10_001).for_each(|line| lines.push_str(&format!("640399,shoe {line}\n")));
    lines.push_str("280530,metal\n");
    let mut command = entente(&[&["exposure", "--json", "--items", "-"], &WHEN[..]].concat());
    command.env("ENTENTE_SERVER", &server.address);
    let answer: serde_json::Value = serde_json::from_str(stdout(&with_input(command, &lines)).trim()).unwrap();
    let items = answer["items"].as_array().unwrap();
    assert_eq!((items.len(), items[10_001]["index"].as_u64()), (10_002, Some(10_001)));
    let touched: Vec<usize> = (0..items.len()).filter(|index| !items[*index]["matches"].is_null()).collect();
    assert_eq!(touched, [10_001]);
    assert_eq!(answer["measures"].as_array().unwrap().len(), 2);
}

#[test]
fn a_list_that_is_none_is_refused_with_its_line() {
    let cases = [
        ("article,price\n1,2\n", "needs code or name"),
        ("code,nomenclature\n2805,HS-2022\n2805,CN\n", "line 3: nomenclature: \"CN\" is not one of HS-2022"),
        ("code\n", "has no items"),
    ];
    for (text, why) in cases {
        let output = with_input(entente(&["exposure", "--items", "-"]), text);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    assert_eq!(run(&["exposure"]).status.code(), Some(2), "nothing is asked about");
}
