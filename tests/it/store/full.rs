//! A full disk, and room again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use entente::domain::Position;
use entente::store::{Catalog, Log, ReadLimits, StoreError};

use super::{append, assert_whole, cause_of, entry, open};

/// A small file system of its own, as long as it lives.
struct SmallDisk {
    // Taken down before the directory it is mounted on is removed.
    mounted: Mounted,
    _directory: tempfile::TempDir,
}

struct Mounted(PathBuf);

impl SmallDisk {
    /// `Err` says why this machine does not permit it.
    fn mount(mebibytes: u32) -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let size = format!("size={mebibytes}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(directory.path()).output();
        match mount {
            Ok(output) if output.status.success() => {
                Ok(SmallDisk { mounted: Mounted(directory.path().to_owned()), _directory: directory })
            }
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn path(&self) -> &Path {
        &self.mounted.0
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a failed test may still hold files, and its failure is what is to be reported.
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.0.display());
        }
    }
}

/// The same at the seam, which every machine permits, is `a_failed_step_poisons_the_store_until_it_is_recovered`.
#[test]
fn a_full_disk_loses_nothing_and_takes_more_once_there_is_room() {
    let disk = match SmallDisk::mount(40) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("not tested, because no small file system can be mounted here: {why}");
            return;
        }
    };
    let (data, ballast) = (disk.path().join("data"), disk.path().join("ballast"));
    let catalog = open(&data);
    let log = catalog.create("a").expect("a new ledger");
    fs::write(&ballast, vec![7; 20 << 20]).expect("written");

    let acknowledged = fill(&*log);
    assert!(acknowledged > Position::ORIGIN);
    assert!(cause_of(&catalog).contains("no storage space"), "{}", cause_of(&catalog));
    let Err(StoreError::Io { kind: ErrorKind::StorageFull, .. }) = catalog.recover() else {
        panic!("there is no room yet");
    };
    assert_reads_go_on(&*log, acknowledged);

    fs::remove_file(&ballast).expect("removed");
    catalog.recover().expect("recovers");
    assert_whole(&*log, acknowledged);
    for _ in 0..20 {
        append(&*log, 100).expect("appended");
    }
    let head = log.head();
    assert_whole(&*log, head);
    drop((log, catalog));

    let log = open(&data).open("a").expect("there");
    assert_whole(&*log, head);
}

/// What was acknowledged is read and nothing else, but for the last pages that the engine cannot reach while it is
/// poisoned: those are refused as such and not taken for damage.
fn assert_reads_go_on(log: &dyn Log, acknowledged: Position) {
    assert_eq!(log.head(), acknowledged);
    let mut after = Position::ORIGIN;
    while after < acknowledged {
        match log.read(after, ReadLimits { entries: 100, bytes: usize::MAX }) {
            Ok(page) => {
                for (position, found) in page.entries {
                    assert_eq!((position, found), (after.next(), entry(position.get(), 300)));
                    after = position;
                }
            }
            Err(StoreError::Poisoned { .. }) => break,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(after.get() + 18 * 64 >= acknowledged.get(), "read through {after} of {acknowledged}");
    assert_eq!(log.damage(), []);
}

/// Appends until the disk is full, and gives the last acknowledged head.
fn fill(log: &dyn Log) -> Position {
    let mut acknowledged = Position::ORIGIN;
    for count in (1..100).cycle() {
        match append(log, count) {
            Ok(head) => acknowledged = head,
            Err(StoreError::Poisoned { .. }) => break,
            Err(other) => panic!("{other}"),
        }
    }
    acknowledged
}
