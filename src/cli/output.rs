//! Standard output. A reader that goes away (`| head`) is no fault.

use std::io::{self, Write};

use prost::{Message, Name};

use crate::proto::json;

/// Writes bytes to standard output.
pub(super) fn write(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        result => Ok(result?),
    }
}

/// Writes one line of text.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    write(format!("{text}\n").as_bytes())
}

/// Writes one message as one line of JSON.
pub(super) fn json_line<M: Message + Name>(message: &M) -> anyhow::Result<()> {
    line(&json::to_json(message)?.to_string())
}
