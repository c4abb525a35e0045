//! Codes: every code that the ledger lists, sorted, so that a look-up costs the same however many there are.

use std::collections::BTreeMap;

use super::MatchKind;
use super::item::{Codes, is_international};
use crate::domain::{Nomenclature, Product};

/// The digits that mean the same in every tariff nomenclature.
const SHARED_DIGITS: usize = 6;

/// A code that something lists, or its shared digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    code: String,
    nomenclature: Nomenclature,
    place: ListedAt,
}

/// Where a code is listed: by which entry of the catalogue, and the how-many-th of its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListedAt {
    pub(super) entry: usize,
    pub(super) product: usize,
}

/// A code that touches an item, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: MatchKind,
    pub(super) at: ListedAt,
}

/// The codes of each nomenclature, sorted, and the shared digits of all tariff codes, sorted.
#[derive(Debug, Default)]
pub(super) struct CodeIndex {
    by_list: BTreeMap<Nomenclature, Vec<Listed>>,
    shared: Vec<Listed>,
}

impl CodeIndex {
    /// Takes in what entries list.
    pub(super) fn of<'a>(products: impl Iterator<Item = (ListedAt, &'a Product)>) -> Self {
        let mut index = CodeIndex::default();
        for (place, product) in products {
            let nomenclature = product.nomenclature();
            let listed = Listed { code: product.code().to_owned(), nomenclature, place };
            if nomenclature.is_tariff() && is_international(product.code()) {
                let code = listed.code[..listed.code.len().min(SHARED_DIGITS)].to_owned();
                index.shared.push(Listed { code, ..listed.clone() });
            }
            index.by_list.entry(nomenclature).or_default().push(listed);
        }
        index.by_list.values_mut().for_each(|list| list.sort_unstable());
        index.shared.sort_unstable();
        index
    }

    /// Every listed code that touches these, some perhaps more than once; `hear` gets each.
    pub(super) fn touching(&self, codes: &Codes, mut hear: impl FnMut(Hit)) {
        let list = self.by_list.get(&codes.nomenclature).map_or(&[][..], Vec::as_slice);
        for (kind, listed) in within(list, codes).chain(above(list, codes)) {
            hear(Hit { kind, at: listed.place });
        }
        if !codes.is_international() {
            return;
        }
        let shared = codes.shared();
        for (_, listed) in within(&self.shared, &shared).chain(above(&self.shared, &shared)) {
            if listed.nomenclature != codes.nomenclature {
                hear(Hit { kind: MatchKind::Approximate, at: listed.place });
            }
        }
    }
}

impl Codes {
    /// The part of them that every tariff nomenclature shares.
    fn shared(&self) -> Codes {
        let cut = |code: &str| code[..code.len().min(SHARED_DIGITS)].to_owned();
        Codes { nomenclature: self.nomenclature, from: cut(&self.from), through: cut(&self.through) }
    }

    /// Whether a listed code is one of them or lies under one of them.
    fn take(&self, listed: &str) -> bool {
        let Some(head) = listed.get(..self.from.len()) else { return false };
        *head >= *self.from && *head <= *self.through && self.ends_at_a_joint(listed)
    }

    /// Paragraphs of a control code are whole: `3A090.ab` does not lie under `3A090.a`.
    fn ends_at_a_joint(&self, listed: &str) -> bool {
        let paragraph = self.from.contains('.') && listed.len() > self.from.len();
        !paragraph || listed[self.from.len()..].starts_with('.')
    }
}

/// The listed codes that lie under the item's, or are the item's.
fn within<'l>(list: &'l [Listed], codes: &Codes) -> impl Iterator<Item = (MatchKind, &'l Listed)> {
    let first = list.partition_point(|listed| listed.code < codes.from);
    let reached = |listed: &&Listed| *head(listed, codes.from.len()) <= *codes.through;
    let one = codes.is_one();
    let under = list[first..].iter().take_while(reached).filter(|listed| codes.take(&listed.code));
    under.map(move |listed| {
        let is_same = one && listed.code.len() == codes.from.len();
        (if is_same { MatchKind::Exact } else { MatchKind::Over }, listed)
    })
}

/// The listed codes that the item's code, or a part of its range, lies under.
fn above<'l>(list: &'l [Listed], codes: &Codes) -> impl Iterator<Item = (MatchKind, &'l Listed)> {
    joints(codes).into_iter().flat_map(move |length| {
        let (from, through) = (&codes.from[..length], &codes.through[..length]);
        let first = list.partition_point(|listed| listed.code.as_str() < from);
        // Of one code only its own beginning counts, and that stands first.
        let reached = move |listed: &&Listed| match from == through {
            true => listed.code == from,
            false => head(listed, length) <= through,
        };
        let shorter = list[first..].iter().take_while(reached).filter(move |listed| listed.code.len() == length);
        shorter.map(|listed| (MatchKind::Under, listed))
    })
}

/// The beginning of a listed code; all of it where it is shorter.
fn head(listed: &Listed, length: usize) -> &str {
    listed.code.get(..length).unwrap_or(&listed.code)
}

/// The lengths at which a shorter code can lie above.
fn joints(codes: &Codes) -> Vec<usize> {
    if codes.nomenclature.is_tariff() {
        return (2..codes.from.len()).step_by(2).collect();
    }
    codes.from.match_indices('.').map(|(at, _)| at).collect()
}
