//! Resource names of requests.

use super::admission::Admitted;
use super::status::Fault;
use crate::domain::{Collection, Slug, Subject};
use crate::ledger::Ledger;

/// The ledger of a name `ledgers/{ledger}` in the field given.
pub(super) fn ledger(ledgers: &Admitted<'_>, name: &str, field: &str) -> Result<Ledger, Fault> {
    let refuse = |why: String| Fault::field(field, why);
    let id = name
        .strip_prefix("ledgers/")
        .ok_or_else(|| refuse(format!("{:?} is not a resource name of the form ledgers/{{ledger}}", clip(name))))?;
    let id = Slug::parse(id).map_err(|error| refuse(error.to_string()))?;
    ledgers.get(&id)
}

/// Ledger and id of a name `ledgers/{ledger}/{collection}/{id}` in the field `name`.
pub(super) fn member(ledgers: &Admitted<'_>, name: &str, collection: Collection) -> Result<(Ledger, Slug), Fault> {
    let (ledger_name, id) = split(name, collection.segment())?;
    let id = Slug::parse(id).map_err(|error| Fault::field("name", error.to_string()))?;
    Ok((ledger(ledgers, ledger_name, "name")?, id))
}

/// Ledger and subject of a name `ledgers/{ledger}/{collection}/{id}` of any collection, in the field `name`.
pub(super) fn subject(ledgers: &Admitted<'_>, name: &str) -> Result<(Ledger, Subject), Fault> {
    let refuse = |why: String| Fault::field("name", why);
    let form = "is not a resource name of the form ledgers/{ledger}/{collection}/{id}";
    let mut parts = name.split('/');
    let (Some("ledgers"), Some(id), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(refuse(format!("{:?} {form}", clip(name))));
    };
    let id = Slug::parse(id).map_err(|error| refuse(error.to_string()))?;
    let subject = Subject::parse(name, &id).map_err(|error| refuse(error.to_string()))?;
    Ok((ledgers.get(&id)?, subject))
}

/// Cuts `ledgers/{ledger}/{segment}/{id}` into `ledgers/{ledger}` and `{id}`.
pub(super) fn split<'a>(name: &'a str, segment: &str) -> Result<(&'a str, &'a str), Fault> {
    let refuse = || {
        let form = format!("ledgers/{{ledger}}/{segment}/{{id}}");
        Fault::field("name", format!("{:?} is not a resource name of the form {form}", clip(name)))
    };
    let (ledger_name, id) = name.split_once(&format!("/{segment}/")).ok_or_else(refuse)?;
    Ok((ledger_name, id))
}

fn clip(text: &str) -> String {
    text.chars().take(100).collect()
}
