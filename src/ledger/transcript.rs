//! Transcripts of a ledger's log: what lets it open without reading all of its log.
//!
//! A transcript holds the events of one span of positions in a form that is read fast. It is derived, and holds nothing that
//! the log does not. It begins with a note, signed with the ledger's key, that says of which ledger and which events it is,
//! the root of the tree up to the last of them, and the hash of what follows; it is taken only where all of that is so of
//! the ledger that is opened. Else the span is read from the log, and transcribed again.

use std::sync::Arc;

use bytes::Bytes;

use super::history::decode;
use super::kept_tree::{self, KeptTree};
use super::keyring::Keyring;
use super::{LedgerError, proofs};
use crate::domain::{Event, Payload, Position, Slug};
use crate::proof::{Edge, Hash, Prover, SecretKey, SignedNote, VerifierKey};
use crate::store::{Log, ReadLimits};
use crate::wire::{self, StoredReader};

/// How many events a span has. The rest behind the last whole span is read from the log at each start, in some
/// hundredths of a second; a transcript has about 2 MB.
pub(super) const SPAN: u64 = 32_768;
/// What a note says first, so that it is none of another kind.
const TITLE: &str = "entente transcript";
/// The longest note.
const NOTE_BYTES_MAX: usize = 4096;

/// What the transcripts of a ledger that is opened are held against.
pub(super) struct Transcripts<'l> {
    log: &'l dyn Log,
    origin: String,
    keys: Vec<VerifierKey>,
    edge: Edge,
}

/// Why a transcript is not taken.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("it cannot be read: {0}")]
    Store(#[from] LedgerError),
    #[error("it does not begin with a note")]
    NoNote,
    #[error("no key of this ledger signed it")]
    Unsigned,
    #[error("it is not what was signed, or not of this log")]
    Other,
    #[error(transparent)]
    Form(#[from] wire::NotATranscript),
}

impl<'l> Transcripts<'l> {
    /// Those of a log, where there can be any: none without a key to check them with, nor where the log is damaged.
    pub(super) fn of(log: &'l dyn Log, ledger: &Slug, keyring: &Keyring) -> Option<Self> {
        if log.head().get() < SPAN || !log.damage().is_empty() {
            return None;
        }
        let origin = origin_in(log, ledger)?;
        let keys = keyring.verifiers(&origin).ok().filter(|keys| !keys.is_empty())?;
        let edge = kept_tree::edge_at(log, log.head().get()).ok()?;
        Some(Transcripts { log, origin, keys, edge })
    }

    /// The events of a span; `None` where no transcript of it is kept, or what is kept is not to be trusted.
    pub(super) fn events(&self, span: u64, reader: &mut StoredReader<'_>) -> Option<Vec<Arc<Event>>> {
        let kept = self.log.transcript(span);
        let read = kept.map_err(|error| Unfit::Store(error.into())).and_then(|kept| match kept {
            Some(kept) => self.read(span, &kept, reader).map(Some),
            None => Ok(None),
        });
        read.unwrap_or_else(|unfit| {
            tracing::warn!(origin = self.origin, span, %unfit, "a transcript is not taken; its events are read from the log");
            None
        })
    }

    fn read(&self, span: u64, kept: &Bytes, reader: &mut StoredReader<'_>) -> Result<Vec<Arc<Event>>, Unfit> {
        let (note, body) = parts(kept).ok_or(Unfit::NoNote)?;
        let note = SignedNote::parse(note).map_err(|_| Unfit::NoNote)?;
        let signed = self.keys.iter().find_map(|key| note.verified(key).ok()).ok_or(Unfit::Unsigned)?;
        let tree = KeptTree { log: self.log, edge: &self.edge };
        let root = Prover::new(&tree).root(last_of(span).get())?;
        if signed != claim(&self.origin, span, root, body) {
            return Err(Unfit::Other);
        }
        let events = reader.transcript(body)?;
        let is_whole = events.len() as u64 == SPAN && events.last().is_some_and(|it| it.position == last_of(span));
        if is_whole { Ok(events) } else { Err(Unfit::Other) }
    }
}

/// Makes the transcript of the events of a span and keeps it.
pub(super) fn keep(
    log: &dyn Log,
    ledger: &Slug,
    (origin, key, edge): (&str, &SecretKey, &Edge),
    events: &[Arc<Event>],
) -> Result<(), LedgerError> {
    let Some(last) = events.last() else { return Ok(()) };
    let span = span_of(last.position);
    let body = wire::transcribe(events, ledger);
    let root = Prover::new(&KeptTree { log, edge }).root(last.position.get())?;
    let note = SignedNote::sign(&claim(origin, span, root, &body), &[key]).to_string();
    let length = u32::try_from(note.len()).expect("a note has some hundred bytes").to_be_bytes();
    Ok(log.keep_transcript(span, &[&length, note.as_bytes(), &body].concat())?)
}

/// The number of the span that holds a position, from 0.
pub(super) fn span_of(position: Position) -> u64 {
    position.get().saturating_sub(1) / SPAN
}

/// The last position of a span.
fn last_of(span: u64) -> Position {
    Position::new((span + 1) * SPAN)
}

/// What is signed. No checkpoint has these lines, so that neither passes for the other.
fn claim(origin: &str, span: u64, root: Hash, body: &[u8]) -> String {
    let (first, last) = (span * SPAN + 1, last_of(span));
    format!("{TITLE}\n{origin}\nevents {first} to {last}\n{root}\n{}\n", Hash::of_leaf(body))
}

/// The note and what follows it.
fn parts(kept: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = kept.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|length| *length <= NOTE_BYTES_MAX)?;
    let (note, body) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(note).ok()?, body))
}

/// The origin of a ledger, as the first event of its log says it.
fn origin_in(log: &dyn Log, ledger: &Slug) -> Option<String> {
    let page = log.read(Position::ORIGIN, ReadLimits { entries: 1, bytes: 1 }).ok()?;
    let (position, stored) = page.entries.first()?;
    let event = super::history::to_domain(&decode(*position, stored.as_ref()).ok()?, ledger).ok()?;
    match &event.submission.payload {
        Payload::LedgerCreated(created) => Some(proofs::origin(ledger, &created.incarnation.to_string())),
        _ => None,
    }
}
