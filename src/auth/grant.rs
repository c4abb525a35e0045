//! Grants: a role in one ledger, or in all. As text `reader@us-china` or `operator@*`.

use std::collections::BTreeMap;
use std::fmt;

use super::role::{Right, Role, Roles};
use crate::domain::Slug;

/// One role, in one ledger or in all there are and will be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The ledger; `None` is all of them.
    pub ledger: Option<Slug>,
}

/// Text that is no grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a grant; one is ROLE@LEDGER with the role reader, recorder, assessor or operator, such as \
     reader@us-china, or operator@* for all ledgers"
)]
pub struct WrongGrant(String);

impl Grant {
    /// Reads a grant.
    pub fn parse(text: &str) -> Result<Self, WrongGrant> {
        let wrong = || WrongGrant(text.chars().take(80).collect());
        let (role, ledger) = text.split_once('@').ok_or_else(wrong)?;
        let role = Role::of(role).ok_or_else(wrong)?;
        let ledger = match ledger {
            "*" => None,
            name => Some(Slug::parse(name).map_err(|_| wrong())?),
        };
        Ok(Grant { role, ledger })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.role.word(), self.ledger.as_ref().map_or("*", Slug::as_str))
    }
}

/// All that was granted to somebody. What is not here is denied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    everywhere: Roles,
    in_ledger: BTreeMap<Slug, Roles>,
}

impl Grants {
    /// Every role in every ledger: what the operator of a machine has on it.
    pub fn every() -> Self {
        Grants { everywhere: Roles::EVERY, in_ledger: BTreeMap::new() }
    }

    /// Whether there is a right in a ledger.
    pub fn allow(&self, right: Right, ledger: &Slug) -> bool {
        self.everywhere.have(right) || self.in_ledger.get(ledger).is_some_and(|roles| roles.have(right))
    }

    /// Whether there is a right in all ledgers, those to come included.
    pub fn allow_everywhere(&self, right: Right) -> bool {
        self.everywhere.have(right)
    }

    /// Whether there is a right in any ledger.
    pub fn allow_somewhere(&self, right: Right) -> bool {
        self.everywhere.have(right) || self.in_ledger.values().any(|roles| roles.have(right))
    }

    /// Each grant once, those in all ledgers first.
    pub fn iter(&self) -> impl Iterator<Item = Grant> + '_ {
        let everywhere = self.everywhere.iter().map(|role| Grant { role, ledger: None });
        let single = self
            .in_ledger
            .iter()
            .flat_map(|(ledger, roles)| roles.iter().map(|role| Grant { role, ledger: Some(ledger.clone()) }));
        everywhere.chain(single)
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        let mut all = Grants::default();
        for grant in grants {
            match grant.ledger {
                None => all.everywhere.add(grant.role),
                Some(ledger) => all.in_ledger.entry(ledger).or_default().add(grant.role),
            }
        }
        all
    }
}
