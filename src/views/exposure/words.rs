//! Words: which titles and notes have them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::item::words;

/// From how many letters on a word tells something by itself.
const TELLING_LETTERS: usize = 4;

/// Where words stand in a text of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundIn {
    /// All of them in the title.
    Title,
    /// Some of them only in the note of the recorder.
    Note,
    /// Only some of them, in the title.
    TitleInPart,
}

/// Every word of the titles and notes, with the entries that have it.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    entries: HashMap<String, BTreeMap<usize, FoundIn>>,
}

impl WordIndex {
    /// Takes in the texts of one entry.
    pub(super) fn add(&mut self, entry: usize, title: &str, note: &str) {
        for (text, found) in [(note, FoundIn::Note), (title, FoundIn::Title)] {
            for word in words(text).unwrap_or_default() {
                self.entries.entry(word).or_default().insert(entry, found);
            }
        }
    }

    /// The entries that have these words: all of them, or where none has, some of them in the title.
    pub(super) fn touching(&self, words: &[String]) -> Vec<(usize, FoundIn)> {
        let having_all = self.having_all(words);
        if having_all.is_empty() { self.having_some(words) } else { having_all }
    }

    /// Short words, such as "of" and "for", tell nothing by themselves.
    fn having_some(&self, words: &[String]) -> Vec<(usize, FoundIn)> {
        let telling = words.iter().filter(|word| word.chars().count() >= TELLING_LETTERS);
        let lists = telling.filter_map(|word| self.entries.get(word));
        let in_title = lists.flatten().filter(|(_, found)| **found == FoundIn::Title);
        let entries: BTreeSet<usize> = in_title.map(|(entry, _)| *entry).collect();
        entries.into_iter().map(|entry| (entry, FoundIn::TitleInPart)).collect()
    }

    fn having_all(&self, words: &[String]) -> Vec<(usize, FoundIn)> {
        let mut lists: Vec<&BTreeMap<usize, FoundIn>> = Vec::new();
        for word in words {
            match self.entries.get(word) {
                Some(list) => lists.push(list),
                None => return Vec::new(),
            }
        }
        lists.sort_by_key(|list| list.len());
        let Some((rarest, others)) = lists.split_first() else { return Vec::new() };
        let in_all = rarest.iter().filter_map(|(entry, found)| {
            others
                .iter()
                .try_fold(*found, |worst, list| Some(worst.max(*list.get(entry)?)))
                .map(|worst| (*entry, worst))
        });
        in_all.collect()
    }
}
