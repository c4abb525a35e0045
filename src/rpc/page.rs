//! Page tokens: opaque to clients, bound to the question they continue, and sealed: what a client has made or changed is
//! not taken for one, since it could leave entries out without a word.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;

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
        let text = format!("{}\n{}\n{}", self.as_of.unix_seconds(), self.known.get(), self.after);
        SEAL.put_on(&text, question)
    }

    /// Reads a token back; `None` where the client gave none.
    pub(super) fn decode(token: &str, question: &[u8]) -> Result<Option<Self>, Fault> {
        let Some(text) = SEAL.take_off(token, question)? else { return Ok(None) };
        let fields: Vec<&str> = text.splitn(3, '\n').collect();
        let [as_of, known, after] = fields.as_slice() else { return Err(foreign()) };
        let seconds = as_of.parse().ok().and_then(|seconds| Instant::from_unix_seconds(seconds).ok());
        let known = known.parse().ok().map(Position::new);
        match (seconds, known) {
            (Some(as_of), Some(known)) => Ok(Some(PageToken { as_of, known, after: (*after).to_owned() })),
            _ => Err(foreign()),
        }
    }
}

/// Where the next page of a plain list of names begins.
pub(super) struct NameToken;

impl NameToken {
    pub(super) fn encode(after: &str) -> String {
        SEAL.put_on(after, b"")
    }

    pub(super) fn decode(token: &str) -> Result<Option<String>, Fault> {
        SEAL.take_off(token, b"")
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

/// The seal of this run of the server.
static SEAL: LazyLock<Seal> = LazyLock::new(Seal::draw);

/// The version of the form of tokens: a mark, the run, the question, the seal, and what is said.
const FORM: u8 = 2;
const MARKS: usize = 1 + 4 * 8;

/// Random keys, drawn anew at each start and known to nobody. Two hashes keyed apart (SipHash, which was made to tell what
/// is genuine) are 128 bits: a token is found to be changed, and cannot be made without the keys.
#[derive(Debug)]
struct Seal {
    keys: [RandomState; 2],
    /// By which a token of another run is known from one that nobody made.
    run: u64,
}

impl Seal {
    fn draw() -> Self {
        let keys = [RandomState::new(), RandomState::new()];
        let run = RandomState::new().hash_one(());
        Seal { keys, run }
    }

    fn put_on(&self, text: &str, question: &[u8]) -> String {
        let of_question = self.mark(0, &[question]);
        let seal = self.seal(of_question, text);
        let mut token = vec![FORM];
        for mark in [self.run, of_question, seal[0], seal[1]] {
            token.extend(mark.to_be_bytes());
        }
        token.extend(text.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    fn take_off(&self, token: &str, question: &[u8]) -> Result<Option<String>, Fault> {
        if token.is_empty() {
            return Ok(None);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| foreign())?;
        if bytes.len() < MARKS || bytes[0] != FORM {
            return Err(foreign());
        }
        let (marks, text) = bytes.split_at(MARKS);
        let mark = |index: usize| marks[1 + index * 8..][..8].iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte));
        if mark(0) != self.run {
            let other = "is of another run of the server; begin again with the first page";
            return Err(Fault::field("page_token", other));
        }
        let text = std::str::from_utf8(text).map_err(|_| foreign())?;
        if [mark(2), mark(3)] != self.seal(mark(1), text) {
            return Err(foreign());
        }
        if mark(1) != self.mark(0, &[question]) {
            let other = "belongs to another question; repeat the request of the first page with this token added";
            return Err(Fault::field("page_token", other));
        }
        Ok(Some(text.to_owned()))
    }

    fn seal(&self, of_question: u64, text: &str) -> [u64; 2] {
        [0, 1].map(|key| self.mark(key, &[&of_question.to_be_bytes(), text.as_bytes()]))
    }

    fn mark(&self, key: usize, parts: &[&[u8]]) -> u64 {
        let mut hasher = self.keys[key].build_hasher();
        for part in parts {
            hasher.write(part);
        }
        // How many parts there are tells a question from a text.
        hasher.write_usize(parts.len());
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_was_changed_in_any_bit_is_none() {
        let seal = Seal::draw();
        let token = seal.put_on("1763942400\n298\nsoybeans", b"the board");
        assert_eq!(seal.take_off(&token, b"the board").ok().flatten().as_deref(), Some("1763942400\n298\nsoybeans"));
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(seal.take_off(&URL_SAFE_NO_PAD.encode(changed), b"the board").is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            let cut = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert!(length == 0 || seal.take_off(&cut, b"the board").is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_token_of_another_run_or_question_says_so() {
        let why = |fault: Result<Option<String>, Fault>| match fault {
            Err(Fault::Fields(fields)) => fields[0].1.clone(),
            other => panic!("{other:?}"),
        };
        let (one, other) = (Seal::draw(), Seal::draw());
        let token = one.put_on("a", b"q");
        assert!(why(other.take_off(&token, b"q")).starts_with("is of another run of the server; begin again"));
        assert!(why(one.take_off(&token, b"r")).starts_with("belongs to another question"));
        assert!(why(one.take_off("made-up", b"q")).starts_with("is not a token of this server"));
    }
}
