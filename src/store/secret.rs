//! The file of a secret: nobody but its owner may read it, and it is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::directory::sync_directory;
use super::{Disk, StoreError};

/// The secret, or `None` where none was kept yet.
pub(super) fn read(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read(path) {
        // What is no text is a damaged secret, which is for its reader to say.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io_at("read", path)(error)),
    }
}

/// Keeps a secret in place of the one before.
pub(super) fn keep(path: &Path, secret: &str, disk: &dyn Disk) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    let keeping = || {
        // One that a crash left behind may have other rights.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = for_owner_only(&new)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_directory(path.parent().unwrap_or(Path::new(".")), disk)
    };
    keeping().map_err(StoreError::io_at("keep the secret in", path))
}

fn for_owner_only(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
