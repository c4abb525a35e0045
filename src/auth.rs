//! Auth: who somebody is, how that is proved, and what they may do in which ledger. What is not granted is denied.
//!
//! Here: [`Role`]s and [`Grants`], the three kinds of credential (bearer tokens in the store's cells, JWTs of known issuers,
//! client certificates), the access file, [`Sessions`] of people in a browser, and [`Access`], which makes a [`Caller`] of what
//! is presented. Not here: which
//! right a method needs (`rpc`), sockets and TLS (`serve`), what a status says (`rpc`).

mod access;
mod access_file;
mod audit;
mod bearer;
mod caller;
mod certificate;
mod grant;
mod jwks;
mod jwt;
mod proved;
mod ring_verifier;
mod role;
mod secret;
mod sessions;
mod token;
mod tokens;

pub use access::{Access, AccessConfig, Presented, Refused};
pub use access_file::AccessError;
pub use audit::{Scene, acted, denied};
pub use bearer::{bearer_of, session_of};
pub use caller::Caller;
pub use certificate::{Peer, PeerCertificate};
pub use grant::{Grant, Grants, WrongGrant};
pub use role::{Right, Role};
pub use secret::{PREFIX as TOKEN_PREFIX, TokenSecret};
pub use sessions::{SessionId, Sessions};
pub use token::{LIFE_MAX, NewToken, Token, TokenError};
pub use tokens::Tokens;
