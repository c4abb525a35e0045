//! What an endpoint's messages are signed with: HMAC-SHA256 over id, time and body, as Standard Webhooks has it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The shortest secret that is taken, in bytes.
const BYTES_MIN: usize = 24;
/// What stands before a secret that is given in Base64.
const PREFIX: &str = "whsec_";

/// The key of one endpoint. It is never shown.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// Why a text is no secret. The text itself is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not Base64 after `whsec_`.
    #[error("does not hold Base64 after whsec_")]
    Form,
    /// Too short to be hard to guess.
    #[error(
        "holds {0} bytes; at least {BYTES_MIN} are needed, such as those of `openssl rand -base64 32` after whsec_"
    )]
    Short(usize),
}

impl Secret {
    /// Reads a secret: `whsec_` and Base64, or any other text as it is. White space around it does not count.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = match text.strip_prefix(PREFIX) {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| SecretError::Form)?,
            None => text.as_bytes().to_vec(),
        };
        if bytes.len() < BYTES_MIN { Err(SecretError::Short(bytes.len())) } else { Ok(Secret(bytes)) }
    }

    /// The header `webhook-signature` of a message: a receiver computes the same over `{id}.{timestamp}.{body}`.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length is taken");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_receivers_compute() {
        // From Python: base64(hmac(key, b"id-1.1700000000.{}", sha256)).
        let secret = Secret::parse("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz").expect("24 bytes");
        assert_eq!(secret.sign("id-1", 1_700_000_000, b"{}"), "v1,dZlrzniJe8mnpwLYHgfs84Gh9I9b56T44Vo9+4YoQwg=");
        assert_eq!(
            secret.sign("id-1", 1_700_000_000, b"{}"),
            Secret::parse(" 012345678901234567890123\n").expect("the same").sign("id-1", 1_700_000_000, b"{}")
        );
    }

    #[test]
    fn what_is_no_secret_is_refused_and_no_secret_is_shown() {
        assert_eq!(Secret::parse("short").err(), Some(SecretError::Short(5)));
        assert_eq!(Secret::parse("whsec_***").err(), Some(SecretError::Form));
        assert_eq!(Secret::parse("whsec_AAAA").err(), Some(SecretError::Short(3)));
        let secret = Secret::parse("012345678901234567890123").expect("24 bytes");
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
