//! Filters in the language of AIP-160: a documented subset, checked before anything is read.

use aip_160::{Arg, Comparable, Comparator, Expression as Parsed, Restriction, StringMatch, Value};

use super::product_code;
use super::status::Fault;
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Evidence, Flag, Instant, Kind, Lifecycle, Party, Standing, Status};
use crate::views::Assessment;

const FIELD: &str = "filter.expression";
const DEPTH_MAX: usize = 16;
const BYTES_MAX: usize = 4096;

/// A checked filter; it answers yes or no of any commitment.
#[derive(Debug, Clone)]
pub(super) struct Expression(Test);

/// What a filter looks at.
pub(super) struct Candidate<'a> {
    pub(super) id: &'a str,
    pub(super) note: &'a str,
    pub(super) undertaken: &'a CommitmentUndertaken,
    /// The codes of its products and of its measures' products.
    pub(super) products: Vec<&'a str>,
    /// None where the list does not assess.
    pub(super) assessment: Option<&'a Assessment>,
}

#[derive(Debug, Clone)]
enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    /// A bare word: in the id, title or note, in any case.
    Word(String),
    Text(TextField, bool, Pattern),
    Party(PartyField, bool, Party),
    Kind(bool, Kind),
    Standing(bool, Standing),
    Lifecycle(bool, Lifecycle),
    Status(bool, Status),
    Evidence(bool, Evidence),
    Flag(Flag),
    Product(String),
    NextChange(Comparator, Option<Instant>),
}

#[derive(Debug, Clone, Copy)]
enum TextField {
    Id,
    Title,
    Note,
    Instrument,
}

#[derive(Debug, Clone, Copy)]
enum PartyField {
    Obligor,
    Obligee,
    Either,
}

#[derive(Debug, Clone)]
enum Pattern {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Contains(String),
}

impl Expression {
    /// Reads a filter. `assesses` says whether the list has assessments, so that statuses can be asked about. `None`
    /// where the text is empty.
    pub(super) fn parse(text: &str, assesses: bool) -> Result<Option<Self>, Fault> {
        if text.len() > BYTES_MAX {
            return Err(refuse(format!("{} bytes are more than the {BYTES_MAX} a filter may have", text.len())));
        }
        let filter =
            aip_160::parse_filter_with_max_depth(text, DEPTH_MAX).map_err(|error| refuse(error.to_string()))?;
        let test = filter.expression.as_ref().map(|expression| compile(expression, assesses)).transpose()?;
        Ok(test.map(Expression))
    }

    /// Whether a commitment passes.
    pub(super) fn takes(&self, candidate: &Candidate<'_>) -> bool {
        self.0.takes(candidate)
    }
}

fn refuse(why: impl Into<String>) -> Fault {
    Fault::field(FIELD, why)
}

fn compile(expression: &Parsed, assesses: bool) -> Result<Test, Fault> {
    let each = |children: &[Parsed]| children.iter().map(|child| compile(child, assesses)).collect::<Result<_, _>>();
    Ok(match expression {
        Parsed::And(children) | Parsed::Sequence(children) => Test::All(each(children)?),
        Parsed::Or(children) => Test::Any(each(children)?),
        Parsed::Not(child) => Test::Not(Box::new(compile(child, assesses)?)),
        Parsed::Global(Comparable::Member(member)) if member.is_simple() => {
            Test::Word(member.value.as_str().to_lowercase())
        }
        Parsed::Global(other) => return Err(refuse(format!("{other} is not supported; write words or comparisons"))),
        Parsed::Restriction(restriction) => compare(restriction, assesses)?,
    })
}

