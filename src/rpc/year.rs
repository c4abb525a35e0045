//! Calendar years of requests.

use super::status::Fault;

/// Years of the ledger's calendar, which goes from 1900 through 2499.
pub(super) fn read(years: &[u32], field: &str) -> Result<Vec<i16>, Fault> {
    let read_one = |(index, year): (usize, &u32)| match i16::try_from(*year) {
        Ok(year @ 1900..=2499) => Ok(year),
        _ => Err(Fault::field(format!("{field}[{index}]"), format!("{year} is not a year from 1900 to 2499"))),
    };
    years.iter().enumerate().map(read_one).collect()
}
