//! A simulated subscriber: what it asked, what it has heard, where it goes on.

use std::collections::BTreeSet;
use std::sync::Arc;

use entente::domain::{Instant, Position, Slug};
use entente::ledger::{Cursor, FilterDigest, Ledger, LedgerError, Outlook, Place, Stream, TransitionWalk};
use entente::views::transitions::Wants;

use super::line::Told;

/// A subscriber.
pub(super) struct Subscriber {
    /// The commitments it asks about; none is all.
    pub(super) asks: Option<BTreeSet<Slug>>,
    pub(super) leads: Vec<i64>,
    /// Where it began.
    pub(super) start: Place,
    pub(super) heard: Vec<(Told, Place)>,
    /// What it was told to have been examined, and how much it had heard then.
    pub(super) examined: Vec<(Position, Instant, usize)>,
    pub(super) outlook: Outlook,
    walk: Option<TransitionWalk>,
}

impl Subscriber {
    /// One that begins at a place.
    pub(super) fn new(asks: Option<BTreeSet<Slug>>, leads: Vec<i64>, start: Place) -> Self {
        let (heard, examined) = (Vec::new(), Vec::new());
        Subscriber { asks, leads, start, heard, examined, outlook: Outlook::More, walk: None }
    }

    fn wants(&self) -> Wants {
        let asks = self.asks.clone();
        Arc::new(move |_, commitment, _| asks.as_ref().is_none_or(|asks| asks.contains(commitment)))
    }

    /// Whether it asks about a commitment.
    pub(super) fn asks(&self, commitment: &Slug) -> bool {
        self.asks.as_ref().is_none_or(|asks| asks.contains(commitment))
    }

    /// The place of the walk, where it stands on one.
    pub(super) fn place(&self) -> Option<Place> {
        self.walk.as_ref().map(TransitionWalk::place)
    }

    /// Loses its connection, and all that it had not yet taken in.
    pub(super) fn disconnect(&mut self, forgets: usize) {
        let at_rest = forgets == 0 && self.walk.is_some();
        let place = self.place().filter(|_| at_rest);
        self.walk = None;
        self.heard.truncate(self.heard.len().saturating_sub(forgets));
        if let (Some(place), Some((_, last))) = (place, self.heard.last_mut()) {
            // The cursor of the last progress, not that of the last news.
            *last = place;
        }
    }

    /// Hears what can be told now; connects first where it is not connected.
    pub(super) fn hear(&mut self, ledger: &Ledger) -> Result<Vec<Told>, String> {
        if self.walk.is_none() {
            self.walk = Some(self.connect(ledger)?);
        }
        let walk = self.walk.as_mut().unwrap();
        let bite = walk.bite().map_err(|error: LedgerError| format!("a bite failed: {error}"))?;
        let told: Vec<Told> = bite.news.iter().map(|(news, _)| Told::heard(news)).collect();
        self.heard.extend(told.iter().cloned().zip(bite.news.iter().map(|(_, place)| *place)));
        self.examined.push((walk.place().position, bite.through, self.heard.len()));
        self.outlook = bite.outlook;
        Ok(told)
    }

    /// Goes on from the cursor of what it last took in, as text.
    fn connect(&self, ledger: &Ledger) -> Result<TransitionWalk, String> {
        let place = self.heard.last().map_or(self.start, |(_, place)| *place);
        let digest = FilterDigest::of(format!("{:?} {:?}", self.asks, self.leads).as_bytes());
        let witness = ledger.witness(place.position).map_err(|error| error.to_string())?;
        let text = ledger.cursor(Stream::Transitions, digest, place, witness).encode();
        let cursor = Cursor::decode(&text).map_err(|error| error.to_string())?;
        let fits = ledger.check_cursor(&cursor).map_err(|error| error.to_string())?;
        fits.map_err(|error| format!("a cursor of this ledger does not fit it: {error}"))?;
        let walk = TransitionWalk::from(ledger.clone(), self.wants(), &self.leads, cursor.place);
        walk.map_err(|error| format!("no walk from {place:?}: {error}"))
    }
}
