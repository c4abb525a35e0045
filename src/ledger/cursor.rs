//! Cursors: a place in one of a ledger's streams, as text that only the server reads.
//!
//! ```text
//! version 1 (u8), stream (u8), incarnation (16 bytes), filter (u64),
//! position (u64), instant (i64, the least for none), index (u32), witness (u32), crc32c of all before (u32)
//! ```
//!
//! in big-endian numbers and the alphabet of Base64 for addresses. The witness is the checksum of the stored event at the
//! position: a ledger that was restored from a copy and went on differently is told apart by it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Ledger, LedgerError, Shared};
use crate::domain::{Docket, Instant, Payload, Position, Subject};
use crate::store::ReadLimits;

const VERSION: u8 = 1;
const BYTES: usize = 1 + 1 + 16 + 8 + 8 + 8 + 4 + 4 + 4;

/// Which of a ledger's streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Its events.
    Events,
    /// The changes of its statuses.
    Transitions,
}

/// A place in a stream. Later places are greater, whichever stream it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Everything up to this position has been examined.
    pub position: Position,
    /// Streams that time moves too: everything up to this instant, with what was known at the position.
    pub instant: Option<Instant>,
    /// How many of the messages of one position and instant have been given, where there can be several.
    pub index: u32,
}

impl Place {
    /// The place behind an event.
    pub const fn after(position: Position) -> Self {
        Place { position, instant: None, index: 0 }
    }
}

/// What tells the filter of one subscription from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterDigest(u64);

impl FilterDigest {
    /// The digest of a filter, from bytes that are the same for filters that mean the same.
    pub fn of(canonical: &[u8]) -> Self {
        FilterDigest(u128_of(canonical) as u64)
    }
}

/// What tells two ledgers apart, whatever their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incarnation(u128);

impl Incarnation {
    /// Of a ledger that a docket is of.
    pub(super) fn of(docket: &Docket) -> Self {
        let created = docket.about(&Subject::Ledger).first();
        let said = created.and_then(|event| match &event.submission.payload {
            Payload::LedgerCreated(created) => Some(created.incarnation.as_str()),
            _ => None,
        });
        Incarnation(u128_of(said.unwrap_or_default().as_bytes()))
    }
}

impl Incarnation {
    /// Of a ledger that begins anew with what it had.
    pub(super) fn drawn() -> Self {
        Incarnation(uuid::Uuid::new_v4().as_u128())
    }

    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Incarnation(u128::from_be_bytes(bytes))
    }

    pub(super) const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

fn u128_of(bytes: &[u8]) -> u128 {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, bytes).as_u128()
}

/// A place in one stream of one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Which stream.
    pub stream: Stream,
    /// With which filter.
    pub filter: FilterDigest,
    /// Where.
    pub place: Place,
    incarnation: Incarnation,
    /// The checksum of the stored event at the position; 0 before the first.
    witness: u32,
}

/// Why no stream goes on from a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not a cursor.
    #[error("is not a cursor of this service; send one as a stream or GetCursor gave it, whole and unchanged")]
    Malformed,
    /// A position within a batch that is not in the batch.
    #[error("position {position} is not one that this cursor covers; it stands behind position {covered}")]
    NotCovered {
        /// The position given.
        position: Position,
        /// The cursor's own.
        covered: Position,
    },
    /// Of another stream, or made with another filter.
    #[error("was made {}; send it with what it was made with, or begin anew at a position", match .other_stream {
        true => "by another stream",
        false => "with another filter",
    })]
    OtherFilter {
        /// Whether even the stream is another.
        other_stream: bool,
    },
    /// Of another ledger.
    #[error("is of another ledger, or of an earlier one of this name")]
    OtherLedger,
    /// The ledger holds another event where the cursor stands.
    #[error("does not fit: the event at position {position} is another one than when the cursor was made")]
    OtherHistory {
        /// Where.
        position: Position,
    },
    /// The ledger ends before the cursor's place.
    #[error("stands behind position {position}, but the ledger's head is {head}")]
    BeyondHead {
        /// Where it stands.
        position: Position,
        /// The head as it is.
        head: Position,
    },
}

impl Cursor {
    /// The cursor as clients get it.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend([VERSION, self.stream.number()]);
        bytes.extend(self.incarnation.0.to_be_bytes());
        bytes.extend(self.filter.0.to_be_bytes());
        bytes.extend(self.place.position.get().to_be_bytes());
        bytes.extend(self.place.instant.map_or(i64::MIN, Instant::unix_seconds).to_be_bytes());
        bytes.extend(self.place.index.to_be_bytes());
        bytes.extend(self.witness.to_be_bytes());
        bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What it remembers of the event at its position.
    pub fn witness(&self) -> u32 {
        self.witness
    }

