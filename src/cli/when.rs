//! The two clocks, as people write them.

use clap::Args;

use crate::domain::{Day, Instant};
use crate::proto::v1;
use crate::wire;

/// When, and as known when.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct WhenArgs {
    /// Moment of the world: 2026-11-10T05:01:00Z, or a date (its first instant in UTC); default now
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    as_of: Option<Instant>,
    /// What was known: a time as above, or a position of the ledger; default all that is recorded
    #[arg(long, value_name = "TIME|POSITION", value_parser = parse_known)]
    known_at: Option<Known>,
}

#[derive(Debug, Clone, Copy)]
enum Known {
    At(Instant),
    Position(u64),
}

/// The earlier of two coordinates.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
pub(super) struct FromArgs {
    /// Since when: the moment of the world and what was known then
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with_all = ["from_as_of", "from_known_at"])]
    since: Option<Instant>,
    /// Moment of the world at the earlier coordinate, as in --as-of
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from_as_of: Option<Instant>,
    /// What was known at the earlier coordinate, as in --known-at
    #[arg(long, value_name = "TIME|POSITION", value_parser = parse_known)]
    from_known_at: Option<Known>,
}

impl WhenArgs {
    /// Whether either was named.
    pub(super) fn is_given(&self) -> bool {
        self.as_of.is_some() || self.known_at.is_some()
    }

    /// As the API takes them.
    pub(super) fn clocks(&self) -> v1::Clocks {
        clocks(self.as_of, self.known_at)
    }
}

impl FromArgs {
    /// As the API takes them.
    pub(super) fn clocks(&self) -> v1::Clocks {
        clocks(self.since.or(self.from_as_of), self.since.map(Known::At).or(self.from_known_at))
    }
}

fn clocks(as_of: Option<Instant>, known: Option<Known>) -> v1::Clocks {
    let mut clocks = v1::Clocks { as_of: as_of.map(wire::instant_to_proto), ..v1::Clocks::default() };
    match known {
        Some(Known::At(instant)) => clocks.known_at = Some(wire::instant_to_proto(instant)),
        Some(Known::Position(position)) => clocks.known_position = Some(position),
        None => {}
    }
    clocks
}

/// Reads an instant, or a date as the instant it begins in UTC.
pub(super) fn parse_time(text: &str) -> Result<Instant, String> {
    let looks_like_a_date = text.len() == 10 && text.contains('-') && !text.contains([':', 'T', 't']);
    if looks_like_a_date {
        let day = Day::parse(text).map_err(|error| error.to_string())?;
        return Instant::parse(&format!("{day}T00:00:00Z")).map_err(|error| error.to_string());
    }
    Instant::parse(text).map_err(|error| format!("{error}, or a date such as 2026-11-10"))
}

fn parse_known(text: &str) -> Result<Known, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(Known::Position).map_err(|_| format!("no ledger has {text} events"));
    }
    parse_time(text).map(Known::At)
}
