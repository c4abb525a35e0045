//! The integration tests: one binary, so that tonic is linked once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::too_many_lines, reason = "a table of cases is as long as its cases")]

mod backup; // backups while a server works, restoring them, and what of a backup is not sound
mod cases; // the worked examples of the specification, as a pure function and over gRPC
mod console; // the console as a browser gets it: pages, clocks, hostile texts, live events
mod contract; // the wire contract: additions only, and every reason documented
mod decide; // what may be recorded: given, when, then, refused
mod evidence; // whether anybody can alter a record unseen: rewritten, cut short, flipped, under another key
mod exchange; // tables, mappings, sheets: files in and out
mod exposure; // how items are read and matched, against plain comparison too
mod fuzz; // every decoder of bytes from outside: arbitrary and mutated inputs
mod grpc; // a real server and a real client: everything a user sees of the services
mod hostile; // every method of every service, sent what nobody should send
mod hypothesis; // supposing events: what would be known is what is known once they are recorded
mod ledger; // the writer of a ledger by itself: waiting, closing
mod oracle; // a second, independent evaluator, and random histories on which both must agree
mod panics; // every panic of this process, remembered
mod phase_one; // data/phase-one: a deal whose outcome is known
mod program; // the binary itself: commands, exit codes, the README's output
mod proof; // the tree over what is stored, its proofs and checkpoints
mod proxy; // a network that breaks: connections that are cut, or go silent
mod real_ledger; // data/us-china: loads, and says what the truce's story says
mod recall; // an answer given again is the one that would be worked out anew
mod server; // starts a server on port 0 and stops it
mod sieve; // product and oracle asked the same random questions: no disagreement
mod store; // both engines under one suite; kills, full disks, damage
mod tidy; // the house against its plan
mod transitions; // how statuses change as time and knowledge move on, event by event and tick by tick
mod values; // values that cannot hold nonsense
mod webhooks; // events posted to addresses: signed, in order, until they are taken
mod wire; // domain to proto and back