    /// Whether the two are places in one and the same stream.
    pub fn is_comparable(&self, other: &Cursor) -> bool {
        (self.stream, self.filter, self.incarnation) == (other.stream, other.filter, other.incarnation)
    }

    /// Reads a cursor back. Whether it fits a ledger and a filter is for [`Ledger::check_cursor`] to say.
    pub fn decode(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        parse(&bytes).ok_or(CursorError::Malformed)
    }
}

fn parse(bytes: &[u8]) -> Option<Cursor> {
    let (content, checksum) = bytes.split_last_chunk::<4>()?;
    if bytes.len() != BYTES || crc32c::crc32c(content) != u32::from_be_bytes(*checksum) {
        return None;
    }
    let ([VERSION, stream], rest) = content.split_first_chunk::<2>()? else { return None };
    let (incarnation, rest) = rest.split_first_chunk::<16>()?;
    let (filter, rest) = rest.split_first_chunk::<8>()?;
    let (position, rest) = rest.split_first_chunk::<8>()?;
    let (instant, rest) = rest.split_first_chunk::<8>()?;
    let (index, rest) = rest.split_first_chunk::<4>()?;
    let (witness, _) = rest.split_first_chunk::<4>()?;
    let instant = match i64::from_be_bytes(*instant) {
        i64::MIN => None,
        seconds => Some(Instant::from_unix_seconds(seconds).ok()?),
    };
    let position = Position::new(u64::from_be_bytes(*position));
    Some(Cursor {
        stream: Stream::of(*stream)?,
        filter: FilterDigest(u64::from_be_bytes(*filter)),
        place: Place { position, instant, index: u32::from_be_bytes(*index) },
        incarnation: Incarnation(u128::from_be_bytes(*incarnation)),
        witness: u32::from_be_bytes(*witness),
    })
}

impl Stream {
    /// Its number in a cursor, for ever.
    const fn number(self) -> u8 {
        match self {
            Stream::Events => 1,
            Stream::Transitions => 2,
        }
    }

    fn of(number: u8) -> Option<Self> {
        [Stream::Events, Stream::Transitions].into_iter().find(|stream| stream.number() == number)
    }
}

impl Ledger {
    /// The cursor of a place; `witness` is [`witness_of`] the stored event there, or [`Ledger::witness`].
    pub fn cursor(&self, stream: Stream, filter: FilterDigest, place: Place, witness: u32) -> Cursor {
        Cursor { stream, filter, place, incarnation: self.shared.incarnation, witness }
    }

    /// What a cursor at a position remembers of the event there. Blocks on the store.
    pub fn witness(&self, position: Position) -> Result<u32, LedgerError> {
        self.shared.witness(position)
    }

    /// Whether a stream of this ledger can go on from a cursor: it is of this ledger and of the history that this ledger
    /// has. Blocks on the store.
    pub fn check_cursor(&self, cursor: &Cursor) -> Result<Result<(), CursorError>, LedgerError> {
        let (position, head) = (cursor.place.position, self.head());
        if cursor.incarnation != self.shared.incarnation {
            return Ok(Err(CursorError::OtherLedger));
        }
        if position > head {
            return self.hidden().map_or(Ok(Err(CursorError::BeyondHead { position, head })), Err);
        }
        let fits = self.witness(position)? == cursor.witness;
        Ok(if fits { Ok(()) } else { Err(CursorError::OtherHistory { position }) })
    }

    /// Whether a cursor was made for a stream with a filter.
    pub fn check_use(cursor: &Cursor, stream: Stream, filter: FilterDigest) -> Result<(), CursorError> {
        let other_stream = cursor.stream != stream;
        if other_stream || cursor.filter != filter { Err(CursorError::OtherFilter { other_stream }) } else { Ok(()) }
    }
}

impl Shared {
    fn witness(&self, position: Position) -> Result<u32, LedgerError> {
        if position == Position::ORIGIN {
            return Ok(0);
        }
        let after = Position::new(position.get() - 1);
        let page = self.log.read(after, ReadLimits { entries: 1, bytes: 1 })?;
        Ok(page.entries.first().map_or(0, |(_, bytes)| witness_of(bytes)))
    }
}

/// What a cursor remembers of the stored event at its position.
pub fn witness_of(stored: &[u8]) -> u32 {
    crc32c::crc32c(stored)
}
