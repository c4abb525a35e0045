//! Every decoder that reads bytes from outside, given bytes that nobody meant: arbitrary ones, and valid ones that were
//! changed. No panic, no input that takes for ever, and what is taken says again what it said.
//!
//! `ENTENTE_FUZZ_INPUTS` is how many inputs are tried in all, shared among the decoders; `ENTENTE_FUZZ_SEED` draws others.
//! The same two numbers give the same inputs. Chance is a small generator of our own and not proptest's: ten million inputs
//! are to be affordable, and a corpus is mutated here as bytes, which strategies of values do not do.
//!
//! A new decoder is one line in the file of its room.

mod addresses; // pages of the console, by their addresses and forms
mod campaign; // so many inputs for each decoder; what fails is made small
mod credentials; // tokens, JWTs, the headers they come in, the access file, key sets
mod files; // files that people give: events, items, webhooks, keys, bundles, backups
mod messages; // stored events, requests, their JSON, masks
mod mutate; // how valid bytes are changed
mod proofs; // checkpoints, notes, proofs, tiles
mod requests; // texts within requests: filters, orders, page tokens, cursors
mod tables; // mapping files and statistical tables
mod values; // names, times, numbers, codes

pub(crate) use campaign::is_trying;
use campaign::{Decoder, try_all};

/// The decoders of every room; each room is a test, so that they run beside each other.
const ROOMS: [fn() -> Vec<Decoder>; 8] = [
    values::decoders,
    messages::decoders,
    files::decoders,
    tables::decoders,
    proofs::decoders,
    requests::decoders,
    addresses::decoders,
    credentials::decoders,
];

#[test]
fn values_take_any_text() {
    try_all(values::decoders());
}

#[test]
fn messages_take_any_bytes() {
    try_all(messages::decoders());
}

#[test]
fn files_take_any_text() {
    try_all(files::decoders());
}

#[test]
fn tables_and_mappings_take_any_bytes() {
    try_all(tables::decoders());
}

#[test]
fn proofs_take_any_bytes_and_prove_nothing_that_was_changed() {
    try_all(proofs::decoders());
}

#[test]
fn requests_take_any_text_in_their_texts() {
    try_all(requests::decoders());
}

#[test]
fn pages_take_any_address() {
    try_all(addresses::decoders());
}

#[test]
fn credentials_that_were_changed_prove_nobody_and_are_quoted_nowhere() {
    try_all(credentials::decoders());
}
