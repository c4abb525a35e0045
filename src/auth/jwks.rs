//! The public keys of an issuer, from a file of the form of RFC 7517. Keys of other algorithms than those pinned are left out.

use std::collections::HashMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::error::Category;

/// A key, and the one algorithm that it is for.
pub(super) struct IssuerKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// Reads the keys for the algorithms pinned, by their `kid`; at least one.
pub(super) fn read(text: &str, pinned: &[Algorithm]) -> Result<HashMap<String, IssuerKey>, String> {
    let set: JwkSet = serde_json::from_str(text).map_err(|error| no_key_set(&error))?;
    let mut keys = HashMap::new();
    for jwk in &set.keys {
        let Some(algorithm) = algorithm_of(jwk).filter(|algorithm| pinned.contains(algorithm)) else { continue };
        let Some(kid) = jwk.common.key_id.clone() else {
            return Err("has a key without `kid`; a token names its key by it".to_owned());
        };
        let key = DecodingKey::from_jwk(jwk).map_err(|error| format!("key {kid:?}: {error}"))?;
        if keys.insert(kid.clone(), IssuerKey { algorithm, key }).is_some() {
            return Err(format!("has two keys of the kid {kid:?}"));
        }
    }
    if keys.is_empty() {
        return Err("has no key of the algorithms that are pinned; EdDSA is OKP with Ed25519, ES256 is EC with P-256"
            .to_owned());
    }
    Ok(keys)
}

/// Says where the mistake is and not what stands there: that may be the private part of a key, or a token in the wrong file.
fn no_key_set(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Data => "what stands there is not what a key set has there",
        Category::Eof => "the file ends too early",
        Category::Syntax | Category::Io => "what stands there is no JSON",
    };
    let (line, column) = (error.line(), error.column());
    format!("is no JSON Web Key Set, which is an object with a list `keys`: at line {line}, column {column}: {what}")
}

/// The algorithm that a key is for by its form; none where the key says that it is for something else.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    let by_form = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(it) if it.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let is_for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let says_so = match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::ES256) => by_form == Algorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => by_form == Algorithm::EdDSA,
        Some(_) => false,
    };
    (is_for_signatures && says_so).then_some(by_form)
}
