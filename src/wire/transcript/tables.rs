//! What the events of a transcript have in common, each value once.

use foldhash::HashMap;

use super::bytes::{In, Out};
use crate::domain::{Collection, Pool, Slug, Source, SourceClass, Sources, Subject, Text, Unit};

/// The tables while a transcript is written. The place of a value is given when it is first met.
#[derive(Default)]
pub(super) struct Tables {
    texts: Table<Text>,
    slugs: Table<Slug>,
    units: Table<Unit>,
    subjects: Table<Subject>,
    sources: Table<Sources>,
}

struct Table<T> {
    places: HashMap<T, u64>,
    values: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { places: HashMap::default(), values: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    fn place(&mut self, value: &T) -> u64 {
        if let Some(place) = self.places.get(value) {
            return *place;
        }
        let place = self.values.len() as u64;
        self.places.insert(value.clone(), place);
        self.values.push(value.clone());
        place
    }
}

impl Tables {
    pub(super) fn text(&mut self, text: &Text) -> u64 {
        self.texts.place(text)
    }

    pub(super) fn slug(&mut self, slug: &Slug) -> u64 {
        self.slugs.place(slug)
    }

    pub(super) fn unit(&mut self, unit: Unit) -> u64 {
        self.units.place(&unit)
    }

    pub(super) fn subject(&mut self, subject: &Subject) -> u64 {
        self.subjects.place(subject)
    }

    pub(super) fn sources(&mut self, sources: &Sources) -> u64 {
        self.sources.place(sources)
    }

    /// Writes the tables. Those that name values of others come first, so that these know them, and are written last.
    pub(super) fn write(mut self, out: &mut Out) {
        let mut sources = Out::with_capacity(self.sources.values.len() * 32);
        for list in std::mem::take(&mut self.sources.values) {
            sources.number(list.len() as u64);
            list.iter().for_each(|source| self.write_source(source, &mut sources));
        }
        let mut subjects = Out::with_capacity(self.subjects.values.len() * 4);
        for subject in &self.subjects.values {
            match subject {
                Subject::Ledger => subjects.byte(0),
                Subject::Member(collection, id) => {
                    subjects.byte(*collection as u8 + 1);
                    subjects.number(self.slugs.place(id));
                }
            }
        }
        out.number(self.texts.values.len() as u64);
        self.texts.values.iter().for_each(|text| out.block(text.as_str().as_bytes()));
        out.number(self.slugs.values.len() as u64);
        self.slugs.values.iter().for_each(|slug| out.block(slug.as_str().as_bytes()));
        out.number(self.units.values.len() as u64);
        self.units.values.iter().for_each(|unit| out.block(unit.code().as_bytes()));
        out.number(self.subjects.values.len() as u64);
        out.append(subjects);
        out.number(self.sources.places.len() as u64);
        out.append(sources);
    }

    fn write_source(&mut self, source: &Source, out: &mut Out) {
        let Source { publisher, title, address, archived_address, published, class, attribution, quality } = source;
        out.number(self.texts.place(publisher));
        for text in [title, address, archived_address, published, attribution, quality] {
            // 0 is none, so that places begin at 1 here.
            out.number(text.as_ref().map_or(0, |text| self.texts.place(text) + 1));
        }
        out.byte(class.map_or(0, |class| class as u8 + 1));
    }
}

/// The tables while a transcript is read.
pub(super) struct Known {
    texts: Vec<Text>,
    slugs: Vec<Slug>,
    units: Vec<Unit>,
    subjects: Vec<Subject>,
    sources: Vec<Sources>,
}

impl Known {
    /// Reads the tables; values that were met before are those that were met.
    pub(super) fn read(from: &mut In<'_>, pool: &mut Pool) -> Option<Self> {
        let texts = table(from, |from| pool.text(from.text()?).ok())?;
        let slugs = table(from, |from| pool.slug(from.text()?).ok())?;
        let units = table(from, |from| Unit::parse(from.text()?).ok())?;
        let subjects = table(from, |from| match from.byte()?.checked_sub(1) {
            None => Some(Subject::Ledger),
            Some(collection) => {
                let collection = Collection::ALL.get(usize::from(collection))?;
                Some(Subject::Member(*collection, at(&slugs, from)?))
            }
        })?;
        let sources = table(from, |from| {
            let mut list = Sources::from(table(from, |from| source(from, &texts))?);
            pool.share_sources(&mut list);
            Some(list)
        })?;
        Some(Known { texts, slugs, units, subjects, sources })
    }

    pub(super) fn text(&self, from: &mut In<'_>) -> Option<Text> {
        at(&self.texts, from)
    }

    pub(super) fn slug(&self, from: &mut In<'_>) -> Option<Slug> {
        at(&self.slugs, from)
    }

    pub(super) fn unit(&self, from: &mut In<'_>) -> Option<Unit> {
        at(&self.units, from)
    }

    pub(super) fn subject(&self, from: &mut In<'_>) -> Option<Subject> {
        at(&self.subjects, from)
    }

    pub(super) fn sources(&self, from: &mut In<'_>) -> Option<Sources> {
        at(&self.sources, from)
    }
}

fn table<T>(from: &mut In<'_>, mut read: impl FnMut(&mut In<'_>) -> Option<T>) -> Option<Vec<T>> {
    let count = from.number()?;
    let mut values = Vec::with_capacity(from.at_most(count));
    for _ in 0..count {
        values.push(read(from)?);
    }
    Some(values)
}

fn at<T: Clone>(values: &[T], from: &mut In<'_>) -> Option<T> {
    values.get(usize::try_from(from.number()?).ok()?).cloned()
}

fn source(from: &mut In<'_>, texts: &[Text]) -> Option<Source> {
    let publisher = at(texts, from)?;
    let mut text = || match from.number()?.checked_sub(1) {
        None => Some(None),
        Some(place) => texts.get(usize::try_from(place).ok()?).cloned().map(Some),
    };
    let (title, address, archived_address) = (text()?, text()?, text()?);
    let (published, attribution, quality) = (text()?, text()?, text()?);
    let class = match from.byte()?.checked_sub(1) {
        None => None,
        Some(class) => Some(*SourceClass::ALL.get(usize::from(class))?),
    };
    Some(Source { publisher, title, address, archived_address, published, class, attribution, quality })
}
