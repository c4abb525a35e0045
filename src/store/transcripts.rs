//! Transcripts of spans of a ledger's log, kept outside the engine: a file each, there whole or not at all.
//!
//! They are derived from the log and are as they are found: whoever kept them knows how to tell that they are intact. Each
//! ledger has a directory of its own, named by its number; a file in it is named by the number of its span.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::keys::LedgerNumber;

/// The transcript of a span; `None` where none is kept.
pub(super) fn kept(directory: &Path, ledger: LedgerNumber, span: u64) -> io::Result<Option<Bytes>> {
    match fs::read(of(directory, ledger).join(span.to_string())) {
        Ok(bytes) => Ok(Some(Bytes::from(bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps the transcript of a span in place of the one before.
pub(super) fn keep(directory: &Path, ledger: LedgerNumber, span: u64, transcript: &[u8]) -> io::Result<()> {
    let directory = of(directory, ledger);
    fs::create_dir_all(&directory)?;
    // One that a crash cut short is written over by the next.
    let unfinished = directory.join(format!("{span}.new"));
    let mut file = File::create(&unfinished)?;
    file.write_all(transcript)?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join(span.to_string()))
}

fn of(directory: &Path, ledger: LedgerNumber) -> PathBuf {
    directory.join(ledger.0.to_string())
}
