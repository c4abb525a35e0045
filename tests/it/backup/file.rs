//! The file of a backup: nothing that is not sound passes for one.

use entente::exchange::backup::BackupError;
use entente::proto::v1;
use v1::backup_part::Part;

use super::{parts, read, with_statements, written};
use crate::server::TestServer;

/// A small sound backup of two ledgers, as parts and as a file.
async fn sound() -> (Vec<v1::BackupPart>, Vec<u8>) {
    let server = TestServer::in_memory().await;
    with_statements(&server, "deal", 2).await;
    with_statements(&server, "other", 0).await;
    let parts = parts(&server, "", 0).await.unwrap();
    let (bytes, _) = written(&parts).unwrap();
    server.stop().await.unwrap();
    (parts, bytes)
}

#[tokio::test]
async fn no_flipped_byte_of_a_backup_passes() {
    let (_, bytes) = sound().await;
    read(&bytes).expect("sound");
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let error = read(&flipped).expect_err("a flipped bit was not seen");
        let is_named = error.is_incomplete() || matches!(error, BackupError::NotABackup | BackupError::Newer(_));
        assert!(is_named, "byte {at}: {error}");
    }
}

#[tokio::test]
async fn a_backup_that_is_cut_short_or_goes_on_does_not_pass() {
    let (_, bytes) = sound().await;
    for end in (0..40).chain((40..bytes.len()).step_by(7)).chain(bytes.len() - 20..bytes.len()) {
        let error = read(&bytes[..end]).expect_err("a part passed for the whole");
        assert!(error.is_incomplete() || matches!(error, BackupError::NotABackup), "{end} bytes: {error}");
    }
    let error = read(&[&bytes[..], &[0]].concat()).expect_err("it goes on");
    assert!(matches!(error, BackupError::BehindEnd(at) if at == bytes.len() as u64), "{error}");
    let newer = [b"entente backup 2\n", &bytes[17..]].concat();
    assert_eq!(
        read(&newer).unwrap_err().to_string(),
        "is a backup of format 2, but this release reads format 1; use the release that wrote it"
    );
    for foreign in [&b""[..], b"entente", b"entente backup \n", b"entente backup 1", b"PK\x03\x04 something else"] {
        assert!(matches!(read(foreign), Err(BackupError::NotABackup)), "{foreign:?}");
    }
}

#[tokio::test]
async fn what_is_damaged_is_named_by_position() {
    let (parts, bytes) = sound().await;
    // Where the events of the first ledger are: behind its start and the ledger itself.
    let (before, _) = written_until(&parts, 2);
    let mut damaged = bytes.clone();
    damaged[before + 20] ^= 1;
    let error = read(&damaged).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("is damaged at byte {before}, where position 1 of ledgers/deal should be; take another copy of it")
    );
    let error = read(&bytes[..before]).unwrap_err();
    assert!(error.to_string().starts_with("ends before position 1 of ledgers/deal"), "{error}");
}

/// How long the file is up to a part, and the file up to there.
fn written_until(parts: &[v1::BackupPart], end: usize) -> (usize, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut writer = entente::exchange::backup::Writer::new(&mut bytes, Box::new(|_| Vec::new())).unwrap();
    parts[..end].iter().for_each(|part| writer.write(part.clone()).unwrap());
    drop(writer);
    (bytes.len(), bytes)
}

#[tokio::test]
async fn parts_that_do_not_belong_together_do_not_pass() {
    let (sound, _) = sound().await;
    written(&sound).expect("sound");
    let edit = |change: &dyn Fn(&mut Vec<v1::BackupPart>)| {
        let mut parts = sound.clone();
        change(&mut parts);
        written(&parts).map(drop).expect_err("unsound parts passed")
    };
    for left_out in 0..sound.len() {
        edit(&|parts| drop(parts.remove(left_out)));
        edit(&|parts| {
            let twice = parts[left_out].clone();
            parts.insert(left_out, twice);
        });
    }
    let events = |parts: &mut Vec<v1::BackupPart>, change: &dyn Fn(&mut v1::BackupEntries)| match &mut parts[2].part {
        Some(Part::Entries(events)) => change(events),
        other => panic!("{other:?}"),
    };
    let altered = edit(&|parts| events(parts, &|it| it.entries[3][40] ^= 1));
    assert!(altered.is_tampering(), "{altered}");
    assert!(altered.to_string().starts_with("ledgers/deal: the 8 events are not what was signed for"), "{altered}");
    assert!(edit(&|parts| events(parts, &|it| it.entries.swap(2, 3))).is_tampering());
    let short = edit(&|parts| events(parts, &|it| drop(it.entries.pop())));
    assert_eq!(
        short.to_string(),
        "ends before position 8 of ledgers/deal; it was cut short, or the backup was; take another copy of it"
    );
    let of_ledger = |change: &dyn Fn(&mut v1::BackupLedger)| {
        edit(&|parts| match &mut parts[1].part {
            Some(Part::Ledger(ledger)) => change(ledger),
            other => panic!("{other:?}"),
        })
    };
    assert!(of_ledger(&|it| it.checkpoint = it.checkpoint.replace("\n8\n", "\n9\n")).is_tampering());
    assert!(matches!(of_ledger(&|it| it.verifier_keys.clear()), BackupError::NoKey(_)));
    let stranger = |it: &v1::BackupLedger| {
        let name = it.verifier_keys[0].split('+').next().unwrap().to_owned();
        entente::proof::SecretKey::new(&name, [7; 32]).unwrap().verifier().to_string()
    };
    assert!(of_ledger(&|it| it.verifier_keys = vec![stranger(it)]).is_unknown_key());
    assert!(matches!(of_ledger(&|it| it.verifier_keys = vec!["no key".to_owned()]), BackupError::Key { .. }));
}
