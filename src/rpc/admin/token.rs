//! Tokens: made, listed, revoked.

use std::sync::Arc;

use tonic::Code;

use super::super::admission::Admission;
use super::super::status::Fault;
use super::super::{clocks, page};
use crate::auth::{self, Access, Grant, NewToken, Role, Token, TokenError};
use crate::domain::Slug;
use crate::proto::v1;
use crate::wire;

/// The life of a token for which nothing else is asked, in days.
const LIFE_DEFAULT: i64 = 90;
/// Where a grant names all ledgers.
const ALL_LEDGERS: &str = "ledgers/-";

/// Makes a token.
pub(in super::super) async fn create(
    access: &Arc<Access>,
    admission: &Admission,
    request: v1::CreateTokenRequest,
) -> Result<v1::CreateTokenResponse, Fault> {
    let asked = request.token.unwrap_or_default();
    let name = Slug::parse(&asked.holder).map_err(|error| Fault::field("token.holder", error.to_string()))?;
    let grants = asked.grants.iter().enumerate().map(|(index, grant)| read_grant(index, grant));
    let grants = grants.collect::<Result<Vec<_>, _>>()?;
    let now = access.clock().now();
    let expires_at = match asked.expires_at {
        Some(stamp) => clocks::instant(stamp, "token.expires_at")?,
        None => now.plus_elapsed_days(LIFE_DEFAULT),
    };
    let new = NewToken { name, grants, expires_at, created_by: admission.caller.principal().clone() };
    let access = Arc::clone(access);
    let (token, secret) = off_thread(move || access.tokens().create(new, now)).await?;
    auth::acted(admission.scene(), "token_created", &told(&token));
    Ok(v1::CreateTokenResponse { token: Some(describe(&token)), secret: secret.reveal().to_owned() })
}

/// A page of tokens.
pub(in super::super) fn list(
    access: &Access,
    request: &v1::ListTokensRequest,
) -> Result<v1::ListTokensResponse, Fault> {
    let size = page::size(request.page_size)?;
    let after = page::NameToken::decode(&request.page_token)?;
    let place = |token: &Token| format!("{}/{}", token.name, token.id);
    let mut all = access.tokens().list();
    all.sort_by_key(place);
    all.retain(|token| after.as_ref().is_none_or(|after| place(token) > *after));
    let more = all.len() > size;
    all.truncate(size);
    let last = all.last().filter(|_| more).map(|last| page::NameToken::encode(&place(last)));
    Ok(v1::ListTokensResponse { tokens: all.iter().map(describe).collect(), next_page_token: last.unwrap_or_default() })
}

/// Revokes a token.
pub(in super::super) async fn revoke(
    access: &Arc<Access>,
    admission: &Admission,
    request: v1::RevokeTokenRequest,
) -> Result<v1::RevokeTokenResponse, Fault> {
    // A secret in place of a name is not to come back in the answer, nor in a log.
    let id = request.name.strip_prefix("tokens/").and_then(|id| Slug::parse(id).ok());
    let id = id.ok_or_else(|| Fault::field("name", "is not a resource name of the form tokens/{token}"))?;
    let now = access.clock().now();
    let (access, wanted) = (Arc::clone(access), id.clone());
    let revoked = off_thread(move || access.tokens().revoke(wanted.as_str(), now)).await?;
    let token = revoked.ok_or_else(|| Fault::not_found("token", format!("tokens/{id}")))?;
    auth::acted(admission.scene(), "token_revoked", &told(&token));
    Ok(v1::RevokeTokenResponse { token: Some(describe(&token)) })
}

/// A token as the audit trail has it.
fn told(token: &Token) -> String {
    let grants: Vec<String> = token.grants.iter().map(Grant::to_string).collect();
    format!("tokens/{} of {} until {}: {}", token.id, token.name, token.expires_at, grants.join(" "))
}

fn read_grant(index: usize, grant: &v1::Grant) -> Result<Grant, Fault> {
    let role = match grant.role() {
        v1::Role::Reader => Role::Reader,
        v1::Role::Recorder => Role::Recorder,
        v1::Role::Assessor => Role::Assessor,
        v1::Role::Operator => Role::Operator,
        v1::Role::Unspecified => {
            let right = "is required: ROLE_READER, ROLE_RECORDER, ROLE_ASSESSOR or ROLE_OPERATOR";
            return Err(Fault::field(format!("token.grants[{index}].role"), right));
        }
    };
    if grant.ledger == ALL_LEDGERS {
        return Ok(Grant { role, ledger: None });
    }
    let refuse = |why: String| Fault::field(format!("token.grants[{index}].ledger"), why);
    let name = grant.ledger.strip_prefix("ledgers/");
    let name = name.ok_or_else(|| refuse(format!("is a name ledgers/{{ledger}}, or {ALL_LEDGERS} for all")))?;
    let ledger = Slug::parse(name).map_err(|error| refuse(error.to_string()))?;
    Ok(Grant { role, ledger: Some(ledger) })
}

fn describe(token: &Token) -> v1::Token {
    let grant = |grant: &Grant| {
        let role = match grant.role {
            Role::Reader => v1::Role::Reader,
            Role::Recorder => v1::Role::Recorder,
            Role::Assessor => v1::Role::Assessor,
            Role::Operator => v1::Role::Operator,
        };
        let ledger = grant.ledger.as_ref().map_or_else(|| ALL_LEDGERS.to_owned(), |name| format!("ledgers/{name}"));
        v1::Grant { role: role.into(), ledger }
    };
    v1::Token {
        name: format!("tokens/{}", token.id),
        holder: token.name.to_string(),
        grants: token.grants.iter().map(grant).collect(),
        created_at: Some(wire::instant_to_proto(token.created_at)),
        created_by: token.created_by.to_string(),
        expires_at: Some(wire::instant_to_proto(token.expires_at)),
        revoked_at: token.revoked_at.map(wire::instant_to_proto),
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TokenError> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Internal(error.to_string()))?;
    done.map_err(refuse)
}

fn refuse(error: TokenError) -> Fault {
    let message = error.to_string();
    match error {
        TokenError::Grants(_) => Fault::field("token.grants", message.trim_start_matches("grants: ")),
        TokenError::Life { .. } => Fault::field("token.expires_at", message.trim_start_matches("expires_at: ")),
        TokenError::TooMany(_) => {
            Fault::Told { code: Code::ResourceExhausted, reason: "TOO_MANY_TOKENS", message, metadata: Vec::new() }
        }
        TokenError::Random(_) => Fault::Internal(message),
        TokenError::Store(error) => Fault::Ledger(error.into()),
    }
}
