//! A data directory that is there whole or not at all.
//!
//! The store is made in a directory `restoring` within the one it is for, because that may be a mounted file system of its own.
//! Once it is whole, what is in it is moved up, the format file last: a directory without one is no store, so what a crash cuts
//! short is never taken for a whole one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::directory::{FORMAT_FILE, LOCK_FILE, RESTORING, STORE_NAMES, sync_directory};
use super::{StoreError, SystemDisk};

/// A data directory while its store is made. Dropped before it is complete, it leaves nothing behind.
#[derive(Debug)]
pub struct Founding {
    directory: PathBuf,
    restoring: PathBuf,
    /// The directory was not there before.
    is_new: bool,
    moved: Vec<PathBuf>,
    is_complete: bool,
}

impl Founding {
    /// Begins in an empty directory, or in one that is not there. What an earlier founding that was killed has left is removed.
    /// `NotEmpty` and `Locked` where somebody has put something there.
    pub fn begin(directory: &Path) -> Result<Self, StoreError> {
        let is_new = !directory.exists();
        let restoring = directory.join(RESTORING);
        if !is_new {
            let moved = left_moved(directory)?;
            check_lock(&restoring)?;
            for name in moved {
                remove(&directory.join(name)).map_err(StoreError::io_at("remove what was left in", directory))?;
            }
        }
        remove(&restoring).map_err(StoreError::io_at("remove what was left in", &restoring))?;
        fs::create_dir_all(&restoring).map_err(StoreError::io_at("make", &restoring))?;
        Ok(Founding { directory: directory.to_owned(), restoring, is_new, moved: Vec::new(), is_complete: false })
    }

    /// Where to make the store.
    pub fn path(&self) -> &Path {
        &self.restoring
    }

    /// The store is whole and closed: from here on it is that of the directory. `Ok` promises that it is durable.
    pub fn complete(mut self) -> Result<(), StoreError> {
        self.move_up().map_err(StoreError::io_at("complete the store in", &self.directory))?;
        self.is_complete = true;
        Ok(())
    }

    fn move_up(&mut self) -> io::Result<()> {
        let mut names: Vec<OsString> =
            fs::read_dir(&self.restoring)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        names.sort_by_key(|name| name == FORMAT_FILE);
        for name in names {
            if name == FORMAT_FILE {
                sync_directory(&self.directory, &SystemDisk)?;
            }
            let place = self.directory.join(&name);
            fs::rename(self.restoring.join(&name), &place)?;
            self.moved.push(place);
        }
        fs::remove_dir(&self.restoring)?;
        sync_directory(&self.directory, &SystemDisk)?;
        let above = self.directory.parent().filter(|above| !above.as_os_str().is_empty());
        sync_directory(above.unwrap_or(Path::new(".")), &SystemDisk)
    }
}

impl Drop for Founding {
    fn drop(&mut self) {
        if self.is_complete {
            return;
        }
        let mut left = vec![remove(&self.restoring)];
        // The format file was moved last, so the directory stops being a store first.
        left.extend(self.moved.iter().rev().map(|path| remove(path)));
        if self.is_new {
            left.push(fs::remove_dir(&self.directory));
        }
        if let Some(error) = left.into_iter().find_map(Result::err) {
            tracing::warn!(directory = %self.directory.display(), %error, "an unfinished store is left there; remove it");
        }
    }
}

/// What an earlier founding had moved when it was killed. Nothing else may be there but what a file system has made.
fn left_moved(directory: &Path) -> Result<Vec<OsString>, StoreError> {
    if !directory.is_dir() {
        let why = "it is not a directory".to_owned();
        return Err(StoreError::NotAStore { path: directory.to_owned(), why });
    }
    let failed = StoreError::io_at("read", directory);
    // The format file goes last: as long as it is below, what is above is half a store, and ours.
    let was_moving = directory.join(RESTORING).join(FORMAT_FILE).exists();
    let mut moved = Vec::new();
    for entry in fs::read_dir(directory).map_err(&failed)? {
        let name = entry.map_err(&failed)?.file_name();
        if was_moving && STORE_NAMES.iter().any(|ours| name == *ours) {
            moved.push(name);
        } else if name != RESTORING && name != "lost+found" {
            let name = name.to_string_lossy().into_owned();
            return Err(StoreError::NotEmpty { path: directory.to_owned(), name });
        }
    }
    Ok(moved)
}

