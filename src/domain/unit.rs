//! Units of amounts and metrics: a closed list.

use std::fmt;

use super::ValueError;

/// A unit of measure. Conversion between two of them is never implied: the terms of a commitment list the exact
/// factors they accept, and an amount in any other unit is shown but not counted (specification, section 5).
///
/// It is kept as its place in the list: events hold many units, and a place takes one byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit(u8);

/// Code and meaning of every unit.
const UNITS: [(&str, &str); 42] = [
    ("t", "metric tonne"),
    ("kt", "thousand metric tonnes"),
    ("Mt", "million metric tonnes"),
    ("kg", "kilogram"),
    ("lb", "pound, 0.45359237 kg"),
    ("short_ton", "short ton, 2,000 lb"),
    ("bu_soy", "bushel of soybeans, 60 lb"),
    ("bu_corn", "bushel of maize, 56 lb"),
    ("bu_wheat", "bushel of wheat, 60 lb"),
    ("bale", "bale"),
    ("cargo", "cargo of one ship, of no fixed size"),
    ("vessel", "ship"),
    ("container", "container, of no fixed size"),
    ("teu", "twenty-foot equivalent unit"),
    ("head", "animal"),
    ("bbl", "barrel of 42 US gallons"),
    ("kbbl", "thousand barrels"),
    ("Mbbl", "million barrels"),
    ("bbl_d", "barrel a day"),
    ("kbbl_d", "thousand barrels a day"),
    ("Mbbl_d", "million barrels a day"),
    ("m3", "cubic metre"),
    ("bcm", "billion cubic metres"),
    ("bcf", "billion cubic feet"),
    ("MMBtu", "million British thermal units"),
    ("MWh", "megawatt-hour"),
    ("TWh", "terawatt-hour"),
    ("usd", "US dollar"),
    ("kusd", "thousand US dollars"),
    ("musd", "million US dollars"),
    ("busd", "billion US dollars"),
    ("cny", "yuan"),
    ("bcny", "billion yuan"),
    ("eur", "euro"),
    ("beur", "billion euros"),
    ("pct", "per cent"),
    ("pp", "percentage point"),
    ("aircraft", "aircraft"),
    ("item", "piece, licence, firm or facility counted one by one"),
    ("person", "person"),
    ("usd_t", "US dollar a tonne"),
    ("usd_bbl", "US dollar a barrel"),
];

impl Unit {
    /// Reads a unit's code.
    pub fn parse(code: &str) -> Result<Self, ValueError> {
        UNITS
            .iter()
            .position(|(known, _)| *known == code)
            .and_then(|place| u8::try_from(place).ok())
            .map(Unit)
            .ok_or_else(|| ValueError::Unit(code.to_owned()))
    }

    /// The code.
    pub const fn code(self) -> &'static str {
        UNITS[self.0 as usize].0
    }

    /// All codes, for an error that says what would be right.
    pub(super) fn list() -> String {
        UNITS.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")
    }
}

/// By code, as people sort them.
impl Ord for Unit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Unit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
