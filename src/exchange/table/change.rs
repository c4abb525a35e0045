//! The difference between a table and a ledger: what is new, what changed, what stands.

use super::figure::{Number, Stated};
use super::holdings::{Held, Holdings};
use super::identity::event_id;
use super::mapping::Mapping;
use super::read::{Figure, Figures};
use super::reject::Reject;
use crate::domain::{EventId, Slug, Submission};

/// One figure of a table beside what the ledger has.
#[derive(Debug)]
pub struct Compared<'a> {
    figures: &'a Figures,
    figure: &'a Figure,
    /// What is to be done.
    pub change: Change<'a>,
}

/// What is to be done about a figure.
#[derive(Debug)]
pub enum Change<'a> {
    /// The ledger says the same: nothing.
    Unchanged,
    /// The ledger says nothing of it: to be recorded.
    New(Box<Submission>),
    /// The ledger says otherwise: to be recorded, superseding that.
    Changed {
        /// What the ledger says.
        was: &'a Number,
        /// What is to be recorded.
        submission: Box<Submission>,
    },
    /// The ledger says several things, and none of them is this.
    Unclear(Reject),
}

impl Figures {
    /// Every figure beside what a ledger has, in the order in which they are to be recorded. `mapping` is the one that
    /// the table was read with.
    pub fn compare<'a>(
        &'a self,
        holdings: &'a Holdings,
        mapping: &'a Mapping,
    ) -> impl Iterator<Item = Compared<'a>> + Send {
        self.figures.iter().map(move |figure| Compared {
            figures: self,
            figure,
            change: self.change(figure, holdings, mapping),
        })
    }

    fn change<'a>(&self, figure: &Figure, holdings: &'a Holdings, mapping: &Mapping) -> Change<'a> {
        let found = holdings.find(figure.key);
        let same = |held: &&Held| held.number == figure.number && held.manner == Some(figure.manner);
        if found.live.iter().any(same) {
            return Change::Unchanged;
        }
        // Counted over all that were ever recorded, so that no id is given out twice.
        let revision = found.events.saturating_add(1);
        match found.live.as_slice() {
            [] => Change::New(Box::new(self.submission(figure, revision, None, mapping))),
            [held] => Change::Changed {
                was: &held.number,
                submission: Box::new(self.submission(figure, revision, Some(held.id), mapping)),
            },
            several => {
                let ids: Vec<String> = several.iter().map(|held| held.id.to_string()).collect();
                let reason =
                    format!("the ledger has several figures for it, events {}; supersede one by hand", ids.join(", "));
                Change::Unclear(Reject::whole(u64::from(figure.line), reason))
            }
        }
    }

    fn submission(&self, figure: &Figure, revision: u32, supersedes: Option<EventId>, mapping: &Mapping) -> Submission {
        let stated = Stated {
            strand: self.strands.value(figure.key.strand).clone(),
            span: figure.key.span,
            manner: *self.manners.value(figure.manner),
            number: figure.number.clone(),
        };
        let said = &mapping.said;
        Submission {
            event_id: event_id(&mapping.ledger, mapping.kind, &stated.strand, stated.span, revision),
            subject: stated.strand.subject.clone(),
            sources: said.sources.clone().into(),
            supersedes,
            note: said.note.clone(),
            confidence: said.confidence,
            recorded_at: figure.recorded_at,
            recorded_basis: said.recorded_basis.filter(|_| figure.recorded_at.is_some()),
            payload: stated
                .payload(said.reference.as_ref())
                .expect("a mapping gives strand, span and number of one kind"),
        }
    }
}

impl Compared<'_> {
    /// The first line of the figure.
    pub fn line(&self) -> u64 {
        u64::from(self.figure.line)
    }

    /// What the figure is of and for when, in one line.
    pub fn label(&self, ledger: &Slug) -> String {
        let strand = self.figures.strands.value(self.figure.key.strand);
        let subject = strand.subject.name_in(ledger);
        let subject = subject.splitn(3, '/').nth(2).unwrap_or_default();
        let mut parts = vec![subject.to_owned()];
        parts.extend(strand.series.as_ref().map(ToString::to_string));
        parts.extend(strand.item.as_ref().map(ToString::to_string));
        parts.extend(strand.period.as_ref().map(ToString::to_string));
        parts.push(self.figure.key.span.to_string());
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    /// How much, with its unit.
    pub fn number(&self) -> String {
        let unit = self.figures.manners.value(self.figure.manner).unit;
        unit.map_or_else(|| self.figure.number.to_string(), |unit| format!("{} {unit}", self.figure.number))
    }
}
