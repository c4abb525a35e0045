//! JWTs, made by hand with ring, so that they can also be what no library would make.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use entente::domain::Instant;

/// A key of an issuer.
pub(super) struct Signer {
    pub(super) kid: &'static str,
    pub(super) algorithm: &'static str,
    key: Key,
}

enum Key {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
}

impl Signer {
    pub(super) fn eddsa(kid: &'static str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let key = Key::Ed(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap());
        Signer { kid, algorithm: "EdDSA", key }
    }

    pub(super) fn es256(kid: &'static str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = Key::Ec(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap());
        Signer { kid, algorithm: "ES256", key }
    }

    /// The public half, as a key set has it.
    pub(super) fn jwk(&self) -> Value {
        match &self.key {
            Key::Ed(key) => {
                let x = BASE64.encode(key.public_key());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "use": "sig", "x": x})
            }
            Key::Ec(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
                json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "alg": "ES256", "x": x, "y": y})
            }
        }
    }

    /// The bytes of the public half: what is confused with a secret when algorithms are.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match &self.key {
            Key::Ed(key) => key.public_key().as_ref().to_vec(),
            Key::Ec(key) => key.public_key().as_ref().to_vec(),
        }
    }

    /// A JWT as it should be.
    pub(super) fn jwt(&self, claims: &Value) -> String {
        self.jwt_with(&json!({"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}), claims)
    }

    /// A JWT with any header, signed by this key all the same.
    pub(super) fn jwt_with(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = match &self.key {
            Key::Ed(key) => key.sign(message.as_bytes()).as_ref().to_vec(),
            Key::Ec(key) => key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{message}.{}", BASE64.encode(signature))
    }
}

/// The first two parts.
pub(super) fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

/// A JWT signed by HMAC under any bytes.
pub(super) fn hs256(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let message = message(header, claims);
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    format!("{message}.{}", BASE64.encode(ring::hmac::sign(&key, message.as_bytes())))
}

/// A key set.
pub(super) fn jwks(signers: &[&Signer]) -> String {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// What a JWT of the issuer says: good from an hour before the world's noon to an hour after it.
pub(super) fn claims(grants: &[&str]) -> Value {
    let noon = Instant::parse(super::world::NOON).unwrap().unix_seconds();
    json!({
        "iss": "https://id.example.org", "aud": "entente", "sub": "anna", "nbf": noon - 3600, "exp": noon + 3600,
        "entente_grants": grants,
    })
}

/// The same with one claim of another value.
pub(super) fn claims_but(claim: &str, value: Value) -> Value {
    let mut claims = claims(&["operator@*"]);
    claims[claim] = value;
    claims
}

/// The same without one claim.
pub(super) fn claims_without(claim: &str) -> Value {
    let mut claims = claims(&["operator@*"]);
    claims.as_object_mut().unwrap().remove(claim);
    claims
}
