//! Tokens in the data directory of a server that is stopped: how the first one is made, by whoever may write there.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::auth::{Grant, NewToken, Role, Token, Tokens};
use crate::clock::Clock;
use crate::domain::{Slug, Text};
use crate::proto::v1;
use crate::store::{Catalog as _, SledCatalog, SledConfig};
use crate::wire;

/// Who makes tokens here: whoever may write the directory.
const BY: &str = "data-directory";

/// Makes a token.
pub(super) fn create(
    data_dir: PathBuf,
    name: Slug,
    grants: Vec<Grant>,
    days: i64,
) -> anyhow::Result<v1::CreateTokenResponse> {
    // A first token is made before the first start, too.
    let catalog = SledCatalog::open(SledConfig::new(data_dir))?;
    let now = Clock::system().now();
    let created_by = Text::new(BY).expect("a word is a text");
    let new = NewToken { name, grants, expires_at: now.plus_elapsed_days(days), created_by };
    let (token, secret) = Tokens::open(catalog.cells())?.create(new, now)?;
    Ok(v1::CreateTokenResponse { token: Some(to_proto(&token)), secret: secret.reveal().to_owned() })
}

/// Every token.
pub(super) fn list(data_dir: PathBuf) -> anyhow::Result<Vec<v1::Token>> {
    let catalog = SledCatalog::open_existing(SledConfig::new(data_dir))?;
    Ok(Tokens::open(catalog.cells())?.list().iter().map(to_proto).collect())
}

/// Revokes a token.
pub(super) fn revoke(data_dir: PathBuf, id: &str) -> anyhow::Result<v1::Token> {
    let catalog = SledCatalog::open_existing(SledConfig::new(data_dir))?;
    let id = Slug::parse(id).ok().context("TOKEN is the id of a token, as `entente token list` shows it")?;
    let revoked = Tokens::open(catalog.cells())?.revoke(id.as_str(), Clock::system().now())?;
    revoked.as_ref().map(to_proto).with_context(|| format!("there is no token {id}"))
}

/// A grant as the API has it.
pub(super) fn grant_to_proto(grant: &Grant) -> v1::Grant {
    let role = match grant.role {
        Role::Reader => v1::Role::Reader,
        Role::Recorder => v1::Role::Recorder,
        Role::Assessor => v1::Role::Assessor,
        Role::Operator => v1::Role::Operator,
    };
    let ledger = grant.ledger.as_ref().map_or("-", Slug::as_str);
    v1::Grant { role: role.into(), ledger: format!("ledgers/{ledger}") }
}

fn to_proto(token: &Token) -> v1::Token {
    v1::Token {
        name: format!("tokens/{}", token.id),
        holder: token.name.to_string(),
        grants: token.grants.iter().map(grant_to_proto).collect(),
        created_at: Some(wire::instant_to_proto(token.created_at)),
        created_by: token.created_by.to_string(),
        expires_at: Some(wire::instant_to_proto(token.expires_at)),
        revoked_at: token.revoked_at.map(wire::instant_to_proto),
    }
}
