//! A bearer token: who holds it, what it grants, how long. The cell that keeps it has no secret.

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::secret::Digest;
use crate::domain::{Instant, Slug, Text};
use crate::store::StoreError;

/// The longest life of a token, in days: ten years.
pub const LIFE_MAX: i64 = 3_660;
/// How many grants one token may have; so many fit a cell.
pub(super) const GRANTS_MAX: usize = 32;

/// A bearer token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names it for revoking: the first 12 hexadecimal digits of the secret's SHA-256.
    pub id: Slug,
    /// Who holds it; several tokens may name the same.
    pub name: Slug,
    /// What it grants.
    pub grants: Vec<Grant>,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: Text,
    /// When it runs out.
    pub expires_at: Instant,
    /// When it was revoked, if so.
    pub revoked_at: Option<Instant>,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Who will hold it.
    pub name: Slug,
    /// What it grants: 1 to 32.
    pub grants: Vec<Grant>,
    /// When it runs out: later than now, within [`LIFE_MAX`] days.
    pub expires_at: Instant,
    /// Who makes it.
    pub created_by: Text,
}

/// Why a token cannot be made, revoked or listed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A token that grants nothing, or too much to keep.
    #[error("grants: there are {0}; a token has 1 to {GRANTS_MAX}, such as reader@us-china")]
    Grants(usize),
    /// A life that is over before it begins, or too long.
    #[error("expires_at: {expires_at} is out of range; it is {now}, and a token lives for {LIFE_MAX} days at most")]
    Life {
        /// What was asked for.
        expires_at: Instant,
        /// What the clock shows.
        now: Instant,
    },
    /// There is no room for another one.
    #[error(
        "{0} tokens are kept and no more are taken; revoke those that nobody uses: a month later they are forgotten"
    )]
    TooMany(usize),
    /// The system gives no random bits.
    #[error("the system gives no random bits: {0}")]
    Random(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a cell holds, as JSON. Persisted: a field may be added, and none may change its meaning.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    name: String,
    /// Hexadecimal.
    digest: String,
    grants: Vec<String>,
    created_at: i64,
    created_by: String,
    expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<i64>,
}

const VERSION: u8 = 1;

impl Token {
    /// What a cell holds of the token.
    pub(super) fn to_bytes(&self, digest: &Digest) -> Vec<u8> {
        let kept = Kept {
            version: VERSION,
            name: self.name.to_string(),
            digest: hexadecimal(digest),
            grants: self.grants.iter().map(Grant::to_string).collect(),
            created_at: self.created_at.unix_seconds(),
            created_by: self.created_by.to_string(),
            expires_at: self.expires_at.unix_seconds(),
            revoked_at: self.revoked_at.map(Instant::unix_seconds),
        };
        serde_json::to_vec(&kept).expect("strings and numbers have a JSON form")
    }

    /// The token of a cell; `None` where the cell does not hold one.
    pub(super) fn from_bytes(id: &str, bytes: &[u8]) -> Option<(Digest, Self)> {
        let kept: Kept = serde_json::from_slice(bytes).ok().filter(|kept: &Kept| kept.version == VERSION)?;
        let instant = |seconds: i64| Instant::from_unix_seconds(seconds).ok();
        let token = Token {
            id: Slug::parse(id).ok()?,
            name: Slug::parse(&kept.name).ok()?,
            grants: kept.grants.iter().map(|grant| Grant::parse(grant).ok()).collect::<Option<_>>()?,
            created_at: instant(kept.created_at)?,
            created_by: Text::new(&kept.created_by).ok()?,
            expires_at: instant(kept.expires_at)?,
            revoked_at: match kept.revoked_at {
                Some(seconds) => Some(instant(seconds)?),
                None => None,
            },
        };
        Some((from_hexadecimal(&kept.digest)?, token))
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hexadecimal(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(digest)
}
