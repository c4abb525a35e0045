//! The limits that a server holds, as GetServerInfo tells them.

use super::super::limits::{Limit, Limits};
use crate::proto::v1;

/// Every limit, in the order of the table.
pub(in super::super) fn told(limits: &Limits) -> Vec<v1::Limit> {
    let tell = |Limit { name, meaning, default, .. }: Limit| v1::Limit {
        name: name.to_owned(),
        value: limits.get(name).unwrap_or(default),
        meaning: meaning.to_owned(),
    };
    Limits::all().into_iter().map(tell).collect()
}