fn compare(restriction: &Restriction, assesses: bool) -> Result<Test, Fault> {
    let Restriction { comparable, comparator, arg } = restriction;
    let field = comparable.field_path().unwrap_or_else(|| comparable.to_string());
    let value = match arg {
        Arg::Comparable(_) => arg.as_value(),
        Arg::Composite(_) => None,
    };
    let value = value.ok_or_else(|| refuse(format!("{field} is compared with {arg}, which is no single value")))?;
    if !assesses && ["lifecycle", "status", "evidence", "standing", "flags", "next_change_at"].contains(&field.as_str())
    {
        return Err(refuse(format!("{field} is for ListAssessments, which tells statuses")));
    }
    let equal = || match comparator {
        Comparator::Equal => Ok(true),
        Comparator::NotEqual => Ok(false),
        other => Err(refuse(format!("{field} takes = and !=, not {other}"))),
    };
    let text = |of| Ok(Test::Text(of, *comparator != Comparator::NotEqual, pattern(&field, *comparator, value)?));
    match field.as_str() {
        "id" => text(TextField::Id),
        "title" => text(TextField::Title),
        "note" => text(TextField::Note),
        "instrument" => text(TextField::Instrument),
        "obligor" => Ok(Test::Party(PartyField::Obligor, equal()?, party(value)?)),
        "obligee" => Ok(Test::Party(PartyField::Obligee, equal()?, party(value)?)),
        "party" => Ok(Test::Party(PartyField::Either, equal()?, party(value)?)),
        "kind" => Ok(Test::Kind(equal()?, word(&field, value, "KIND_", Kind::parse, Kind::ALL)?)),
        "standing" => Ok(Test::Standing(equal()?, word(&field, value, "STANDING_", Standing::parse, Standing::ALL)?)),
        "lifecycle" => {
            Ok(Test::Lifecycle(equal()?, word(&field, value, "LIFECYCLE_", Lifecycle::parse, Lifecycle::ALL)?))
        }
        "status" => Ok(Test::Status(equal()?, word(&field, value, "STATUS_", Status::parse, Status::ALL)?)),
        "evidence" => Ok(Test::Evidence(equal()?, word(&field, value, "EVIDENCE_", Evidence::parse, Evidence::ALL)?)),
        "flags" if *comparator == Comparator::Has => {
            Ok(Test::Flag(word(&field, value, "FLAG_", Flag::parse, Flag::ALL)?))
        }
        "product" if *comparator == Comparator::Has => {
            let codes = product_code::read(value.as_str()).map_err(|why| refuse(format!("product: {why}")))?;
            Ok(Test::Any(codes.into_iter().map(Test::Product).collect()))
        }
        "flags" | "product" => Err(refuse(format!("{field} takes : and one value, as in {field}:{value}"))),
        "next_change_at" => next_change(*comparator, value),
        _ => Err(refuse(format!(
            "{field:?} is not a field; the fields are id, title, note, instrument, obligor, obligee, party, kind, standing, \
             product, lifecycle, status, evidence, flags and next_change_at"
        ))),
    }
}

fn pattern(field: &str, comparator: Comparator, value: &Value) -> Result<Pattern, Fault> {
    let lower = |text: &str| text.to_lowercase();
    match comparator {
        Comparator::Has => Ok(Pattern::Contains(lower(value.as_str()))),
        Comparator::Equal | Comparator::NotEqual => Ok(match value.string_match() {
            None => Pattern::Exact(lower(value.as_str())),
            Some(StringMatch::Exact(text)) => Pattern::Exact(lower(text)),
            Some(StringMatch::Prefix(text)) => Pattern::Prefix(lower(text)),
            Some(StringMatch::Suffix(text)) => Pattern::Suffix(lower(text)),
            Some(StringMatch::Contains(text)) => Pattern::Contains(lower(text)),
        }),
        other => Err(refuse(format!("{field} takes =, != and :, not {other}"))),
    }
}

fn party(value: &Value) -> Result<Party, Fault> {
    Party::parse(value.as_str()).map_err(|error| refuse(error.to_string()))
}

fn word<T: std::fmt::Display>(
    field: &str,
    value: &Value,
    prefix: &str,
    parse: fn(&str) -> Option<T>,
    all: &[T],
) -> Result<T, Fault> {
    let word = value.as_str().to_ascii_uppercase().replace('-', "_");
    parse(word.strip_prefix(prefix).unwrap_or(&word)).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        refuse(format!("{field} is never {value}; it is one of {}", words.join(", ")))
    })
}

