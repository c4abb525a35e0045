//! JWTs of an issuer that the access file names: the algorithm, the issuer and the audience are pinned there, and nothing that
//! a token says of itself widens that.

use std::collections::HashMap;

use jsonwebtoken::Validation;
use jsonwebtoken::errors::ErrorKind;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::grant::{Grant, Grants};
use super::jwks::IssuerKey;
use crate::domain::{Instant, Slug, Text};

/// How far the clocks of issuer and server may be apart, in seconds.
const LEEWAY: i64 = 30;
/// The longest subject, in bytes: it is recorded with every event.
const SUBJECT_BYTES_MAX: usize = 256;

/// An issuer that is trusted.
pub(super) struct Issuer {
    /// Names it in principals: `jwt:{name}:{subject}`.
    pub(super) name: Slug,
    /// The `iss` of its tokens.
    pub(super) issuer: String,
    /// What their `aud` must have.
    pub(super) audience: String,
    /// The claim with the grants.
    pub(super) claim: String,
    /// What the values of the claim grant; empty where the values are grants themselves.
    pub(super) groups: HashMap<String, Vec<Grant>>,
    /// By `kid`.
    pub(super) keys: HashMap<String, IssuerKey>,
}

/// Why a JWT is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum JwtFault {
    #[error("the JWT cannot be read")]
    Form,
    #[error("the JWT is signed by a key that no issuer of the access file has; its header needs the kid of one")]
    UnknownKey,
    #[error("the JWT is signed by another algorithm than its key is for; EdDSA and ES256 are taken")]
    Algorithm,
    #[error("the JWT has header fields that must be understood (crit), and none is")]
    Critical,
    #[error("the signature of the JWT is not that of its key")]
    Signature,
    #[error("the JWT has no claim {0}, or not of the kind that is needed")]
    Claim(String),
    #[error("the JWT is of another issuer than its key")]
    Issuer,
    #[error("the JWT is for another audience than this server")]
    Audience,
    #[error("the JWT ran out at {0}")]
    Expired(Instant),
    #[error("the JWT is not valid before {0}")]
    NotYet(Instant),
    #[error("the claim {0} of the JWT holds what is no grant; one is such as reader@us-china")]
    Grants(String),
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    #[serde(flatten)]
    more: HashMap<String, serde_json::Value>,
}

/// The caller that a JWT proves. `taken_back` is cancelled when the access file is read anew.
pub(super) fn prove(
    issuers: &[Issuer],
    jwt: &str,
    now: Instant,
    taken_back: &CancellationToken,
) -> Result<Caller, JwtFault> {
    let header = jsonwebtoken::decode_header(jwt).map_err(|error| match error.kind() {
        // `alg: none` and whatever else is no algorithm.
        ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName => JwtFault::Algorithm,
        _ => JwtFault::Form,
    })?;
    if header.crit.is_some() {
        return Err(JwtFault::Critical);
    }
    let kid = header.kid.ok_or(JwtFault::UnknownKey)?;
    let mut fault = JwtFault::UnknownKey;
    // Two issuers may have a key of the same kid.
    for (issuer, key) in issuers.iter().filter_map(|issuer| Some((issuer, issuer.keys.get(&kid)?))) {
        if header.alg != key.algorithm {
            fault = JwtFault::Algorithm;
            continue;
        }
        match issuer.read(jwt, key).and_then(|claims| issuer.caller(claims, now, taken_back)) {
            Ok(caller) => return Ok(caller),
            Err(why) => fault = why,
        }
    }
    Err(fault)
}

impl Issuer {
    /// Verifies the signature, the issuer and the audience.
    fn read(&self, jwt: &str, key: &IssuerKey) -> Result<Claims, JwtFault> {
        let mut pinned = Validation::new(key.algorithm);
        pinned.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        pinned.set_issuer(&[&self.issuer]);
        pinned.set_audience(&[&self.audience]);
        // The times are held against the server's clock below.
        pinned.validate_exp = false;
        pinned.validate_nbf = false;
        let token = jsonwebtoken::decode::<Claims>(jwt, &key.key, &pinned).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => JwtFault::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => JwtFault::Algorithm,
            ErrorKind::InvalidIssuer => JwtFault::Issuer,
            ErrorKind::InvalidAudience => JwtFault::Audience,
            ErrorKind::MissingRequiredClaim(claim) => JwtFault::Claim(claim.clone()),
            ErrorKind::Json(_) => JwtFault::Claim("sub or exp".to_owned()),
            _ => JwtFault::Form,
        })?;
        Ok(token.claims)
    }

    fn caller(&self, claims: Claims, now: Instant, taken_back: &CancellationToken) -> Result<Caller, JwtFault> {
        let instant = |seconds: i64| Instant::from_unix_seconds(seconds).unwrap_or(Instant::MAX);
        let until = instant(claims.exp.saturating_add(LEEWAY));
        if until <= now {
            return Err(JwtFault::Expired(instant(claims.exp)));
        }
        if let Some(nbf) = claims.nbf.filter(|nbf| nbf.saturating_sub(LEEWAY) > now.unix_seconds()) {
            return Err(JwtFault::NotYet(instant(nbf)));
        }
        let no_subject = || JwtFault::Claim("sub".to_owned());
        if claims.sub.is_empty() || claims.sub.len() > SUBJECT_BYTES_MAX || claims.sub.contains(char::is_control) {
            return Err(no_subject());
        }
        let principal = format!("jwt:{}:{}", self.name, claims.sub);
        let principal = Text::new(&principal).map_err(|_| no_subject())?;
        let grants = self.grants(claims.more.get(&self.claim))?;
        Ok(Caller::new(principal, grants, Some(until), taken_back.clone()))
    }

    fn grants(&self, claim: Option<&serde_json::Value>) -> Result<Grants, JwtFault> {
        let wrong = || JwtFault::Grants(self.claim.clone());
        let values = match claim {
            // Who is somebody and was granted nothing may do nothing.
            None => return Ok(Grants::default()),
            Some(serde_json::Value::Array(values)) => values,
            Some(_) => return Err(wrong()),
        };
        let texts = values.iter().map(|value| value.as_str().ok_or_else(wrong));
        if self.groups.is_empty() {
            return texts.map(|text| Grant::parse(text?).map_err(|_| wrong())).collect();
        }
        let mut granted = Vec::new();
        for text in texts {
            // An issuer has groups that mean nothing here.
            granted.extend(self.groups.get(text?).into_iter().flatten().cloned());
        }
        Ok(granted.into_iter().collect())
    }
}
