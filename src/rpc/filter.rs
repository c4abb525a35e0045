//! Filters of requests.

use super::expression::{Candidate, Expression};
use super::product_code;
use super::status::Fault;
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{
    Collection, Docket, Event, EventKind, Family, Kind, Party, Position, Product, Slug, Status, Subject,
};
use crate::ledger::{EventFilter, Ledger};
use crate::proto::v1;
use crate::views::Assessment;
use crate::wire::Word;

/// Which events a reader wants.
pub(super) fn events(asked: v1::EventFilter, ledger: &Slug) -> Result<EventFilter, Fault> {
    let stamp = |stamp: Option<prost_types::Timestamp>, field| {
        stamp.map(|stamp| super::clocks::instant(stamp, field)).transpose()
    };
    Ok(EventFilter {
        subjects: each(&asked.subjects, "filter.subjects", |name| {
            Subject::parse(name, ledger).map_err(|error| error.to_string())
        })?,
        families: each(&asked.families, "filter.families", |number| {
            word::<Family>(*number).ok_or_else(|| format!("{number} is not a family"))
        })?,
        kinds: each(&asked.kinds, "filter.kinds", |number| {
            word::<EventKind>(*number).ok_or_else(|| format!("{number} is not a kind of event"))
        })?,
        parties: parties(&asked.parties, "filter.parties")?,
        product_prefixes: prefixes(&asked.product_prefixes, "filter.product_prefixes")?,
        recorded_from: stamp(asked.recorded_from, "filter.recorded_from")?,
        recorded_until: stamp(asked.recorded_until, "filter.recorded_until")?,
    })
}

/// Which commitments a client wants. Fields are joined by "and", the entries of one field by "or".
#[derive(Debug, Clone, Default)]
pub(super) struct CommitmentFilter {
    parties: Vec<Party>,
    obligors: Vec<Party>,
    kinds: Vec<Kind>,
    instruments: Vec<Subject>,
    product_prefixes: Vec<String>,
    text: String,
    statuses: Vec<Status>,
    expression: Option<Expression>,
}

impl CommitmentFilter {
    /// Reads a filter. `assesses` says whether the list has assessments, so that statuses can be asked about.
    pub(super) fn from_proto(asked: v1::CommitmentFilter, ledger: &Slug, assesses: bool) -> Result<Self, Fault> {
        if !assesses && !asked.statuses.is_empty() {
            return Err(Fault::field("filter.statuses", "is for ListAssessments, which tells statuses"));
        }
        Ok(CommitmentFilter {
            parties: parties(&asked.parties, "filter.parties")?,
            obligors: parties(&asked.obligors, "filter.obligors")?,
            kinds: each(&asked.kinds, "filter.kinds", |number| {
                word::<Kind>(*number).ok_or_else(|| format!("{number} is not a kind of commitment"))
            })?,
            instruments: each(&asked.instruments, "filter.instruments", |name| {
                match Subject::parse(name, ledger).map_err(|error| error.to_string())? {
                    instrument @ Subject::Member(Collection::Instruments, _) => Ok(instrument),
                    other => Err(format!("{other} is not an instrument")),
                }
            })?,
            product_prefixes: prefixes(&asked.product_prefixes, "filter.product_prefixes")?,
            text: asked.text.to_lowercase(),
            expression: Expression::parse(&asked.expression, assesses)?,
            statuses: each(&asked.statuses, "filter.statuses", |number| {
                word::<Status>(*number).ok_or_else(|| format!("{number} is not a status"))
            })?,
        })
    }

    /// Refuses an instrument that is not known: nothing can be said of its commitments.
    pub(super) fn require_instruments(&self, ledger: &Ledger, known: Position) -> Result<(), Fault> {
        self.instruments.iter().try_for_each(|instrument| require_instrument(ledger, instrument, known))
    }

    /// Whether a commitment is wanted, by what was promised and, where the list assesses, by its assessment.
    pub(super) fn takes(
        &self,
        docket: &Docket,
        commitment: &Slug,
        known: Position,
        assessment: Option<&Assessment>,
    ) -> bool {
        let undertaking = docket.undertaking(commitment, known);
        undertaking
            .is_some_and(|(event, undertaken)| self.takes_undertaking(docket, event, undertaken, known, assessment))
    }

