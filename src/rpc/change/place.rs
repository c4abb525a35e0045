//! Where a stream begins: the cursors of requests, held against the ledger and the filter.

use tonic::Code;

use super::super::ledger_service::off_thread;
use super::super::status::Fault;
use crate::domain::{Position, Slug};
use crate::ledger::{Cursor, CursorError, FilterDigest, Ledger, Place, Stream};
use crate::proto::v1;

/// Which stream of which ledger, with which filter: what a cursor must have been made for.
#[derive(Debug, Clone)]
pub(in super::super) struct Usage {
    pub(in super::super) ledger: Ledger,
    pub(in super::super) stream: Stream,
    pub(in super::super) filter: FilterDigest,
}

impl Usage {
    /// The cursor at a place of this stream.
    pub(in super::super) fn cursor(&self, place: Place, witness: u32) -> Cursor {
        self.ledger.cursor(self.stream, self.filter, place, witness)
    }

    /// A cursor behind the event at a position; `OutOfRange` beyond the head.
    pub(in super::super) async fn at_position(&self, position: Position) -> Result<Cursor, Fault> {
        let head = self.ledger.head();
        if position > head {
            return Err(self.refuse("position", CursorError::BeyondHead { position, head }).await?);
        }
        let ledger = self.ledger.clone();
        let witness = off_thread(move || ledger.witness(position)).await?;
        Ok(self.cursor(Place::after(position), witness))
    }

    /// The cursor that a request names, in the field given, or a place within its batch.
    pub(in super::super) async fn at_cursor(&self, asked: &v1::CursorPlace, field: &str) -> Result<Cursor, Fault> {
        let cursor = decode(&asked.cursor, &format!("{field}.cursor"))?;
        self.check(&cursor, &format!("{field}.cursor")).await?;
        self.within(cursor, asked.position, &format!("{field}.position")).await
    }

    /// The cursor kept under a name of this ledger.
    pub(in super::super) async fn at_named(&self, name: &str, field: &str) -> Result<Cursor, Fault> {
        let id = cursor_id(&self.ledger, name, field)?;
        let ledger = self.ledger.clone();
        let named = off_thread(move || ledger.named_cursor(&id)).await?;
        let cursor = named.ok_or_else(|| Fault::not_found("cursor", name))?.cursor;
        self.check(&cursor, field).await?;
        Ok(cursor)
    }

    /// A place within the batch of a cursor that was checked.
    pub(in super::super) async fn within(&self, cursor: Cursor, position: u64, field: &str) -> Result<Cursor, Fault> {
        let (position, covered) = (Position::new(position), cursor.place.position);
        if position == Position::ORIGIN || position == covered {
            return Ok(cursor);
        }
        if position > covered || self.stream != Stream::Events {
            return Err(self.refuse(field, CursorError::NotCovered { position, covered }).await?);
        }
        self.at_position(position).await
    }

    /// Whether a cursor is of this ledger, its history, this stream and this filter.
    async fn check(&self, cursor: &Cursor, field: &str) -> Result<(), Fault> {
        let (ledger, given) = (self.ledger.clone(), *cursor);
        let fits = off_thread(move || ledger.check_cursor(&given)).await?;
        match fits.and_then(|()| Ledger::check_use(cursor, self.stream, self.filter)) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.refuse(field, error).await?),
        }
    }

    /// The refusal of a place, with the ways on.
    async fn refuse(&self, field: &str, error: CursorError) -> Result<Fault, Fault> {
        let (code, reason) = match &error {
            CursorError::Malformed | CursorError::NotCovered { .. } => {
                return Ok(Fault::field(field, error.to_string()));
            }
            CursorError::OtherFilter { .. } => (Code::InvalidArgument, "CURSOR_OF_OTHER_FILTER"),
            CursorError::OtherLedger => (Code::OutOfRange, "CURSOR_OF_OTHER_LEDGER"),
            CursorError::OtherHistory { .. } => (Code::OutOfRange, "CURSOR_OF_OTHER_HISTORY"),
            CursorError::BeyondHead { .. } => (Code::OutOfRange, "CURSOR_BEYOND_HEAD"),
        };
        let ledger = self.ledger.clone();
        let (head, witness) = off_thread(move || {
            let head = ledger.head();
            Ok((head, ledger.witness(head)?))
        })
        .await?;
        let way_on = match code {
            Code::OutOfRange => {
                "; start over from earliest_cursor (everything again; event ids tell what was seen) or head_cursor (only \
                 what comes)"
            }
            _ => "",
        };
        Ok(Fault::Told {
            code,
            reason,
            message: format!("{field}: the place {error}{way_on}"),
            metadata: vec![
                ("earliest_cursor", self.cursor(Place::after(Position::ORIGIN), 0).encode()),
                ("head_cursor", self.cursor(Place::after(head), witness).encode()),
                ("head", head.to_string()),
            ],
        })
    }
}

/// Reads a cursor in the field given.
pub(in super::super) fn decode(text: &str, field: &str) -> Result<Cursor, Fault> {
    if text.is_empty() {
        return Err(Fault::field(field, "is required: a cursor as a stream or GetCursor gave it"));
    }
    Cursor::decode(text).map_err(|error| Fault::field(field, error.to_string()))
}

/// The id of a named cursor of a ledger, from its resource name in the field given.
pub(in super::super) fn cursor_id(ledger: &Ledger, name: &str, field: &str) -> Result<Slug, Fault> {
    let form = || {
        let given: String = name.chars().take(100).collect();
        Fault::field(
            field,
            format!("{given:?} is not a resource name of the form ledgers/{}/cursors/{{cursor}}", ledger.name()),
        )
    };
    let id = name.strip_prefix(&format!("ledgers/{}/cursors/", ledger.name())).ok_or_else(form)?;
    Slug::parse(id).map_err(|error| Fault::field(field, error.to_string()))
}
