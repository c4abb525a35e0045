//! Catalogue: every measure and commitment that can touch an item, as known at one position.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codes::{CodeIndex, Hit, ListedAt};
use super::item::{Item, Reading};
use super::words::WordIndex;
use super::{Match, MatchKind, Touch, Touched};
use crate::domain::{Collection, Docket, Event, Payload, Position, Product, Slug, Subject};

/// The measures and commitments of a ledger, with indexes of their codes and words. It holds its events itself, so that
/// a long list can be matched while the ledger goes on.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
    codes: CodeIndex,
    words: WordIndex,
}

/// One measure or commitment.
#[derive(Debug)]
struct Entry {
    touched: Touched,
    event: Arc<Event>,
    /// Of a measure: the entries of the commitments about it.
    commitments: Vec<usize>,
}

impl Catalogue {
    /// What is known at a position: each measure as announced, each commitment as undertaken.
    pub fn of(docket: &Docket, known: Position) -> Self {
        let mut entries = Vec::new();
        for id in docket.members(Collection::Measures) {
            let picks = |payload: &Payload| matches!(payload, Payload::MeasureAnnounced(_));
            entries.extend(Entry::open(docket, Touched::Measure(id.clone()), known, picks));
        }
        let measures: BTreeMap<Slug, usize> =
            entries.iter().enumerate().map(|(index, entry)| (entry.touched.id().clone(), index)).collect();
        for id in docket.members(Collection::Commitments) {
            let picks = |payload: &Payload| matches!(payload, Payload::CommitmentUndertaken(_));
            let Some(entry) = Entry::open(docket, Touched::Commitment(id.clone()), known, picks) else { continue };
            if let Payload::CommitmentUndertaken(undertaken) = &entry.event.submission.payload {
                for measure in undertaken.measures.iter().filter_map(|measure| measures.get(measure)) {
                    let index = entries.len();
                    entries[*measure].commitments.push(index);
                }
            }
            entries.push(entry);
        }
        let mut words = WordIndex::default();
        for (index, entry) in entries.iter().enumerate() {
            words.add(index, entry.title(), entry.note());
        }
        let codes = CodeIndex::of(entries.iter().enumerate().flat_map(|(entry, listing)| {
            let products = listing.products().iter().enumerate();
            products.map(move |(product, listed)| (ListedAt { entry, product }, listed))
        }));
        Catalogue { entries, codes, words }
    }

    /// What touches an item, the closest first; a commitment also by way of a measure that it is about.
    pub fn touching(&self, item: &Item) -> (Reading, Vec<Match>) {
        let reading = item.read();
        let mut direct: BTreeMap<usize, Touch> = BTreeMap::new();
        match &reading {
            Reading::Codes(lists) => {
                let mut hits: BTreeMap<usize, Closest> = BTreeMap::new();
                lists.iter().for_each(|codes| {
                    self.codes.touching(codes, |hit| hits.entry(hit.at.entry).or_default().hear(self, hit));
                });
                direct.extend(hits.into_iter().filter_map(|(entry, closest)| Some((entry, closest.touch(self)?))));
            }
            Reading::Words(words) => {
                direct.extend(self.words.touching(words).into_iter().map(|(entry, found)| (entry, Touch::Text(found))));
            }
            Reading::Unreadable(_) => {}
        }
        let mut matches = self.with_commitments(direct);
        matches.sort_by(|a, b| (a.kind(), &a.touched).cmp(&(b.kind(), &b.touched)));
        (reading, matches)
    }

    /// The measures that list no product codes, by name: only words reach them.
    pub fn without_codes(&self) -> impl Iterator<Item = &Touched> {
        let measures = self.entries.iter().filter(|entry| matches!(entry.touched, Touched::Measure(_)));
        measures.filter(|entry| entry.products().is_empty()).map(|entry| &entry.touched)
    }

    fn with_commitments(&self, direct: BTreeMap<usize, Touch>) -> Vec<Match> {
        let mut through: BTreeMap<usize, (Touch, usize)> = BTreeMap::new();
        for (measure, touch) in &direct {
            for commitment in &self.entries[*measure].commitments {
                let closer = |(known, _): &(Touch, usize)| touch.kind() < known.kind();
                if through.get(commitment).is_none_or(closer) {
                    through.insert(*commitment, (touch.clone(), *measure));
                }
            }
        }
        let mut matches: BTreeMap<usize, Match> = direct
            .into_iter()
            .map(|(entry, touch)| (entry, Match { touched: self.entries[entry].touched.clone(), touch, through: None }))
            .collect();
        for (commitment, (touch, measure)) in through {
            // Its own products say more than those of its measures, unless these are closer.
            if matches.get(&commitment).is_none_or(|own| touch.kind() < own.kind()) {
                let touched = self.entries[commitment].touched.clone();
                let through = Some(self.entries[measure].touched.id().clone());
                matches.insert(commitment, Match { touched, touch, through });
            }
        }
        matches.into_values().collect()
    }

    fn product(&self, at: ListedAt) -> &Product {
        &self.entries[at.entry].products()[at.product]
    }
}

impl Entry {
    fn open(docket: &Docket, touched: Touched, known: Position, picks: impl Fn(&Payload) -> bool) -> Option<Self> {
        let event = docket.opening(&Subject::from(&touched), known, picks)?;
        Some(Entry { touched, event: Arc::clone(event), commitments: Vec::new() })
    }

    fn products(&self) -> &[Product] {
        self.event.submission.payload.products()
    }

    fn title(&self) -> &str {
        match &self.event.submission.payload {
            Payload::MeasureAnnounced(announced) => announced.title.as_str(),
            Payload::CommitmentUndertaken(undertaken) => undertaken.title.as_str(),
            _ => "",
        }
    }

    fn note(&self) -> &str {
        self.event.submission.note.as_ref().map_or("", |note| note.as_str())
    }
}

/// The closest of the codes by which one entry touches an item, and how many there are.
#[derive(Debug, Default)]
struct Closest {
    best: Option<Hit>,
    codes: Vec<usize>,
}

impl Closest {
    fn hear(&mut self, catalogue: &Catalogue, hit: Hit) {
        if !self.codes.contains(&hit.at.product) {
            self.codes.push(hit.at.product);
        }
        let rank = |hit: Hit| {
            let code = catalogue.product(hit.at).code();
            // Above the item the longest code is the closest, below it the shortest.
            let far = if hit.kind == MatchKind::Under { usize::MAX - code.len() } else { code.len() };
            (hit.kind, far, code)
        };
        if self.best.is_none_or(|best| rank(hit) < rank(best)) {
            self.best = Some(hit);
        }
    }

    fn touch(self, catalogue: &Catalogue) -> Option<Touch> {
        let best = self.best?;
        Some(Touch::Code {
            kind: best.kind,
            listed: catalogue.product(best.at).clone(),
            listed_count: self.codes.len(),
        })
    }
}
