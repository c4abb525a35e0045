//! Tiles: the tree cut into pieces of 256 hashes, as C2SP tlog-tiles has it.
//!
//! A tile of level 0 holds leaf hashes; one of level L holds the roots of full tiles of level L - 1. A full tile never
//! changes; the last one of each level may be partial.

use std::fmt;

use super::Hash;

/// How many levels of the tree one tile spans.
pub const TILE_HEIGHT: u32 = 8;
/// How many hashes a full tile has.
pub const TILE_WIDTH: usize = 1 << TILE_HEIGHT;
/// The highest level of tiles: the one above would be of more than 2^64 leaves.
const LEVEL_MAX: u8 = 7;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Its level, from 0.
    pub level: u8,
    /// Its place in its level, from 0.
    pub index: u64,
}

impl TileId {
    /// How many hashes of it a tree of `size` leaves has: 0 to 256.
    pub fn width_at(self, size: u64) -> usize {
        let hashes = size.checked_shr(TILE_HEIGHT * u32::from(self.level)).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_WIDTH as u64);
        usize::try_from(hashes.saturating_sub(before)).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
    }
}

/// The root over a full tile, or over any number of hashes that is a power of two.
pub fn tile_root(hashes: &[Hash]) -> Hash {
    debug_assert!(hashes.len().is_power_of_two(), "{} hashes have no perfect root", hashes.len());
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks(2).map(|pair| Hash::of_children(pair[0], pair[pair.len() - 1])).collect();
    }
    row.first().copied().unwrap_or_else(Hash::of_empty_tree)
}

/// A resource of the tlog-tiles layout, as the part of its address after `tile/`: `0/x001/234`, `entries/005.p/17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// The tile's level; `None` is the entries themselves.
    pub level: Option<u8>,
    /// Its place.
    pub index: u64,
    /// How many hashes, or entries, it has: 1 to 256.
    pub width: usize,
}

impl TilePath {
    /// Reads the part of an address after `tile/`; `None` for anything that is not the one spelling of it.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let level = if level == "entries" { None } else { Some(level.parse().ok().filter(|it| *it <= LEVEL_MAX)?) };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok().filter(|it| (1..TILE_WIDTH).contains(it))?),
            None => (rest, TILE_WIDTH),
        };
        let digits: String = index.split('/').map(|group| group.trim_start_matches('x')).collect();
        let found = TilePath { level, index: digits.parse().ok()?, width };
        (found.to_string() == path).then_some(found)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "{level}/")?,
            None => f.write_str("entries/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut above = self.index / 1000;
        while above > 0 {
            groups.push(format!("x{:03}", above % 1000));
            above /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_those_of_the_specification() {
        for (path, level, index, width) in [
            ("0/000", Some(0), 0, 256),
            ("0/x001/x234/067", Some(0), 1_234_067, 256),
            ("3/999.p/1", Some(3), 999, 1),
            ("entries/x001/000.p/255", None, 1000, 255),
        ] {
            let expected = TilePath { level, index, width };
            assert_eq!(TilePath::parse(path), Some(expected), "{path}");
            assert_eq!(expected.to_string(), path);
        }
        let wrong = [
            "0/0",
            "0/1000",
            "0/x000/001",
            "00/000",
            "8/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/+01",
            "0",
            "",
        ];
        for path in wrong {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn an_address_reads_back(level in prop::option::of(0_u8..=7), index: u64, width in 1_usize..=256) {
            let path = TilePath { level, index, width };
            prop_assert_eq!(TilePath::parse(&path.to_string()), Some(path));
        }

        #[test]
        fn any_text_is_no_address_or_the_one_it_prints_to(text in "[0-9x/.p+entris]{0,20}") {
            if let Some(path) = TilePath::parse(&text) {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
