//! Page tokens: opaque to clients, bound to the question they continue.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::status::Fault;
use crate::domain::{Instant, Position};

/// Entries of a page where the client asks for no number.
pub(super) const SIZE_DEFAULT: usize = 100;
/// The most entries of a page.
pub(super) const SIZE_MAX: usize = 1000;

/// Where the next page begins, and the clocks of the first: later pages answer as the first did, whatever has been
/// recorded since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageToken {
    pub(super) as_of: Instant,
    pub(super) known: Position,
    /// The last name of the page before.
    pub(super) after: String,
}

impl PageToken {
    /// The token as the client gets it; `question` is what the pages have in common.
    pub(super) fn encode(&self, question: &[u8]) -> String {
        let text = format!(
            "1\n{}\n{}\n{}\n{}",
            crc32c::crc32c(question),
            self.as_of.unix_seconds(),
            self.known.get(),
            self.after
        );
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Reads a token back; `None` where the client gave none.
    pub(super) fn decode(token: &str, question: &[u8]) -> Result<Option<Self>, Fault> {
        if token.is_empty() {
            return Ok(None);
        }
        let parsed = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let fields: Vec<&str> = parsed.as_deref().map(|text| text.splitn(5, '\n').collect()).unwrap_or_default();
        let ["1", digest, as_of, known, after] = fields.as_slice() else {
            return Err(foreign());
        };
        if *digest != crc32c::crc32c(question).to_string() {
            let other = "belongs to another question; repeat the request of the first page with this token added";
            return Err(Fault::field("page_token", other));
        }
        let seconds = as_of.parse().ok().and_then(|seconds| Instant::from_unix_seconds(seconds).ok());
        let known = known.parse().ok().map(Position::new);
        match (seconds, known) {
            (Some(as_of), Some(known)) => Ok(Some(PageToken { as_of, known, after: (*after).to_owned() })),
            _ => Err(foreign()),
        }
    }
}

/// The refusal of a token that this server did not make.
pub(super) fn foreign() -> Fault {
    Fault::field("page_token", "is not a token of this server; take next_page_token of the page before")
}

/// How many entries the pages before have given, for lists without names.
pub(super) fn number(after: &str) -> Result<usize, Fault> {
    after.parse().map_err(|_| foreign())
}

/// The number of entries a client gets.
pub(super) fn size(asked: u32) -> Result<usize, Fault> {
    match asked as usize {
        0 => Ok(SIZE_DEFAULT),
        size if size <= SIZE_MAX => Ok(size),
        size => Err(Fault::field("page_size", format!("{size} is more than the {SIZE_MAX} entries a page may have"))),
    }
}

/// Where the next page of a plain list of names begins.
pub(super) struct NameToken;

impl NameToken {
    pub(super) fn encode(after: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("1\n{after}"))
    }

    pub(super) fn decode(token: &str) -> Result<Option<String>, Fault> {
        if token.is_empty() {
            return Ok(None);
        }
        let parsed = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match parsed.as_deref().and_then(|text| text.strip_prefix("1\n")) {
            Some(after) => Ok(Some(after.to_owned())),
            None => Err(foreign()),
        }
    }
}
