//! The house, held against its own plan: which room uses which, how long a file may be, what must not occur.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use of the others; the table of ARCHITECTURE.md. There is no circle.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("views", &["domain"]),
    ("proto", &[]),
    ("clock", &["domain"]),
    ("proof", &[]),
    ("wire", &["domain", "views", "proto"]),
    ("exchange", &["domain", "views", "proto", "proof", "wire"]),
    ("store", &["domain"]),
    ("auth", &["domain", "clock", "store"]),
    ("ledger", &["domain", "views", "proto", "proof", "wire", "store", "clock"]),
    ("client", &["domain", "proto", "proof", "wire"]),
    ("rpc", &["domain", "views", "proto", "proof", "wire", "exchange", "clock", "auth", "ledger"]),
    ("web", &["domain", "views", "proto", "wire", "exchange", "clock", "auth", "ledger"]),
    ("deliver", &["domain", "views", "proto", "wire", "exchange", "ledger"]),
    (
        "serve",
        &[
            "domain", "views", "proto", "proof", "wire", "exchange", "store", "clock", "auth", "ledger", "rpc", "web",
            "deliver",
        ],
    ),
    ("cli", &["domain", "proto", "proof", "wire", "exchange", "store", "clock", "auth", "ledger", "client", "serve"]),
];

/// Words that must not occur in a room, and why.
const ABSENT: &[(&str, &[&str], &str)] = &[
    (
        "domain",
        &["f32", "f64", "SystemTime", "::now()", "async ", "std::fs", "std::net"],
        "the domain is pure and exact",
    ),
    ("views", &["f32", "f64", "SystemTime", "::now()", "async ", "std::fs", "std::net"], "views are pure and exact"),
    (
        "wire",
        &["f32", "f64", "SystemTime", "::now()", "async ", "std::fs", "std::net"],
        "conversions are pure and exact",
    ),
    (
        "proof",
        &["f32", "f64", "SystemTime", "::now()", "async ", "std::fs", "std::net", "getrandom"],
        "what a proof says follows from bytes alone",
    ),
    ("ledger", &["sled::", "tonic::"], "a ledger knows neither an engine nor a protocol"),
    ("rpc", &["sled::", "std::fs"], "services know no engine and no files"),
];

const FILE_LINES_MAX: usize = 500;

#[test]
fn every_room_uses_only_what_its_row_of_the_table_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room_of(&path) else { continue };
        let may_use = *allowed.get(room.as_str()).unwrap_or_else(|| panic!("src/{room} is not in the table of rooms"));
        for used in rooms_used(&text) {
            if used != room && !may_use.contains(&used.as_str()) {
                wrong.push(format!("{}: uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "the table of rooms does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_of_rooms_has_no_circle() {
    // Each room may only use rooms that stand in the table already or later in dependency order.
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, uses)| (*room, uses.iter().copied().collect())).collect();
    let mut built: BTreeSet<&str> = BTreeSet::new();
    while built.len() < allowed.len() {
        let next = allowed.iter().find(|(room, uses)| !built.contains(*room) && uses.is_subset(&built));
        let (room, _) = next.unwrap_or_else(|| panic!("a circle among the rooms outside {built:?}"));
        built.insert(room);
    }
}

#[test]
fn the_table_of_rooms_is_the_one_in_the_architecture_page() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (room, uses) in ROOMS {
        let listed = if uses.is_empty() { "-".to_owned() } else { uses.join(", ") };
        let row_ends = format!("| {listed} |");
        let found = page.lines().any(|line| line.starts_with(&format!("| {room} |")) && line.ends_with(&row_ends));
        assert!(found, "ARCHITECTURE.md has no row for {room} ending in {row_ends:?}");
    }
}

#[test]
fn no_file_is_longer_than_it_may_be_and_each_says_what_it_is() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            if lines > FILE_LINES_MAX {
                wrong.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", path.display()));
            }
            if !text.starts_with("//!") {
                wrong.push(format!("{}: does not begin with what it is (//!)", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_say_something() {
    let empty = ["mod", "util", "utils", "helper", "helpers", "common", "misc", "types", "prelude"];
    for folder in ["src", "tests"] {
        for (path, _) in sources(folder) {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            assert!(!empty.contains(&stem), "{}: a name that says nothing", path.display());
        }
    }
}

#[test]
fn what_must_be_absent_is_absent() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room_of(&path) else { continue };
        for (index, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (_, words, why) in ABSENT.iter().filter(|(of, _, _)| *of == room) {
                for word in words.iter().filter(|word| code.contains(**word)) {
                    wrong.push(format!("{}:{}: {word:?}: {why}", path.display(), index + 1));
                }
            }
            if room != "rpc" && code.contains("Status::") && code.contains("tonic") {
                wrong.push(format!("{}:{}: a gRPC status is made in rpc/status.rs alone", path.display(), index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_status_is_made_in_one_file() {
    let makers =
        ["Status::new(", "Status::with_", "Status::internal(", "Status::invalid_argument(", "Status::not_found("];
    for (path, text) in sources("src") {
        let is_the_one = path.ends_with("rpc/status.rs");
        let makes = text.lines().any(|line| makers.iter().any(|maker| line.contains(maker)));
        assert!(is_the_one || !makes, "{}: makes a gRPC status; rpc/status.rs does that", path.display());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under a folder of the project, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found
}

/// The room a file is in; none for lib.rs and main.rs.
fn room_of(path: &Path) -> Option<String> {
    let first = path.components().nth(1)?.as_os_str().to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib" && room != "main").then(|| room.to_owned())
}

/// The rooms that a text names after `crate::`, alone or in braces.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if ROOMS.iter().any(|(room, _)| *room == name) {
                used.insert(name);
            }
        }
    }
    used
}
