//! The key that a ledger is held to.

use std::str::FromStr;

use anyhow::Context as _;

use crate::proof::VerifierKey;

/// A verifier key, given itself or as a file that has it in its first line.
#[derive(Debug, Clone)]
pub(super) struct KeyArg(pub(super) VerifierKey);

impl FromStr for KeyArg {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text.contains('+') {
            return Ok(KeyArg(first_word(text).parse()?));
        }
        let content =
            std::fs::read_to_string(text).with_context(|| format!("is not a verifier key, nor a file: {text}"))?;
        let key = first_word(content.lines().next().unwrap_or_default()).parse();
        Ok(KeyArg(key.with_context(|| format!("the first line of {text} does not begin with a verifier key"))?))
    }
}

/// `entente keys` says behind a key from when on it signs.
fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
