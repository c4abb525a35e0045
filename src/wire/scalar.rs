//! Reading single values: texts, ids, days, numbers, instants, names.

use prost_types::Timestamp;

use crate::domain::{
    Collection, Day, Decimal, EventId, Instant, Party, Slug, Subject, Text, Unit, ValueError, Window, Zone,
};

use super::at::At;
use super::spell::instant_from_proto;
use super::violation::Reason;
use super::word::Word;

/// A hundred years: far beyond any term, and near enough that no calendar arithmetic reaches its edge.
const DAYS_MAX: u32 = 36_525;

impl At<'_> {
    /// A value in a string that must not be empty.
    fn given<T>(&self, text: &str, expected: &str, parse: impl FnOnce(&str) -> Result<T, ValueError>) -> Option<T> {
        if text.is_empty() { self.missing(expected) } else { self.checked(parse(text)) }
    }

    /// A value in a string where empty means absent.
    fn maybe<T>(&self, text: &str, parse: impl FnOnce(&str) -> Result<T, ValueError>) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.checked(parse(text)).map(Some) }
    }

    pub(super) fn text(&self, text: &str) -> Option<Text> {
        self.given(text, "a text", |text| self.pooled_text(text))
    }

    pub(super) fn optional_text(&self, text: &str) -> Option<Option<Text>> {
        self.maybe(text, |text| self.pooled_text(text))
    }

    pub(super) fn slug(&self, text: &str) -> Option<Slug> {
        self.given(text, "an identifier of a-z, 0-9, '-' and '_'", |text| self.pooled_slug(text))
    }

    pub(super) fn optional_slug(&self, text: &str) -> Option<Option<Slug>> {
        self.maybe(text, |text| self.pooled_slug(text))
    }

    pub(super) fn day(&self, text: &str) -> Option<Day> {
        self.given(text, "a day, written YYYY-MM-DD", Day::parse)
    }

    pub(super) fn optional_day(&self, text: &str) -> Option<Option<Day>> {
        self.maybe(text, Day::parse)
    }

    pub(super) fn party(&self, code: &str) -> Option<Party> {
        self.given(code, "a party: an ISO 3166-1 alpha-2 code in capitals, EU, ALL or JOINT", Party::parse)
    }

    pub(super) fn optional_party(&self, code: &str) -> Option<Option<Party>> {
        self.maybe(code, Party::parse)
    }

    pub(super) fn zone(&self, name: &str) -> Option<Zone> {
        self.given(name, "a zone: an IANA name such as Asia/Shanghai, or fixed:-05:00", Zone::parse)
    }

    pub(super) fn unit(&self, code: &str) -> Option<Unit> {
        self.given(code, "the code of a unit, such as Mt or usd", Unit::parse)
    }

    pub(super) fn optional_unit(&self, code: &str) -> Option<Option<Unit>> {
        self.maybe(code, Unit::parse)
    }

    pub(super) fn event_id(&self, text: &str) -> Option<EventId> {
        self.given(text, "the id of an event, a UUID in lower case", EventId::parse)
    }

    pub(super) fn optional_event_id(&self, text: &str) -> Option<Option<EventId>> {
        self.maybe(text, EventId::parse)
    }

    pub(super) fn decimal(&self, text: &str) -> Option<Decimal> {
        self.given(text, "an exact decimal, such as 12 or -0.5", Decimal::parse)
    }

    /// A decimal that is not below zero.
    pub(super) fn amount(&self, text: &str) -> Option<Decimal> {
        self.decimal_if(text, "zero or more", |value| !value.is_negative())
    }

    /// A decimal above zero.
    pub(super) fn positive(&self, text: &str) -> Option<Decimal> {
        self.decimal_if(text, "more than zero", |value| !value.is_negative() && !value.is_zero())
    }

    /// A decimal from 0 to 1.
    pub(super) fn share(&self, text: &str) -> Option<Decimal> {
        let one = Decimal::from_integer(1).expect("1 is a decimal");
        self.decimal_if(text, "a share, 0 to 1", |value| !value.is_negative() && value <= one)
    }

    /// A decimal from 0 to 100.
    pub(super) fn percentage(&self, text: &str) -> Option<Decimal> {
        let hundred = Decimal::from_integer(100).expect("100 is a decimal");
        self.decimal_if(text, "a percentage, 0 to 100", |value| !value.is_negative() && value <= hundred)
    }

    fn decimal_if(&self, text: &str, expected: &'static str, fits: impl FnOnce(Decimal) -> bool) -> Option<Decimal> {
        let value = self.decimal(text)?;
        self.rule(fits(value), Reason::OutOfRange, || {
            ValueError::Range { value: text.to_owned(), expected }.to_string()
        });
        Some(value)
    }

    /// A number of days that any calendar can hold.
    pub(super) fn days(&self, days: u32) -> Option<u32> {
        self.rule(days <= DAYS_MAX, Reason::OutOfRange, || {
            format!("{days} days; at most {DAYS_MAX} days, a hundred years")
        });
        Some(days)
    }

    /// A number of hours that any calendar can hold.
    pub(super) fn hours(&self, hours: u32) -> Option<u32> {
        self.rule(hours <= DAYS_MAX * 24, Reason::OutOfRange, || {
            format!("{hours} hours; at most {} hours, a hundred years", DAYS_MAX * 24)
        });
        Some(hours)
    }

    /// A count of at least one.
    pub(super) fn count(&self, count: u32) -> Option<u32> {
        self.rule(count >= 1, Reason::OutOfRange, || "0; at least 1".to_owned());
        Some(count)
    }

    /// A value that an `optional` field may lack.
    pub(super) fn optional<P, T>(
        &self,
        given: Option<P>,
        read: impl FnOnce(&Self, P) -> Option<T>,
    ) -> Option<Option<T>> {
        match given {
            Some(given) => read(self, given).map(Some),
            None => Some(None),
        }
    }

    pub(super) fn instant(&self, given: Option<&Timestamp>) -> Option<Instant> {
        match given {
            Some(timestamp) => self.checked(instant_from_proto(timestamp)),
            None => self.missing("an instant, in whole seconds of UTC"),
        }
    }

    pub(super) fn optional_instant(&self, given: Option<&Timestamp>) -> Option<Option<Instant>> {
        self.optional(given, |here, timestamp| here.instant(Some(timestamp)))
    }

    /// A word of a closed list that must be said.
    pub(super) fn word<W: Word>(&self, number: i32) -> Option<W> {
        match self.optional_word(number)? {
            Some(word) => Some(word),
            None => self.refuse(Reason::Unspecified, format!("unspecified; one of {}", W::list())),
        }
    }

    /// A word of a closed list that may stay unsaid.
    pub(super) fn optional_word<W: Word>(&self, number: i32) -> Option<Option<W>> {
        match W::Proto::try_from(number) {
            Ok(proto) => Some(W::from_proto(proto)),
            Err(_) => self.refuse(
                Reason::UnknownEnum,
                format!("{number} is a value this server does not know; one of {}", W::list()),
            ),
        }
    }

    /// The subject of a full resource name in the ledger being read.
    pub(super) fn subject(&self, name: &str) -> Option<Subject> {
        let ledger = self.ledger();
        self.given(name, "a resource name, ledgers/{ledger} or ledgers/{ledger}/{collection}/{id}", |name| {
            Subject::parse_with(name, ledger, |id| self.pooled_slug(id))
        })
    }

    /// The id in the full resource name of a member of one collection.
    pub(super) fn reference(&self, of: Collection, name: &str) -> Option<Slug> {
        let expected = match of {
            Collection::Instruments => "ledgers/{ledger}/instruments/{id}, in the ledger written to",
            Collection::Commitments => "ledgers/{ledger}/commitments/{id}, in the ledger written to",
            Collection::Measures => "ledgers/{ledger}/measures/{id}, in the ledger written to",
            Collection::Meetings => "ledgers/{ledger}/meetings/{id}, in the ledger written to",
            Collection::Asks => "ledgers/{ledger}/asks/{id}, in the ledger written to",
            Collection::Shocks => "ledgers/{ledger}/shocks/{id}, in the ledger written to",
        };
        let ledger = self.ledger();
        self.given(name, expected, |name| match Subject::parse_with(name, ledger, |id| self.pooled_slug(id))? {
            Subject::Member(collection, id) if collection == of => Ok(id),
            Subject::Member(..) | Subject::Ledger => Err(ValueError::Name { name: name.to_owned(), expected }),
        })
    }

    pub(super) fn optional_reference(&self, of: Collection, name: &str) -> Option<Option<Slug>> {
        if name.is_empty() { Some(None) } else { self.reference(of, name).map(Some) }
    }

    /// Refuses an interval that is empty or reversed, at its end.
    pub(super) fn ends_after(&self, start: Instant, end: Option<Instant>) {
        if let Some(end) = end {
            self.rule(start < end, Reason::Reversed, || {
                ValueError::Interval { start: start.to_string(), end: end.to_string() }.to_string()
            });
        }
    }

    /// Refuses days that end before they start, at the last day.
    pub(super) fn not_before(&self, start: Day, through: Day) {
        self.rule(start <= through, Reason::Reversed, || {
            ValueError::Window { start: start.to_string(), through: through.to_string() }.to_string()
        });
    }

    /// A window from its two days; a reversed one is refused at its last day.
    pub(super) fn window(&self, start: Option<Day>, through: Option<Day>) -> Option<Window> {
        self.field("through").checked(Window::new(start?, through?))
    }
}
