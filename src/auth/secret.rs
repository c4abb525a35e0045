//! The secret of a token, which is shown once and kept by nobody but its holder.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// How every secret begins, so that people and scanners of leaked secrets know it when they see it.
pub const PREFIX: &str = "entente_";
/// 256 bits in Base64 after the prefix.
const SECRET_BYTES: usize = PREFIX.len() + 43;

/// SHA-256 of a secret: all that is kept of it. 256 random bits need no salt and no slow hash.
pub(super) type Digest = [u8; 32];

/// The secret of a token. It is never logged: its `Debug` form hides it.
pub struct TokenSecret(String);

impl TokenSecret {
    /// A new one, of 256 random bits.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(TokenSecret(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bits))))
    }

    /// The secret itself, for whoever asked for the token.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

/// Whether a text has the form of a secret.
pub(super) fn has_form(text: &str) -> bool {
    text.len() == SECRET_BYTES && text.starts_with(PREFIX)
}

/// What is kept of a text that may be a secret.
pub(super) fn digest(text: &str) -> Digest {
    Sha256::digest(text.as_bytes()).into()
}
