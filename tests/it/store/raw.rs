//! The engine's own files, behind the store's back.

use std::path::Path;

/// The engine alone. It lets go of its file a moment after it is closed, when its own threads have noticed.
pub(crate) fn reopened(path: &Path) -> sled::Db {
    loop {
        match sled::Config::new().path(path.join("sled")).flush_every_ms(None).open() {
            Ok(database) => return database,
            Err(error) if error.to_string().contains("could not acquire lock") => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// The key of the block of the first ledger whose first entry is at a position.
pub(crate) fn block_key(position: u64) -> [u8; 13] {
    let mut key = [0; 13];
    key[..5].copy_from_slice(&[0, 0, 0, 1, 0]);
    key[5..].copy_from_slice(&position.to_be_bytes());
    key
}
