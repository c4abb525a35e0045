//! The plan of the ledger: which commitment is of which kind, about which measure, in which instrument.

use entente::domain::{Day, Instant};

/// The ledger's id.
pub(crate) const LEDGER: &str = "large";
/// The commitment that the bitemporal question is about.
pub(crate) const LONG: &str = "long-history";
/// The first day that anything is observed on.
const FIRST_DAY: &str = "2024-07-01";
/// How many rounds of observations there are, a week each.
pub(crate) const ROUNDS: usize = 100;

/// The kinds, by how a commitment of them is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Suspension,
    RateCeiling,
    Pledge,
    Ceiling,
    Act,
    Flow,
}

impl Role {
    /// Of ten commitments four are suspensions and two are pledges.
    pub(crate) fn of(number: usize) -> Self {
        match number % 10 {
            0..=3 => Role::Suspension,
            4 => Role::RateCeiling,
            5 | 6 => Role::Pledge,
            7 => Role::Ceiling,
            8 => Role::Act,
            _ => Role::Flow,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Role::Suspension => "not to apply a duty",
            Role::RateCeiling => "to keep a duty low",
            Role::Pledge => "to buy soybeans",
            Role::Ceiling => "to keep a share of oil imports low",
            Role::Act => "to approve plants",
            Role::Flow => "to decide licences for magnets in time",
        }
    }
}

/// How large the ledger is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) commitments: usize,
    pub(crate) observations: usize,
}

impl World {
    /// The id of a commitment.
    pub(crate) fn id(self, number: usize) -> String {
        format!("promise-{number:05}")
    }

    pub(crate) fn instruments(self) -> usize {
        self.commitments.div_ceil(100)
    }

    pub(crate) fn instrument_of(self, number: usize) -> usize {
        number % self.instruments()
    }

    /// One for each commitment that is about one.
    pub(crate) fn measures(self) -> usize {
        self.commitments.div_ceil(2)
    }

    /// The measure a commitment is about, where its kind is about one.
    pub(crate) fn measure_of(self, number: usize) -> Option<String> {
        let about_one = matches!(Role::of(number), Role::Suspension | Role::RateCeiling);
        about_one.then(|| format!("measure-{:05}", number / 10 * 5 + number % 10))
    }

    /// How many observations there are in one round, for the commitments from the first on.
    pub(crate) fn in_round(self, round: usize) -> usize {
        self.observations * (round + 1) / ROUNDS - self.observations * round / ROUNDS
    }
}

/// The first day of a round's week.
pub(crate) fn week(round: usize) -> Day {
    let first = Day::parse(FIRST_DAY).expect("a literal day is a day");
    first.plus_days(7 * i64::try_from(round).expect("rounds are few"))
}

/// Midnight in Greenwich.
pub(crate) fn midnight(day: Day) -> Instant {
    Instant::parse(&format!("{day}T00:00:00Z")).expect("a day within the span has a midnight")
}

/// When a day's figures are recorded: nine days after the week began.
pub(crate) fn recorded(day: Day) -> Instant {
    midnight(day.plus_days(9))
}

/// The present of the bench: after the last record.
pub(crate) fn now() -> Instant {
    midnight(week(ROUNDS).plus_days(10))
}
