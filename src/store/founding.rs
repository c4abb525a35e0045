//! A data directory that is there whole or not at all.
//!
//! The store is made in a directory `restoring` within the one it is for, because that may be a mounted file system of its own.
//! Once it is whole, what is in it is moved up, the format file last: a directory without one is no store, so what a crash cuts
//! short is never taken for a whole one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::directory::{FORMAT_FILE, LOCK_FILE, RESTORING, sync_directory};
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
        if !is_new {
            check_empty(directory)?;
        }
        let restoring = directory.join(RESTORING);
        remove_left(&restoring)?;
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

/// Nothing may be there but what a file system or an earlier founding has made.
fn check_empty(directory: &Path) -> Result<(), StoreError> {
    if !directory.is_dir() {
        let why = "it is not a directory".to_owned();
        return Err(StoreError::NotAStore { path: directory.to_owned(), why });
    }
    let failed = StoreError::io_at("read", directory);
    for entry in fs::read_dir(directory).map_err(&failed)? {
        let name = entry.map_err(&failed)?.file_name();
        if name != RESTORING && name != "lost+found" {
            let name = name.to_string_lossy().into_owned();
            return Err(StoreError::NotEmpty { path: directory.to_owned(), name });
        }
    }
    Ok(())
}

fn remove_left(restoring: &Path) -> Result<(), StoreError> {
    if !restoring.exists() {
        return Ok(());
    }
    let lock = restoring.join(LOCK_FILE);
    // Whoever still works on it holds its lock.
    if let Ok(file) = File::options().write(true).open(&lock)
        && file.try_lock().is_err()
    {
        return Err(StoreError::Locked { path: lock });
    }
    fs::remove_dir_all(restoring).map_err(StoreError::io_at("remove what an earlier attempt has left in", restoring))
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
