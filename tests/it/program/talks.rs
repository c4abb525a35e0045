//! `entente shares`, `meetings` and `asks` on the real truce.

use super::running::{Process, stderr, stdout};

fn said(server: &Process, arguments: &[&str]) -> String {
    let output = server.client(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// Lines of an answer without their repeated blanks.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn an_official_zero_stands_beside_the_trackers_barrels() {
    let server = Process::start("demo");
    let text = said(&server, &["shares", "asks/oil-cut", "--as-of", "2026-11-24", "--known-at", "298"]);
    let iran = lines(&text)[5..10].to_vec();
    let expected = [
        "IR 2025-03-01 through 2025-03-31 kpler 13.00 % 13 of 100 pct Kpler INDUSTRY MEDIUM 196",
        "kpler-level 1.37 Mbbl_d 1.37 Mbbl_d Kpler INDUSTRY MEDIUM 197",
        "vortexa-level at least 1.8 Mbbl_d 1.8 Mbbl_d Vortexa INDUSTRY MEDIUM 198",
        "apart kpler-level below vortexa-level: 23.8889 %",
        "IR 2025-06-01 through 2025-06-30 cn-customs 0.00 % 0 of 49.89 Mt General Administration of Customs of China OBLIGOR_OFFICIAL HIGH 192",
    ];
    assert_eq!(iran, expected);
    assert!(lines(&text)[2] == "no ceiling is agreed", "the ask was never agreed: {text}");
    assert!(text.contains("16.74 %"), "8.35 of 49.89 million tonnes of Russian crude: {text}");
    let early = said(&server, &["shares", "asks/oil-cut", "--as-of", "2026-01-15", "--known-at", "298"]);
    assert!(!early.contains("1.86 Mbbl_d"), "January 2026 was not over: {early}");
    let none = server.client(&["shares", "asks/oil-cut", "--known-at", "100"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("as known at position 100"), "{}", stderr(&none));
}

#[test]
fn leaders_meetings_are_counted_held_and_planned_apart() {
    let server = Process::start("demo");
    let count = |as_of: &str, known_at: &str| {
        let text = said(&server, &["meetings", "--as-of", as_of, "--known-at", known_at]);
        let years = lines(&text).into_iter().skip_while(|line| line != "meetings of leaders").skip(1);
        years.collect::<Vec<_>>()
    };
    assert_eq!(
        count("2026-03-20", "2026-03-20"),
        ["2025: 1 held (busan)", "2026: 1 held (call-2026-02), 2 planned (beijing, shenzhen-apec)"]
    );
    assert_eq!(
        count("2026-11-10", "298"),
        ["2025: 1 held (busan)", "2026: 3 held (call-2026-02, beijing, washington), 1 planned (shenzhen-apec)"]
    );
    assert_eq!(
        count("2026-11-24", "298")[1],
        "2026: 3 held (call-2026-02, beijing, washington), 1 no word of (shenzhen-apec)"
    );
    let march = said(&server, &["meetings", "--year", "2026", "--as-of", "2026-03-20", "--known-at", "2026-03-20"]);
    let beijing = march.lines().find(|line| line.contains(" beijing ")).unwrap();
    assert!(beijing.starts_with(" 2026-03-31 through 2026-04-02  MOVED "), "no new days were known: {beijing}");
    let later = said(&server, &["meetings", "--level", "leader", "--as-of", "2026-11-24", "--known-at", "298"]);
    let beijing = later.lines().find(|line| line.contains(" beijing ")).unwrap();
    assert!(beijing.contains("HELD, moved from 2026-03-31 through 2026-04-02"), "{beijing}");
    assert!(!later.contains("MINISTERIAL"), "{later}");
    let json = said(&server, &["meetings", "--year", "2025", "--json", "--as-of", "2026-11-24", "--known-at", "298"]);
    let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "two meetings and a year: {json}");
    assert_eq!(lines[2]["held"][0], "ledgers/us-china/meetings/busan");
}

#[test]
fn asks_of_the_truce_are_open() {
    let server = Process::start("demo");
    let when = ["--as-of", "2026-11-24", "--known-at", "298"];
    let text = said(&server, &[&["asks"], &when[..]].concat());
    assert_eq!(text.lines().filter(|line| line.contains("  open  ")).count(), 7, "{text}");
    let oil = lines(&text).into_iter().find(|line| line.contains(" oil-cut ")).unwrap();
    assert!(oil.starts_with("2026-03-05T05:00Z oil-cut US CN open - paris - 11 "), "{oil}");
    let before = said(&server, &["asks", "--year", "2025", "--as-of", "2026-11-24", "--known-at", "298"]);
    assert_eq!(before.lines().filter(|line| line.contains("  open  ")).count(), 1, "{before}");
    let nobody = said(&server, &[&["asks", "--party", "FR"], &when[..]].concat());
    assert!(nobody.ends_with("no ask matches\n"), "{nobody}");
}
