//! What many figures share, held once and known by a number.

use std::collections::HashMap;
use std::hash::Hash;

/// Values, each once, in the order in which they were first met.
#[derive(Debug)]
pub(super) struct Names<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Names<T> {
    /// The number of a value; a new one where it was not met before.
    pub(super) fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number =
            u32::try_from(self.values.len()).expect("each comes from a line, and lines are counted in 32 bits");
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    /// The number of a value that was met before.
    pub(super) fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// The value of a number that was given out here.
    pub(super) fn value(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    /// All values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Names { values: Vec::new(), numbers: HashMap::new() }
    }
}