    /// As [`CommitmentFilter::takes`], where the event that undertook the commitment is at hand.
    pub(super) fn takes_undertaking(
        &self,
        docket: &Docket,
        event: &Event,
        undertaken: &CommitmentUndertaken,
        known: Position,
        assessment: Option<&Assessment>,
    ) -> bool {
        let subject = &event.submission.subject;
        let Subject::Member(_, commitment) = subject else { return false };
        let note = event.submission.note.as_ref().map_or("", |note| note.as_str());
        let by_expression = |expression: &Expression| {
            let products = docket.products_of(subject, known).into_iter().map(Product::code).collect();
            let id = commitment.as_str();
            expression.takes(&Candidate { id, note, undertaken, products, assessment })
        };
        self.takes_promise(undertaken)
            && self.takes_words(&[undertaken.title.as_str(), commitment.as_str(), note])
            && (self.product_prefixes.is_empty() || self.takes_products(docket, subject, known))
            && self.takes_status(assessment)
            && self.expression.as_ref().is_none_or(by_expression)
    }

    fn takes_status(&self, assessment: Option<&Assessment>) -> bool {
        let wanted = |it: &Assessment| self.statuses.contains(&it.judgement.status);
        self.statuses.is_empty() || assessment.is_some_and(wanted)
    }

    /// Whether what was promised is wanted: by its parties, kind and instrument alone.
    pub(super) fn takes_promise(&self, undertaken: &CommitmentUndertaken) -> bool {
        let wanted =
            |list: &[Party], parties: &[Party]| list.is_empty() || parties.iter().any(|party| list.contains(party));
        let instrument = Subject::Member(Collection::Instruments, undertaken.instrument.clone());
        wanted(&self.parties, &[undertaken.obligor, undertaken.obligee])
            && wanted(&self.obligors, &[undertaken.obligor])
            && (self.kinds.is_empty() || self.kinds.contains(&undertaken.terms.kind()))
            && (self.instruments.is_empty() || self.instruments.contains(&instrument))
    }

    fn takes_words(&self, texts: &[&str]) -> bool {
        self.text.split_whitespace().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)))
    }

    fn takes_products(&self, docket: &Docket, subject: &Subject, known: Position) -> bool {
        let products = docket.products_of(subject, known);
        products.iter().any(|product| self.product_prefixes.iter().any(|prefix| product.touches(prefix)))
    }
}

/// Refuses an instrument that the ledger has never heard of, or not by then.
pub(super) fn require_instrument(ledger: &Ledger, instrument: &Subject, known: Position) -> Result<(), Fault> {
    let name = instrument.name_in(ledger.name());
    let docket = ledger.docket();
    match docket.about(instrument).first() {
        Some(first) if first.position <= known => Ok(()),
        Some(_) => Err(Fault::not_found("instrument", format!("{name} (as known at position {known})"))),
        // Beyond a hole it may be heard of all the same.
        None => Err(ledger.hidden().map_or_else(|| Fault::not_found("instrument", name), Fault::from)),
    }
}

/// One party.
pub(super) fn party(code: &str, field: &str) -> Result<Party, Fault> {
    Party::parse(code).map_err(|error| Fault::field(field, error.to_string()))
}

pub(super) fn parties(codes: &[String], field: &str) -> Result<Vec<Party>, Fault> {
    each(codes, field, |code| Party::parse(code).map_err(|error| error.to_string()))
}

/// Codes to compare with the beginning of product codes.
pub(super) fn prefixes(codes: &[String], field: &str) -> Result<Vec<String>, Fault> {
    let read = each(codes, field, |code| product_code::read(code))?;
    Ok(read.into_iter().flatten().collect())
}

/// Words of a closed list.
pub(super) fn words<W: Word>(numbers: &[i32], field: &str, what: &str) -> Result<Vec<W>, Fault> {
    each(numbers, field, |number| word::<W>(*number).ok_or_else(|| format!("{number} is not {what}")))
}

/// The word of an enum's number; none for the unspecified one and for numbers that are no word.
pub(super) fn word<W: Word>(number: i32) -> Option<W> {
    W::Proto::try_from(number).ok().and_then(W::from_proto)
}

pub(super) fn each<T, U>(values: &[T], field: &str, read: impl Fn(&T) -> Result<U, String>) -> Result<Vec<U>, Fault> {
    let read_one = |(index, value)| read(value).map_err(|why| Fault::field(format!("{field}[{index}]"), why));
    values.iter().enumerate().map(read_one).collect()
}
