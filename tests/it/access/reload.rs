//! The access file and its key sets, read again: what is granted anew holds at once, and what is broken changes nothing.

use std::time::Duration;

use entente::auth::{Access, AccessConfig, Presented};
use entente::clock::Clock;
use entente::domain::Instant;
use entente::store::{Catalog as _, MemoryCatalog};
use serde_json::json;

use super::issued::{Signer, claims, jwks};
use super::world::NOON;

const ISSUER: &str = "[[issuer]]\nname = \"desk\"\nissuer = \"https://id.example.org\"\naudience = \"entente\"\n\
    algorithms = [\"EdDSA\"]\njwks_file = \"jwks.json\"\n";

struct Files {
    directory: tempfile::TempDir,
    access: Access,
}

fn open(access_file: &str, keys: &str) -> Result<Files, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("access.toml");
    std::fs::write(&path, access_file).unwrap();
    std::fs::write(directory.path().join("jwks.json"), keys).unwrap();
    let (clock, _) = Clock::by_hand(Instant::parse(NOON).unwrap());
    let config = AccessConfig { is_required: true, file: Some(path), is_encrypted: false };
    let access = Access::open(MemoryCatalog::default().cells(), clock, &config).map_err(|error| error.to_string())?;
    Ok(Files { directory, access })
}

impl Files {
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.path().join(name), text).unwrap();
    }

    fn proves(&self, jwt: &str) -> bool {
        self.access.prove(Presented { bearer: Some(jwt), certificate: None }).is_ok()
    }
}

#[tokio::test]
async fn a_key_set_that_changes_is_read_and_a_broken_one_is_not_taken() {
    let (old, new) = (Signer::eddsa("old"), Signer::eddsa("a-new-one"));
    let files = open(ISSUER, &jwks(&[&old])).unwrap();
    let (by_old, by_new) = (old.jwt(&claims(&[])), new.jwt(&claims(&[])));
    assert!(files.proves(&by_old) && !files.proves(&by_new));
    assert!(!files.access.reload_if_changed().unwrap(), "nothing has changed");
    let caller = files.access.prove(Presented { bearer: Some(&by_old), certificate: None }).unwrap();
    files.write("jwks.json", "{ not a key set");
    assert!(files.access.reload_if_changed().is_err(), "it is complained of");
    assert!(files.proves(&by_old), "and what was holds");
    assert!(!files.access.reload_if_changed().unwrap(), "once");
    files.write("jwks.json", &jwks(&[&new]));
    assert!(files.access.reload_if_changed().unwrap());
    assert!(files.proves(&by_new) && !files.proves(&by_old), "a JWT that was verified before is not remembered");
    // Streams that the old file let in are told.
    let (clock, _) = Clock::by_hand(Instant::parse(NOON).unwrap());
    tokio::time::timeout(Duration::from_secs(5), caller.over(clock)).await.expect("it is over");
}

#[test]
fn groups_of_an_issuer_grant_what_the_file_says_and_nothing_else() {
    let key = Signer::eddsa("k");
    let text = format!("{ISSUER}claim = \"groups\"\ngroups = {{ trade-desk = [\"recorder@deal\", \"reader@*\"] }}\n");
    let files = open(&text, &jwks(&[&key])).unwrap();
    let mut said = claims(&["operator@*"]);
    said["groups"] = json!(["trade-desk", "everybody", "operator@*"]);
    let jwt = key.jwt(&said);
    let caller = files.access.prove(Presented { bearer: Some(&jwt), certificate: None }).unwrap();
    let grants: Vec<String> = caller.grants().iter().map(|grant| grant.to_string()).collect();
    assert_eq!(grants, ["reader@*", "recorder@deal"]);
}

#[test]
fn what_is_wrong_with_a_file_is_named_by_entry_and_field() {
    let key = jwks(&[&Signer::eddsa("k")]);
    let certificate =
        |identity: &str, grants: &str| format!("[[certificate]]\nidentity = \"{identity}\"\ngrants = [{grants}]\n");
    let issuer = |from: &str, to: &str| ISSUER.replace(from, to);
    let cases = [
        ("user = 1".to_owned(), key.clone(), "unknown field `user`"),
        (certificate("a", "\"owner@deal\""), key.clone(), "certificate 1: grants: \"owner@deal\" is not a grant"),
        (certificate("a", "\"reader\""), key.clone(), "certificate 1: grants: \"reader\" is not a grant"),
        (certificate("", ""), key.clone(), "certificate 1: identity: "),
        (certificate("a", "") + &certificate("a", ""), key.clone(), "certificate 2: identity: \"a\" stands twice"),
        (issuer("EdDSA", "HS256"), key.clone(), "issuer desk: algorithms: \"HS256\" is not taken"),
        (issuer("[\"EdDSA\"]", "[]"), key.clone(), "issuer desk: algorithms: is empty"),
        (issuer("audience = \"entente\"", "audience = \" \""), key.clone(), "issuer desk: audience: is required"),
        (issuer("jwks.json", "nowhere.json"), key.clone(), "nowhere.json: "),
        (format!("{ISSUER}{ISSUER}"), key.clone(), "issuer desk: name: stands twice"),
        (ISSUER.to_owned(), "[]".to_owned(), "issuer desk: jwks_file: "),
        (ISSUER.to_owned(), jwks(&[&Signer::es256("k")]), "has no key of the algorithms that are pinned"),
        (ISSUER.to_owned(), jwks(&[&Signer::eddsa("k"), &Signer::eddsa("k")]), "two keys of the kid \"k\""),
    ];
    for (text, keys, words) in cases {
        let Err(error) = open(&text, &keys) else { panic!("{text} is taken") };
        assert!(error.contains(words), "{words:?} is not in {error:?}");
    }
}

#[test]
fn the_commented_example_is_taken() {
    let example = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/access.toml")).unwrap();
    let files = open(&example, &jwks(&[&Signer::eddsa("ed"), &Signer::es256("ec")])).unwrap();
    drop(files);
}
