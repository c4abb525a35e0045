//! entente: the ledger of who promised what in a trade deal, what proves it, and whether it is being kept.
//!
//! The rooms, in reading order; ARCHITECTURE.md has what each may use, the invariants, and two walks through them.

/// The words and the rules: values, events, terms, what may be recorded. Pure.
pub mod domain;
/// Answers computed from the docket: how a status is decided. Pure.
pub mod views;

/// Files of events.
pub mod exchange;
/// Generated messages and services, and their JSON mapping.
pub mod proto;
/// Domain to proto and back.
pub mod wire;

/// The only reader of the wall clock.
pub mod clock;
/// Ledgers at work: one writer each, and the docket that is always current.
pub mod ledger;
/// Bytes at positions, and the engines that keep them.
pub mod store;

/// The command line.
pub mod cli;
/// The public client.
pub mod client;
/// The gRPC services.
pub mod rpc;
/// The server: a configuration, a listener, a shutdown.
pub mod serve;
