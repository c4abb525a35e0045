//! `entente verify`, `keys` and `export --bundle`: what they print, and their exit codes.

use std::path::{Path, PathBuf};
use std::process::Output;

use super::running::{Process, run, stderr, stdout};
use crate::store::raw;

const INTACT: Option<i32> = Some(0);
const TAMPERED: Option<i32> = Some(10);
const INCOMPLETE: Option<i32> = Some(11);
const UNKNOWN_KEY: Option<i32> = Some(12);

/// A demo, a place for files, and the key that its ledger is signed with.
struct Demo {
    server: Process,
    files: tempfile::TempDir,
    key: String,
}

impl Demo {
    fn start() -> Self {
        let server = Process::start("demo");
        let keys = stdout(&server.client(&["keys"]));
        let key = keys.split_whitespace().next().unwrap().to_owned();
        Demo { server, files: tempfile::tempdir().unwrap(), key }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn bundle(&self, events: &[&str]) -> PathBuf {
        let file = self.file("bundle.json");
        let mut arguments = vec!["export", "--bundle", text(&file)];
        events.iter().for_each(|event| arguments.extend(["--event", event]));
        let written = self.server.client(&arguments);
        assert!(written.status.success(), "{}", stderr(&written));
        file
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn verified(output: &Output, code: Option<i32>, said: &str) {
    let all = format!("{}{}", stdout(output), stderr(output));
    assert_eq!(output.status.code(), code, "{all}");
    assert!(all.contains(said), "{said:?} is not in {all}");
}

/// Another key of the same name.
fn stranger(key: &str) -> String {
    let name = key.split('+').next().unwrap();
    entente::proof::SecretKey::new(name, [7; 32]).unwrap().verifier().to_string()
}

#[test]
fn a_running_server_is_verified_and_held_to_what_it_said_before() {
    let demo = Demo::start();
    let (key_file, saved) = (demo.file("key"), demo.file("checkpoint"));
    std::fs::write(&key_file, format!("{}\n", demo.key)).unwrap();
    let output = demo.server.client(&["verify", "--key", text(&key_file), "--save", text(&saved)]);
    verified(&output, INTACT, "ledgers/us-china: intact\nsize    298\nroot    ");
    assert!(!stdout(&output).contains("as found there"), "the key came from outside");
    verified(&demo.server.client(&["verify"]), INTACT, "as found there");
    std::fs::write(demo.file("printed"), stdout(&demo.server.client(&["keys"]))).unwrap();
    verified(&demo.server.client(&["verify", "--key", text(&demo.file("printed"))]), INTACT, "intact");

    let example = format!("{}/examples/formal-notice.yaml", env!("CARGO_MANIFEST_DIR"));
    assert!(demo.server.client(&["record", &example]).status.success());
    let output = demo.server.client(&["verify", "--key", &demo.key, "--checkpoint", text(&saved)]);
    verified(&output, INTACT, "continues the checkpoint of 298 events");

    verified(&demo.server.client(&["verify", "--key", &stranger(&demo.key)]), UNKNOWN_KEY, "unknown key");
    let no_key = demo.server.client(&["verify", "--key", "no-such-file"]);
    verified(&no_key, Some(2), "is not a verifier key, nor a file");
    let altered = std::fs::read_to_string(&saved).unwrap().replace("298", "297");
    std::fs::write(&saved, altered).unwrap();
    let output = demo.server.client(&["verify", "--key", &demo.key, "--checkpoint", text(&saved)]);
    verified(&output, TAMPERED, "wrong signature");
    let nobody = run(&["verify", "--server", "http://127.0.0.1:1"]);
    assert_eq!(nobody.status.code(), Some(69));
}

#[test]
fn a_data_directory_is_verified_offline() {
    let demo = Demo::start();
    let key = demo.key.clone();
    let directory = demo.server.stopped();
    let verify = |key: &str| run(&["verify", "--data-dir", text(directory.path()), "--key", key]);
    verified(&verify(&key), INTACT, "size    298");
    verified(&run(&["verify", "--data-dir", text(directory.path())]), INTACT, "as found there");
    verified(&verify(&stranger(&key)), UNKNOWN_KEY, "no signature of key");
    let other = entente::proof::SecretKey::new("entente/other/00", [7; 32]).unwrap().verifier().to_string();
    verified(&verify(&other), UNKNOWN_KEY, "no ledger of the name entente/other/00");
    let named = ["verify", "--data-dir", text(directory.path()), "--ledger", "us-china", "--key", &other];
    verified(&run(&named), UNKNOWN_KEY, "the key is for entente/other/00");
    let missing = run(&["verify", "--data-dir", text(directory.path()), "--ledger", "none"]);
    verified(&missing, Some(1), "has no ledger \"none\"");

    // A block whose bytes were changed: its positions cannot be read.
    crate::store::flip_in_block(directory.path(), 1);
    let output = run(&["verify", "--data-dir", text(directory.path()), "--ledger", "us-china", "--key", &key]);
    verified(&output, INCOMPLETE, "position 1 is missing or cannot be read");
    // No block at all.
    let database = raw::reopened(directory.path());
    database.drop_tree("log").unwrap();
    database.flush().unwrap();
    drop(database);
    verified(&verify(&key), INCOMPLETE, "position 1");
    std::fs::write(directory.path().join("notes"), [9; 8192]).unwrap();
    verified(&verify(&key), TAMPERED, "not intact");
    let nothing = tempfile::tempdir().unwrap();
    verified(&run(&["verify", "--data-dir", text(nothing.path())]), Some(1), "there is no store in it");
    assert_eq!(std::fs::read_dir(nothing.path()).unwrap().count(), 0, "looking does not found a store");
}

#[test]
fn one_event_can_be_given_to_somebody_else() {
    let demo = Demo::start();
    let bundle = demo.bundle(&["70", "293", "70"]);
    let open = |file: &Path, key: &str| run(&["verify", "--bundle", text(file), "--key", key]);
    let output = open(&bundle, &demo.key);
    verified(&output, INTACT, "proved  2 of its events");
    verified(&output, INTACT, "70  2025-11-07T15:59:59Z  CommitmentUndertaken    commitments/rare-earth-suspension");
    verified(&open(&bundle, &stranger(&demo.key)), UNKNOWN_KEY, "no signature");
    verified(&run(&["verify", "--bundle", text(&bundle)]), Some(2), "--key");

    let subject = demo.file("soybeans.json");
    let arguments = ["export", "--bundle", text(&subject), "--subject", "commitments/soybeans"];
    let written = demo.server.client(&arguments);
    assert!(stdout(&written).starts_with("80 events with their proofs"), "{}", stdout(&written));
    assert_eq!(open(&subject, &demo.key).status.code(), INTACT);
    verified(&demo.server.client(&["export", "--bundle", text(&subject)]), Some(1), "say which events");
    let beyond = demo.server.client(&["export", "--bundle", text(&subject), "--event", "9999"]);
    verified(&beyond, Some(1), "there is no event");

    // Another event's proof, another position, another letter.
    let sound = std::fs::read_to_string(&bundle).unwrap();
    let altered = demo.file("altered.json");
    for (from, to, said) in [
        ("\"position\": \"70\"", "\"position\": \"71\"", "position 71"),
        ("\"position\": \"70\"", "\"position\": \"0\"", "position 0"),
        ("\\n298\\n", "\\n299\\n", "wrong signature"),
        ("\"leaf\": \"ChpsZWRn", "\"leaf\": \"ChpsZWRo", "position 70: the event is not what was signed for"),
    ] {
        assert!(sound.contains(from), "{from} in {sound}");
        std::fs::write(&altered, sound.replacen(from, to, 1)).unwrap();
        verified(&open(&altered, &demo.key), TAMPERED, said);
    }
    std::fs::write(&altered, "{}").unwrap();
    verified(&open(&altered, &demo.key), Some(1), "is not a bundle");
}

#[test]
fn no_flipped_byte_of_a_bundle_passes_for_another_event() {
    let demo = Demo::start();
    let sound = std::fs::read_to_string(demo.bundle(&["70"])).unwrap();
    let key = demo.key.parse().unwrap();
    let open = |text: &str| {
        let bundle = entente::exchange::bundle::from_text(text).ok()?;
        entente::exchange::bundle::open(&bundle, &key).ok()
    };
    let expected = open(&sound).unwrap();
    let (mut refused, mut same) = (0, 0);
    for at in 0..sound.len() {
        let mut bytes = sound.clone().into_bytes();
        bytes[at] ^= 1 << (at % 8);
        match String::from_utf8(bytes).ok().and_then(|text| open(&text)) {
            // White space between the parts of the file means nothing.
            Some(found) => {
                assert_eq!(found, expected, "byte {at}");
                same += 1;
            }
            None => refused += 1,
        }
    }
    assert!(refused > 20 * same, "{refused} refused, {same} the same");
}

#[test]
fn a_new_key_takes_over_and_the_old_one_still_verifies() {
    let demo = Demo::start();
    let (key, saved) = (demo.key.clone(), demo.file("checkpoint"));
    assert!(demo.server.client(&["verify", "--save", text(&saved)]).status.success());
    let data_dir = demo.server.directory_path();
    let in_use = run(&["keys", "rotate", "--data-dir", &data_dir]);
    verified(&in_use, Some(1), "in use by another process");
    let directory = demo.server.stopped();
    let rotated = run(&["keys", "rotate", "--data-dir", text(directory.path())]);
    verified(&rotated, INTACT, "took over at position 299");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(directory.path().join("secret")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "nobody else may read the key");

    let server = Process::start_in("serve", directory);
    let keys = stdout(&server.client(&["keys"]));
    assert_eq!(keys.lines().count(), 2, "{keys}");
    assert!(keys.lines().all(|line| line.contains("  signs, ")), "{keys}");
    let output = server.client(&["verify", "--key", &key, "--checkpoint", text(&saved)]);
    verified(&output, INTACT, "continues the checkpoint of 298 events");
    let read = stdout(&server.client(&["read", "--after", "297"]));
    let times: Vec<&str> = read.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(times.len(), 2, "{read}");
    assert_eq!(times[0], times[1], "a replayed history may still go on from where it was: {read}");
    let json: serde_json::Value = serde_json::from_str(stdout(&server.client(&["keys", "--json"])).trim()).unwrap();
    assert_eq!(json["keys"][1]["sincePosition"], "299");
}

#[test]
fn a_key_file_from_elsewhere_signs() {
    let directory = tempfile::tempdir().unwrap();
    let key = entente::proof::SecretKey::new("entente", [3; 32]).unwrap();
    let file = directory.path().join("key");
    std::fs::write(&file, format!("{}\n", key.reveal())).unwrap();
    let server = Process::start_with("serve", tempfile::tempdir().unwrap(), &["--key-file", text(&file)]);
    assert!(server.client(&["create", "deal", "--title", "A deal"]).status.success());
    let printed = stdout(&server.client(&["keys"]));
    let verifier: entente::proof::VerifierKey = printed.split_whitespace().next().unwrap().parse().unwrap();
    assert_eq!(verifier.bytes(), key.verifier().bytes());
    assert_eq!(server.client(&["verify", "--key", &verifier.to_string()]).status.code(), INTACT);
    let data = server.stopped();
    assert!(!data.path().join("secret").exists(), "no key is made where one was given");

    std::fs::write(&file, "no key\n").unwrap();
    let refused =
        run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(data.path()), "--key-file", text(&file)]);
    verified(&refused, Some(64), "line 1 is not a secret key");
    assert!(!stderr(&refused).contains("no key\n"), "what may be a secret is not echoed");
}

#[test]
fn a_backup_takes_the_place_of_no_other_file() {
    let demo = Demo::start();
    let (precious, backup) = (demo.file("precious"), demo.file("backup"));
    std::fs::write(&precious, "dear").unwrap();
    let output = demo.server.client(&["backup", text(&precious)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is there already and is no backup"), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "dear");
    for _ in 0..2 {
        let output = demo.server.client(&["backup", text(&backup)]);
        assert!(output.status.success(), "an older backup is replaced: {}", stderr(&output));
    }
}
