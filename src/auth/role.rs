//! Roles, and what each may do: the whole of it is [`Role::has`].

/// What somebody is to a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads everything in it, follows it, and keeps cursors of their own.
    Reader,
    /// Reads, and records what is neither a finding, nor the adoption of a reading, nor a retraction.
    Recorder,
    /// Reads, and records findings, adopted readings and retractions, and nothing else.
    Assessor,
    /// Reads, creates the ledger, backs it up, and moves and deletes the cursors of others. Of all ledgers: makes and revokes tokens too.
    Operator,
}

/// One thing that can be done to a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// To see what is in it.
    Read,
    /// To record what somebody promised, did or said.
    Record,
    /// To record a verdict: a finding, an adopted reading, a retraction.
    Assess,
    /// To run it.
    Operate,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Reader, Role::Recorder, Role::Assessor, Role::Operator];

    /// Its word, as grants have it.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Recorder => "recorder",
            Role::Assessor => "assessor",
            Role::Operator => "operator",
        }
    }

    /// The role of a word.
    pub fn of(word: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether it has a right. Whoever has several roles has the rights of each.
    pub const fn has(self, right: Right) -> bool {
        matches!(
            (self, right),
            (_, Right::Read)
                | (Role::Recorder, Right::Record)
                | (Role::Assessor, Right::Assess)
                | (Role::Operator, Right::Operate)
        )
    }
}

impl Right {
    /// The role that has it and nothing that does not belong to it.
    pub const fn role(self) -> Role {
        match self {
            Right::Read => Role::Reader,
            Right::Record => Role::Recorder,
            Right::Assess => Role::Assessor,
            Right::Operate => Role::Operator,
        }
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roles(u8);

impl Roles {
    pub(super) const EVERY: Roles = Roles(0b1111);

    pub(super) fn add(&mut self, role: Role) {
        self.0 |= 1 << role as u8;
    }

    pub(super) fn have(self, right: Right) -> bool {
        self.iter().any(|role| role.has(right))
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.0 & (1 << *role as u8) != 0)
    }
}
