//! Reading lists and maps: how many entries they may have, and that none stands twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::domain::{Collection, Party, Product, Slug, ValueError};

use super::at::{At, Origin};
use super::spell::Spelled;
use super::violation::Reason;
use super::word::Word;

/// Sources of one event.
pub(super) const SOURCES_MAX: usize = 64;
/// Tranches of a pledge, periods of a ceiling, months of a pace, events that a waiver relies on.
pub(super) const PARTS_MAX: usize = 256;
/// Statistical series, and units that convert.
pub(super) const SERIES_MAX: usize = 64;
/// Parties to something: more than there are.
pub(super) const PARTIES_MAX: usize = 256;
/// Measures, products, and whatever else is named one by one.
pub(super) const NAMED_MAX: usize = 1_000;

impl At<'_> {
    /// Every item of a list, each read at its index.
    pub(super) fn each<P, T>(&self, items: &[P], read: impl Fn(&At<'_>, &P) -> Option<T>) -> Option<Vec<T>> {
        let read: Vec<Option<T>> =
            items.iter().enumerate().map(|(index, item)| read(&self.index(index), item)).collect();
        read.into_iter().collect()
    }

    /// A list with a bounded number of items. Nothing of a list that is too long is read.
    pub(super) fn some<P, T>(
        &self,
        items: &[P],
        bounds: RangeInclusive<usize>,
        read: impl Fn(&At<'_>, &P) -> Option<T>,
    ) -> Option<Vec<T>> {
        if !self.counts(items.len(), &bounds) {
            return None;
        }
        self.each(items, read)
    }

    fn counts(&self, count: usize, bounds: &RangeInclusive<usize>) -> bool {
        let counted = bounds.contains(&count) || self.origin() == Origin::Ledger;
        if !counted {
            let reason = if count == 0 { Reason::Required } else { Reason::Count };
            let (least, most) = (bounds.start(), bounds.end());
            self.refuse::<()>(reason, format!("{count} entries; from {least} to {most}"));
        }
        counted
    }

    /// Refuses what stands twice, at its second place. `key` is what makes two items the same.
    pub(super) fn once<T, K: Ord + Display>(&self, items: &[T], field: Option<&'static str>, key: impl Fn(&T) -> K) {
        let mut seen = BTreeSet::new();
        for (index, key) in items.iter().map(key).enumerate() {
            let item = self.index(index);
            let place = field.map_or(item, |name| item.field(name));
            place.rule(!seen.contains(&key), Reason::Duplicate, || ValueError::Duplicate(key.to_string()).to_string());
            seen.insert(key);
        }
    }

    /// A list of messages.
    pub(super) fn messages<T: Spelled>(&self, items: &[T::Proto], bounds: RangeInclusive<usize>) -> Option<Vec<T>> {
        self.some(items, bounds, |here, item| T::read(item, here))
    }

    /// Identifiers, each once.
    pub(super) fn slugs(&self, texts: &[String], bounds: RangeInclusive<usize>) -> Option<Vec<Slug>> {
        let slugs = self.some(texts, bounds, |here, text| here.slug(text))?;
        self.once(&slugs, None, Slug::clone);
        Some(slugs)
    }

    /// Members of one collection by full resource name, each once.
    pub(super) fn references(&self, of: Collection, names: &[String]) -> Option<Vec<Slug>> {
        let ids = self.some(names, 0..=NAMED_MAX, |here, name| here.reference(of, name))?;
        self.once(&ids, None, Slug::clone);
        Some(ids)
    }

    /// Parties, each once.
    pub(super) fn parties(&self, codes: &[String], least: usize) -> Option<Vec<Party>> {
        let parties = self.some(codes, least..=PARTIES_MAX, |here, code| here.party(code))?;
        self.once(&parties, None, |party| *party);
        Some(parties)
    }

    /// Products, each once.
    pub(super) fn products(&self, products: &[<Product as Spelled>::Proto]) -> Option<Vec<Product>> {
        let products = self.messages(products, 0..=NAMED_MAX)?;
        self.once(&products, None, Product::clone);
        Some(products)
    }

    /// Words of a closed list, at least one, each once.
    pub(super) fn words<W: Word>(&self, numbers: &[i32]) -> Option<Vec<W>> {
        self.words_of(numbers, 1)
    }

    /// The same, of which there may be none.
    pub(super) fn optional_words<W: Word>(&self, numbers: &[i32]) -> Option<Vec<W>> {
        self.words_of(numbers, 0)
    }

    fn words_of<W: Word>(&self, numbers: &[i32], least: usize) -> Option<Vec<W>> {
        let words = self.some(numbers, least..=PARTS_MAX, |here, number| here.word::<W>(*number))?;
        self.once(&words, None, |word| word.name());
        Some(words)
    }

    /// A map whose keys are read as well. Two keys that read the same cannot occur: every key prints as it was read.
    pub(super) fn map<P, K: Ord, T>(
        &self,
        entries: &BTreeMap<String, P>,
        bounds: RangeInclusive<usize>,
        key: impl Fn(&At<'_>, &str) -> Option<K>,
        value: impl Fn(&At<'_>, &P) -> Option<T>,
    ) -> Option<BTreeMap<K, T>> {
        if !self.counts(entries.len(), &bounds) {
            return None;
        }
        let read: Vec<(Option<K>, Option<T>)> = entries
            .iter()
            .map(|(text, given)| {
                let here = self.key(text);
                (key(&here, text), value(&here, given))
            })
            .collect();
        read.into_iter().map(|(key, value)| Some((key?, value?))).collect()
    }
}
