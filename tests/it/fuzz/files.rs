//! Files that people give: events, items, webhooks, keys.

use std::path::Path;

use entente::deliver::{Secret, Webhooks};
use entente::exchange::event_lines::EventLines;
use entente::exchange::{event_file, items};
use entente::ledger::Keyring;
use entente::proto::json;

use super::campaign::Decoder;
use super::messages;

pub(super) fn decoders() -> Vec<Decoder> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let json_lines = messages::submissions().step_by(29).map(|it| json::to_json(it).unwrap().to_string() + "\n");
    vec![
        Decoder::of_text("file of events", events)
            .valid([
                text("examples/first-act.yaml"),
                text("examples/formal-notice.yaml"),
                text("examples/scenarios/port-fees-back.yaml"),
            ])
            .valid([json_lines.collect::<String>(), "[]".to_owned()])
            .odd(bombs())
            .costing(10),
        Decoder::new("lines of events", event_lines).valid([lines()]).costing(5),
        Decoder::of_text("file of items", |text| match items::parse(text, "items.csv") {
            Ok(items) => !items.is_empty(),
            Err(error) => says("items.csv", &error.to_string()),
        })
        .valid([
            "code,nomenclature,name\n8505.11,HS-2022,magnets\n1201,,soybeans\n",
            "name\nrare earths\n",
            "code;name\n12;\"a; b\"\n",
        ])
        .odd(["code\n".to_owned() + &"1,".repeat(30_000), "code\n".to_owned() + &"\"".repeat(30_001)]),
        webhooks(),
        Decoder::of_text("webhook secret", |text| Secret::parse(text).is_ok())
            .valid(["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]),
        Decoder::printing("file of keys", |text| Keyring::parse(text).ok().map(|it| it.reveal()))
            .valid([Keyring::generate().unwrap().rotated().unwrap().reveal()])
            .costing(2),
    ]
}

/// An error says of which file it is.
fn says(origin: &str, error: &str) -> bool {
    assert!(error.contains(origin) && error.len() > origin.len() + 2, "{error:?}");
    false
}

fn events(text: &str) -> bool {
    match event_file::parse(text, "events.yaml") {
        Ok(submissions) => {
            let lines = submissions.iter().filter_map(|it| json::to_json(it).ok()).map(|it| it.to_string() + "\n");
            let lines: Vec<String> = lines.collect();
            if lines.len() == submissions.len() {
                assert_eq!(event_file::parse(&lines.concat(), "again").unwrap(), submissions);
            }
            true
        }
        Err(error) => says("events.yaml", &error.to_string()),
    }
}

/// Every line is an event or an error that names its line, and nothing is left out.
fn event_lines(bytes: &[u8]) -> bool {
    let given = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    let read: Vec<_> = EventLines::new(bytes).collect();
    assert!(read.len() <= given, "{} from {given} lines", read.len());
    for error in read.iter().filter_map(|line| line.as_ref().err()) {
        assert!(error.to_string().starts_with("line "), "{error}");
    }
    read.iter().all(Result::is_ok)
}

fn lines() -> String {
    use crate::real_ledger::TRUCE;
    let ledger = entente::domain::Slug::parse("us-china").unwrap();
    let some = TRUCE.events.iter().step_by(31).map(|event| entente::wire::event_to_proto(event, &ledger));
    some.map(|event| entente::exchange::event_lines::to_line(&event).unwrap() + "\n").collect()
}

/// The file of webhooks is read with what it names, so each input is written to a folder of its own.
fn webhooks() -> Decoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("webhooks.toml");
    let variable =
        |name: &str| (name == "SECRET").then(|| "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned());
    Decoder::of_text("file of webhooks", move |text| {
        assert!(folder.path().exists());
        std::fs::write(&path, text).unwrap();
        match Webhooks::read(&path, variable) {
            Ok(_) => true,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        }
    })
    .valid([
        "[[webhook]]\nname = \"desk\"\nurl = \"http://127.0.0.1:9000/entente\"\nledger = \"ledgers/us-china\"\nsecret_env = \"SECRET\"\n",
        "[[webhook]]\nname = \"a\"\nurl = \"http://[::1]:9/\"\nledger = \"us-china\"\nsecret_env = \"SECRET\"\ntimeout_seconds = 30\n[webhook.filter]\nparties = [\"US\"]\nfamilies = [\"FAMILY_CLAIMS\"]\n",
        "[[webhook]]\nname = \"b\"\nurl = \"http://h/\"\nledger = \"us-china\"\nsecret_env = \"SECRET\"\n[webhook.transitions]\ncommitments = [\"soybeans\"]\nparties = [\"CN\"]\nlead_days = [1, 30]\n",
        "",
    ])
    .odd(["a=".to_owned() + &"[".repeat(60_000), "[a.".to_owned() + &"a.".repeat(30_000), "a={a=".repeat(10_000)])
    .costing(5)
}

/// Deep, self-referring and multiplying documents.
fn bombs() -> Vec<String> {
    let laughs: String =
        (1..12).map(|n| format!("l{n}: &l{n} [{}]\n", vec![format!("*l{}", n - 1); 9].join(","))).collect();
    vec![
        "[".repeat(60_000),
        "{a: ".repeat(15_000),
        "- ".repeat(30_000),
        "&a [*a]".to_owned(),
        format!("l0: &l0 x\n{laughs}"),
        "? ".repeat(30_000),
        "!!binary ".repeat(5_000),
        "--- \n".repeat(10_000),
        "{\"eventId\":".repeat(6_000),
        format!("note: |{}\n x", "9".repeat(100)),
    ]
}
