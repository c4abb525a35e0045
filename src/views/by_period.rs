//! By period: the records of a commitment that is judged period by period, each with those of its own period, so that no
//! period looks through those of the others.

use std::collections::BTreeMap;

use super::record::Record;
use crate::domain::terms::Period;
use crate::domain::{Slug, Window};

/// What a record says it is for.
pub(super) enum Spoken<'a> {
    /// The period of a name.
    Name(&'a Slug),
    /// Days.
    Days(Window),
}

/// Records by what they say they are for, each list in order of position.
#[derive(Debug)]
pub(super) struct ByPeriod<'a, T> {
    named: BTreeMap<&'a Slug, Vec<Record<'a, T>>>,
    dated: BTreeMap<Window, Vec<Record<'a, T>>>,
}

impl<T> Default for ByPeriod<'_, T> {
    fn default() -> Self {
        ByPeriod { named: BTreeMap::new(), dated: BTreeMap::new() }
    }
}

impl<'a, T> ByPeriod<'a, T> {
    /// Files records that stand in order of position; those that say nothing are for no period.
    pub(super) fn of(records: &[Record<'a, T>], spoken: impl Fn(&'a T) -> Option<Spoken<'a>>) -> Self {
        let mut filed = ByPeriod::default();
        for record in records {
            match spoken(record.body) {
                Some(Spoken::Name(name)) => filed.named.entry(name).or_default().push(*record),
                Some(Spoken::Days(window)) => filed.dated.entry(window).or_default().push(*record),
                None => {}
            }
        }
        filed
    }

    /// The records that are for a period, by its name or by its days, in order of position.
    pub(super) fn get(&self, period: &Period) -> Vec<Record<'a, T>> {
        let mut records = self.named.get(&period.id).cloned().unwrap_or_default();
        if let Some(dated) = self.dated.get(&period.window) {
            records.extend(dated);
            records.sort_by_key(Record::position);
        }
        records
    }
}
