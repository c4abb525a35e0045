//! Standard output. A reader that goes away (`| head`) is no fault.

use std::io::{self, Write};

use prost::{Message, Name};

use super::width;
use crate::proto::json;

/// Whoever read standard output, or a pipe, has read enough. The command ends, and ends well; as an error, so that what it
/// has opened is closed on the way.
#[derive(Debug, thiserror::Error)]
#[error("the reader went away")]
pub(super) struct ReaderGone;

/// Writes bytes to standard output.
pub(super) fn write(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(gone)
}

/// Writes text for people: lines that are too long for where it goes are continued below.
pub(super) fn page(text: &str) -> anyhow::Result<()> {
    write(width::folded(text).as_bytes())
}

/// Writes one line of text.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    write(format!("{text}\n").as_bytes())
}

/// Writes one message as one line of JSON.
pub(super) fn json_line<M: Message + Name>(message: &M) -> anyhow::Result<()> {
    line(&json::to_json(message)?.to_string())
}

/// The error of a writer; a reader that has gone away apart.
pub(super) fn gone(error: io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::BrokenPipe { ReaderGone.into() } else { error.into() }
}
