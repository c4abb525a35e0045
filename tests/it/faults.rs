//! The fault plan: each test lets one thing fail and holds the server to what is promised then. `docs/faults.md` lists them
//! all, with those that are told elsewhere.

mod clients;
mod clock;
mod directory;
mod disk;
mod kill;
mod limits;
mod load;
mod power;
mod server;
mod shutdown;

pub(crate) use load::{Load, Tally};
pub(crate) use server::Server;

/// How many rounds a suite plays: so many times what it plays by itself as ENTENTE_FAULT_ROUNDS says.
fn rounds(by_itself: u32) -> u32 {
    let times = std::env::var("ENTENTE_FAULT_ROUNDS").ok().and_then(|times| times.parse().ok());
    by_itself * times.unwrap_or(1)
}