/// Whoever still works on a founding holds its lock.
fn check_lock(restoring: &Path) -> Result<(), StoreError> {
    let lock = restoring.join(LOCK_FILE);
    if let Ok(file) = File::options().write(true).open(&lock)
        && file.try_lock().is_err()
    {
        return Err(StoreError::Locked { path: lock });
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .expect("listed")
            .map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_founding_is_there_whole_or_not_at_all() {
        let above = tempfile::tempdir().expect("a directory");
        let directory = above.path().join("data");
        let founding = Founding::begin(&directory).expect("begun");
        fs::write(founding.path().join(FORMAT_FILE), b"format").expect("written");
        fs::create_dir(founding.path().join("sled")).expect("made");
        drop(founding);
        assert!(!directory.exists(), "given up, nothing is left");

        let founding = Founding::begin(&directory).expect("begun");
        fs::write(founding.path().join(FORMAT_FILE), b"format").expect("written");
        fs::create_dir(founding.path().join("sled")).expect("made");
        founding.complete().expect("complete");
        assert_eq!(names(&directory), [FORMAT_FILE, "sled"]);
        let refused = Founding::begin(&directory).expect_err("it is not empty");
        assert!(matches!(refused, StoreError::NotEmpty { .. }), "{refused}");
        assert_eq!(names(&directory), [FORMAT_FILE, "sled"], "what is there is left alone");
    }

    #[test]
    fn what_was_moved_when_a_founding_was_killed_is_removed_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        let left = directory.path().join(RESTORING);
        let half_moved = || {
            fs::create_dir_all(&left).expect("made");
            fs::write(left.join(FORMAT_FILE), b"format").expect("written");
            fs::create_dir(directory.path().join("sled")).expect("made");
            fs::write(directory.path().join("heads"), b"heads").expect("written");
        };
        half_moved();
        drop(Founding::begin(directory.path()).expect("begun"));
        assert_eq!(names(directory.path()), [""; 0]);
        half_moved();
        fs::write(directory.path().join("letter.txt"), b"dear").expect("written");
        let refused = Founding::begin(directory.path()).expect_err("somebody else's file is there");
        assert!(matches!(refused, StoreError::NotEmpty { .. }), "{refused}");
        fs::remove_file(directory.path().join("letter.txt")).expect("removed");
        fs::rename(left.join(FORMAT_FILE), directory.path().join(FORMAT_FILE)).expect("moved");
        let refused = Founding::begin(directory.path()).expect_err("it is a store");
        assert!(matches!(refused, StoreError::NotEmpty { .. }), "{refused}");
        assert_eq!(names(directory.path()), [FORMAT_FILE, "heads", RESTORING, "sled"]);
    }

    #[test]
    fn what_a_killed_founding_left_is_removed_and_what_is_at_work_is_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let left = directory.path().join(RESTORING);
        fs::create_dir(&left).expect("made");
        fs::write(left.join("half"), b"half").expect("written");
        let founding = Founding::begin(directory.path()).expect("begun");
        assert_eq!(names(&left), [""; 0]);
        let lock = File::create(left.join(LOCK_FILE)).expect("made");
        lock.lock().expect("locked");
        let refused = Founding::begin(directory.path()).expect_err("somebody is at work");
        assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
        drop(founding);
        assert_eq!(names(directory.path()), [""; 0], "a directory that was there stays");
    }
}
