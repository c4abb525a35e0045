//! Line ends made alike, so that the line numbers of rejected lines are those that an editor shows.

use std::io::{self, BufRead, Read};

/// What a reader gives, without carriage returns and with a line feed at its end.
pub(super) struct LineFeeds<R> {
    inner: R,
    last: u8,
    is_over: bool,
    has_ended: bool,
}

impl<R: BufRead> LineFeeds<R> {
    pub(super) fn of(inner: R) -> Self {
        LineFeeds { inner, last: b'\n', is_over: false, has_ended: false }
    }
}

impl<R> LineFeeds<R> {
    /// Whether the reader was told that there is no more. Every line ends with a line feed, so only a quote that is never
    /// closed makes a record of which the end is not seen before.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}

impl<R: BufRead> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_over && !buffer.is_empty() {
            let bytes = self.inner.fill_buf()?;
            if bytes.is_empty() {
                self.is_over = true;
                if self.last != b'\n' {
                    buffer[0] = b'\n';
                    return Ok(1);
                }
                break;
            }
            let taken = bytes.len().min(buffer.len());
            let mut kept = 0;
            for byte in bytes[..taken].iter().filter(|byte| **byte != b'\r') {
                buffer[kept] = *byte;
                kept += 1;
            }
            self.inner.consume(taken);
            if kept > 0 {
                self.last = buffer[kept - 1];
                return Ok(kept);
            }
        }
        self.has_ended = !buffer.is_empty();
        Ok(0)
    }
}