fn next_change(comparator: Comparator, value: &Value) -> Result<Test, Fault> {
    if comparator == Comparator::Has {
        return Err(refuse("next_change_at takes =, !=, <, <=, > and >=, not :"));
    }
    if value.is_null() {
        return match comparator {
            Comparator::Equal | Comparator::NotEqual => Ok(Test::NextChange(comparator, None)),
            other => Err(refuse(format!("null takes = and !=, not {other}"))),
        };
    }
    let instant = Instant::parse(value.as_str())
        .map_err(|error| refuse(format!("{error}, in quotes as in next_change_at < \"2027-01-01T00:00:00Z\"")))?;
    Ok(Test::NextChange(comparator, Some(instant)))
}

impl Test {
    fn takes(&self, candidate: &Candidate<'_>) -> bool {
        let undertaken = candidate.undertaken;
        let assessed = |test: &dyn Fn(&Assessment) -> bool| candidate.assessment.is_some_and(test);
        match self {
            Test::All(tests) => tests.iter().all(|test| test.takes(candidate)),
            Test::Any(tests) => tests.iter().any(|test| test.takes(candidate)),
            Test::Not(test) => !test.takes(candidate),
            Test::Word(word) => [candidate.id, undertaken.title.as_str(), candidate.note]
                .iter()
                .any(|text| text.to_lowercase().contains(word)),
            Test::Text(field, wanted, pattern) => pattern.fits(text_of(*field, candidate)) == *wanted,
            Test::Party(field, wanted, party) => {
                let found = match field {
                    PartyField::Obligor => undertaken.obligor == *party,
                    PartyField::Obligee => undertaken.obligee == *party,
                    PartyField::Either => undertaken.obligor == *party || undertaken.obligee == *party,
                };
                found == *wanted
            }
            Test::Kind(wanted, kind) => (undertaken.terms.kind() == *kind) == *wanted,
            Test::Standing(wanted, standing) => assessed(&|it| (it.standing == Some(*standing)) == *wanted),
            Test::Lifecycle(wanted, lifecycle) => assessed(&|it| (it.judgement.lifecycle == *lifecycle) == *wanted),
            Test::Status(wanted, status) => assessed(&|it| (it.judgement.status == *status) == *wanted),
            Test::Evidence(wanted, evidence) => assessed(&|it| (it.evidence == *evidence) == *wanted),
            Test::Flag(flag) => assessed(&|it| it.flags.contains(flag)),
            Test::Product(prefix) => {
                candidate.products.iter().any(|code| code.starts_with(prefix) || prefix.starts_with(code))
            }
            Test::NextChange(comparator, wanted) => assessed(&|it| compares(*comparator, it.next_change_at, *wanted)),
        }
    }
}

fn text_of<'a>(field: TextField, candidate: &'a Candidate<'_>) -> &'a str {
    match field {
        TextField::Id => candidate.id,
        TextField::Title => candidate.undertaken.title.as_str(),
        TextField::Note => candidate.note,
        TextField::Instrument => candidate.undertaken.instrument.as_str(),
    }
}

impl Pattern {
    fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        match self {
            Pattern::Exact(wanted) => text == *wanted,
            Pattern::Prefix(wanted) => text.starts_with(wanted),
            Pattern::Suffix(wanted) => text.ends_with(wanted),
            Pattern::Contains(wanted) => text.contains(wanted),
        }
    }
}

/// An answer that never changes is neither before nor after any instant.
fn compares(comparator: Comparator, found: Option<Instant>, wanted: Option<Instant>) -> bool {
    match (comparator, found, wanted) {
        (Comparator::Equal, found, wanted) => found == wanted,
        (Comparator::NotEqual, found, wanted) => found != wanted,
        (Comparator::LessThan, Some(found), Some(wanted)) => found < wanted,
        (Comparator::LessThanOrEqual, Some(found), Some(wanted)) => found <= wanted,
        (Comparator::GreaterThan, Some(found), Some(wanted)) => found > wanted,
        (Comparator::GreaterThanOrEqual, Some(found), Some(wanted)) => found >= wanted,
        _ => false,
    }
}
