//! entente: the ledger of who promised what in a trade deal, what proves it, and whether it is being kept.
//!
//! The core is pure: what may be recorded is a function of what is known, and so is every answer.
//!
//! ```
//! use std::sync::Arc;
//!
//! use entente::domain::{Docket, Instant, Position, Slug, Status};
//! use entente::{exchange::event_file, views, wire};
//!
//! // A ledger is a sequence of events. Here they come from a file; the server keeps them in a log.
//! let deal = Slug::parse("my-deal")?;
//! let mut docket = Docket::new();
//! for (index, message) in event_file::read_file("examples/first-deal.yaml".as_ref())?.iter().enumerate() {
//!     let submission = wire::submission_from_proto(message, &deal, || unreachable!("the file gives ids"))?;
//!     docket.fold(Arc::new(entente::domain::Event {
//!         position: Position::new(index as u64 + 1),
//!         recorded_at: Instant::parse("2025-11-01T00:00:00Z")?,
//!         recorded_by: entente::domain::Text::new("somebody")?,
//!         append_through: Position::new(index as u64 + 1),
//!         submission,
//!     }));
//! }
//!
//! // A status is asked for at a moment of the world, as known at a position.
//! let probes_end = Slug::parse("probes-end")?;
//! let answer = views::assess(&docket, &probes_end, Instant::parse("2026-01-20T00:00:00Z")?, docket.head());
//! assert_eq!(answer.judgement.status, Status::NotMet);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rooms, in reading order; ARCHITECTURE.md has what each may use, the invariants, and two walks through them. (The empty lines keep
//! rustfmt from sorting them.)

// The words and the rules: values, events, terms, what may be recorded. Pure.
pub mod domain;

// Answers computed from the docket: how a status is decided. Pure.
pub mod views;

// Generated messages and services, and their JSON mapping.
pub mod proto;

// The Merkle tree over what is stored, checkpoints of it, proofs. Pure.
pub mod proof;

// Domain to proto and back.
pub mod wire;

// Files of events.
pub mod exchange;

// The only reader of the wall clock.
pub mod clock;

// Bytes at positions, and the engines that keep them.
pub mod store;

// Who somebody is, and what they may do.
pub mod auth;

// Ledgers at work: one writer each, and the docket that is always current.
pub mod ledger;

// The public client.
pub mod client;

// The gRPC services.
pub mod rpc;

// The console: pages that people read, and what keeps them current.
pub mod web;
// Webhooks.
pub mod deliver;

// The server: a configuration, a listener, a shutdown.
pub mod serve;

// The command line.
pub mod cli;
