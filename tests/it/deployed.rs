//! What `deploy/` holds against what the program does.

use std::collections::BTreeSet;
use std::path::Path;

use crate::program::running::Process;

fn deployed(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)).unwrap()
}

/// The counters that a text names, without the endings that Prometheus gives to those of a histogram.
fn counters(text: &str) -> BTreeSet<String> {
    let words =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("entente_"));
    let base = |word: &str| {
        let endings = ["_bucket", "_sum", "_count"];
        endings.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word).to_owned()
    };
    words.map(base).collect()
}

#[test]
fn every_counter_that_an_alert_watches_is_on_the_page() {
    let alerts = deployed("alerts.yml");
    let expressions: String = alerts
        .lines()
        .filter(|line| line.trim_start().starts_with("expr:") || line.trim_start().starts_with("sum by"))
        .collect::<Vec<_>>()
        .join("\n");
    let watched = counters(&expressions);
    assert!(watched.len() >= 6, "{watched:?}");
    let server = Process::start("demo");
    let shown = counters(&server.get("/metrics"));
    let of_webhooks = |name: &&String| name.starts_with("entente_webhook_");
    let absent: Vec<_> = watched.difference(&shown).filter(|name| !of_webhooks(name)).collect();
    assert!(absent.is_empty(), "{absent:?} are not on the page, which has {shown:?}");
    // The demo posts nothing, so those of webhooks are looked for where they are counted.
    let posting = include_str!("../../src/deliver/task.rs");
    for name in watched.iter().filter(of_webhooks) {
        assert!(posting.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn what_is_deployed_starts_the_program_as_it_is() {
    for name in ["entente.service", "Containerfile"] {
        let text = deployed(name);
        assert!(text.contains("/etc/entente/entente.toml") && text.contains("--data-dir"), "{name}");
    }
    let help = String::from_utf8(crate::program::running::run(&["serve", "--help"]).stdout).unwrap();
    let flags = ["entente.service", "Containerfile"].map(deployed).join("\n");
    let started = flags.lines().filter(|line| line.starts_with("ExecStart=") || line.starts_with("CMD "));
    for flag in started.flat_map(|line| line.split([' ', '"', ','])).filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "{flag} is no flag of entente serve");
    }
}
