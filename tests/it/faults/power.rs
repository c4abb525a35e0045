//! A power cut: an ext4 file system of its own that is shut down without flushing its journal, under a server at work.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Load, Server, Tally, rounds};

/// EXT4_IOC_SHUTDOWN with NOLOGFLUSH: from here on nothing reaches the medium, and what was in memory is gone.
const CUT: &str = "import fcntl,os,struct,sys;\
    fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

/// A file with an ext4 file system in it, mounted for as long as it lives.
pub(super) struct Medium {
    files: tempfile::TempDir,
    /// Ours from beginning to end: one that `mount` takes and gives back each time can be another's in between.
    device: String,
}

impl Medium {
    /// `Err` says why this machine does not permit it.
    pub(super) fn mount() -> Result<Self, String> {
        let files = tempfile::tempdir().map_err(|error| error.to_string())?;
        let image = files.path().join("image");
        done(Command::new("truncate").args(["-s", "96M"]).arg(&image))?;
        done(Command::new("mkfs.ext4").arg("-q").arg(&image))?;
        let device = said(Command::new("losetup").args(["--find", "--show"]).arg(&image))?.trim().to_owned();
        let medium = Medium { files, device };
        std::fs::create_dir(medium.point()).map_err(|error| error.to_string())?;
        medium.mount_again()?;
        Ok(medium)
    }

    pub(super) fn point(&self) -> PathBuf {
        self.files.path().join("mounted")
    }

    /// Where a server keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.point().join("data")
    }

    pub(super) fn mount_again(&self) -> Result<(), String> {
        done(Command::new("mount").arg(&self.device).arg(self.point()))
    }

    pub(super) fn unmount(&self) -> Result<(), String> {
        done(Command::new("umount").arg(self.point()))
    }
}

impl Drop for Medium {
    fn drop(&mut self) {
        // Lazily: a failed test may still hold files, and its failure is what is to be reported.
        drop(Command::new("umount").arg("-l").arg(self.point()).output());
        drop(Command::new("losetup").arg("--detach").arg(&self.device).output());
    }
}

/// Runs a command to its end; `Err` is what it complained of.
pub(super) fn done(command: &mut Command) -> Result<(), String> {
    said(command).map(drop)
}

fn said(command: &mut Command) -> Result<String, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn cut(point: &Path) -> Result<(), String> {
    done(Command::new("python3").args(["-c", CUT]).arg(point))
}

/// Promised: what was acknowledged is on the medium, at its position; what was under way is there whole or not at all; the next
/// start needs no help.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_nothing_acknowledged() {
    let medium = match Medium::mount().and_then(|medium| cut(&medium.point()).map(|()| medium)) {
        Ok(medium) => medium,
        Err(why) => {
            eprintln!("not tested, because no file system can be mounted and shut down here: {why}");
            return;
        }
    };
    medium.unmount().unwrap();
    medium.mount_again().unwrap();
    let mut tally = Tally::of("power cut (ext4 shut down, journal dropped)");
    let mut server = Server::start(&medium.data());
    let mut load = Load::begin(&server).await;
    for round in 0..rounds(6) {
        let after = 5 + 9 * round as usize;
        load.until(&server, after, || cut(&medium.point()).unwrap()).await;
        server.kill();
        medium.unmount().unwrap();
        medium.mount_again().unwrap();
        server = Server::start(&medium.data());
        tally.round(server.opened_in);
        load.check(&server, &mut tally).await;
        load.settle_open(&server).await;
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}
