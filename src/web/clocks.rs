//! The two clocks of an address, and what they resolve to.

use super::address::Address;
use super::fault::Fault;
use crate::domain::event::LedgerKind;
use crate::domain::{Day, Instant, Position, Zone};
use crate::ledger::Ledger;

/// What an address resolved to: with these two, a page can be had again for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// The moment of the world.
    pub(super) as_of: Instant,
    /// Events through this position are known.
    pub(super) known: Position,
}

/// Resolves the clocks of an address: `as_of` is an instant or a date, `known_at` one of them or a position. What is not
/// given is now.
pub(super) fn resolve(ledger: &Ledger, address: &Address, now: Instant) -> Result<At, Fault> {
    coordinate(ledger, address, ["as_of", "known_at"], now)
}

/// As [`resolve`], by fields of other names.
pub(super) fn coordinate(ledger: &Ledger, address: &Address, fields: [&str; 2], now: Instant) -> Result<At, Fault> {
    let as_of = match address.get(fields[0]) {
        Some(text) => parse_time(text).map_err(|wrong| Fault::field(fields[0], wrong))?,
        None => now,
    };
    let known = match address.get(fields[1]) {
        Some(text) => known(ledger, text, now).map_err(|wrong| Fault::field(fields[1], wrong))?,
        None => ledger.head(),
    };
    Ok(At { as_of, known })
}

fn known(ledger: &Ledger, text: &str, now: Instant) -> Result<Position, String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let head = ledger.head();
        return match text.parse().map(Position::new) {
            Ok(position) if position <= head => Ok(position),
            _ => Err(format!("position {text} is after the head of the ledger, {head}; give {head} at most")),
        };
    }
    let known_at = parse_time(text).map_err(|wrong| format!("{wrong}, or a position of the ledger such as 120"))?;
    // A replayed ledger's record times are not the wall clock's: a study may lie in the future.
    if ledger.kind() == LedgerKind::Live && known_at > now {
        return Err(format!("{known_at} is in the future; it is {now}, and nothing can be known later than now"));
    }
    Ok(ledger.docket().known_at(known_at))
}

/// Reads an instant; a date is its first instant in UTC, and a time without an offset, as a form's field gives it, is in
/// UTC.
pub(super) fn parse_time(text: &str) -> Result<Instant, String> {
    if text.len() == 10 && !text.contains([':', 'T', 't']) {
        let day = Day::parse(text).map_err(|error| error.to_string())?;
        return Ok(Zone::utc().start_of(day));
    }
    let refused = |error: crate::domain::ValueError| format!("{error}, or a date such as 2026-11-10");
    match (text.len(), text.ends_with(['Z', 'z'])) {
        (16, false) => Instant::parse(&format!("{text}:00Z")).map_err(refused),
        (19, false) => Instant::parse(&format!("{text}Z")).map_err(refused),
        _ => Instant::parse(text).map_err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_forms_and_people_write_it() {
        let same = ["2026-11-10T00:00:00Z", "2026-11-10T00:00", "2026-11-10T00:00:00", "2026-11-10"];
        let read: Vec<String> = same.iter().map(|text| parse_time(text).unwrap().to_string()).collect();
        assert!(read.iter().all(|text| text == "2026-11-10T00:00:00Z"), "{read:?}");
    }

    #[test]
    fn what_is_no_time_is_told_what_would_be_one() {
        let wrong = parse_time("yesterday").unwrap_err();
        assert!(wrong.contains("2026-11-10T05:01:00Z") && wrong.contains("a date such as 2026-11-10"), "{wrong}");
    }
}
