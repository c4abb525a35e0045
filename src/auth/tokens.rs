//! All tokens of a store: durable in its cells, and in memory as a map from what is kept of the secret to who holds it, so that
//! a request costs one hash and one look.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::secret::{self, Digest, TokenSecret};
use super::token::{GRANTS_MAX, LIFE_MAX, NewToken, Token, TokenError, hexadecimal};
use crate::domain::{Instant, Text};
use crate::store::{Cells, StoreError, Swap};

/// How many tokens are kept; those that are over count until they are forgotten.
const TOKENS_MAX: usize = 10_000;
/// How long a token that is over is still listed, in seconds.
const REMEMBERED: i64 = 30 * 86_400;
const DAY: i64 = 86_400;
/// Cells of tokens are `token/{id}`.
const KEY_PREFIX: &str = "token/";

/// The tokens of one store.
pub struct Tokens {
    cells: Arc<dyn Cells>,
    known: ArcSwap<HashMap<Digest, Holder>>,
    /// One change at a time.
    changing: Mutex<()>,
}

/// A token and the caller that it proves.
#[derive(Clone)]
pub(super) struct Holder {
    pub(super) token: Token,
    pub(super) caller: Caller,
    revoked: CancellationToken,
}

impl Holder {
    fn new(token: Token) -> Self {
        let revoked = CancellationToken::new();
        if token.revoked_at.is_some() {
            revoked.cancel();
        }
        let principal = Text::new(&format!("token:{}", token.name)).expect("a slug with a word before it is a text");
        let grants = token.grants.iter().cloned().collect();
        let caller = Caller::new(principal, grants, Some(token.expires_at), revoked.clone());
        Holder { token, caller, revoked }
    }
}

impl Tokens {
    /// Reads the tokens of a store. Blocks.
    pub fn open(cells: Arc<dyn Cells>) -> Result<Self, StoreError> {
        let mut known = HashMap::new();
        for (key, value) in cells.list(KEY_PREFIX.as_bytes())? {
            let id = key.strip_prefix(KEY_PREFIX.as_bytes()).and_then(|id| std::str::from_utf8(id).ok());
            match id.and_then(|id| Token::from_bytes(id, &value)) {
                Some((digest, token)) => drop(known.insert(digest, Holder::new(token))),
                // Whoever holds it is refused, and the others are not.
                None => tracing::error!(key = %String::from_utf8_lossy(&key), "a token in the store cannot be read"),
            }
        }
        Ok(Tokens { cells, known: ArcSwap::from_pointee(known), changing: Mutex::new(()) })
    }

    /// The holder of a secret.
    pub(super) fn holder(&self, secret: &str) -> Option<Holder> {
        self.known.load().get(&secret::digest(secret)).cloned()
    }

    /// Makes a token; its secret is given here and never again. Blocks.
    pub fn create(&self, new: NewToken, now: Instant) -> Result<(Token, TokenSecret), TokenError> {
        if !(1..=GRANTS_MAX).contains(&new.grants.len()) {
            return Err(TokenError::Grants(new.grants.len()));
        }
        let life = new.expires_at.unix_seconds() - now.unix_seconds();
        if !(1..=LIFE_MAX * DAY).contains(&life) {
            return Err(TokenError::Life { expires_at: new.expires_at, now });
        }
        let _changing = self.changing.lock();
        self.forget_long_over(now)?;
        let kept = self.known.load().len();
        if kept >= TOKENS_MAX {
            return Err(TokenError::TooMany(kept));
        }
        loop {
            let secret = TokenSecret::generate().map_err(|error| TokenError::Random(error.to_string()))?;
            let digest = secret::digest(secret.reveal());
            let id = hexadecimal(&digest[..6]);
            let token = Token {
                id: crate::domain::Slug::parse(&id).expect("hexadecimal digits are a slug"),
                name: new.name.clone(),
                grants: new.grants.clone(),
                created_at: now,
                created_by: new.created_by.clone(),
                expires_at: new.expires_at,
                revoked_at: None,
            };
            // Another token may begin with the same digits.
            if self.cells.compare_and_set(&key(&id), None, Some(&token.to_bytes(&digest)))? == Swap::Done {
                self.know(digest, token.clone());
                return Ok((token, secret));
            }
        }
    }

    /// Revokes a token: from the return on nobody is let in by it. `None` where there is none of this id; one that was
    /// revoked before stays as it is. Blocks.
    pub fn revoke(&self, id: &str, now: Instant) -> Result<Option<Token>, TokenError> {
        let _changing = self.changing.lock();
        let known = self.known.load_full();
        let Some((digest, holder)) = known.iter().find(|(_, holder)| holder.token.id.as_str() == id) else {
            return Ok(None);
        };
        if holder.token.revoked_at.is_some() {
            return Ok(Some(holder.token.clone()));
        }
        let revoked = Token { revoked_at: Some(now), ..holder.token.clone() };
        let before = holder.token.to_bytes(digest);
        match self.cells.compare_and_set(&key(id), Some(&before), Some(&revoked.to_bytes(digest)))? {
            Swap::Done => {}
            Swap::Differs(_) => {
                let cause = format!("the cell of token {id} is not what was written there");
                return Err(StoreError::Corrupt { cause }.into());
            }
        }
        self.know(*digest, revoked.clone());
        // Streams that it opened end too.
        holder.revoked.cancel();
        Ok(Some(revoked))
    }

    /// Every token, by name and then by id.
    pub fn list(&self) -> Vec<Token> {
        let mut all: Vec<Token> = self.known.load().values().map(|holder| holder.token.clone()).collect();
        all.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        all
    }

    fn know(&self, digest: Digest, token: Token) {
        let mut known = HashMap::clone(&self.known.load());
        known.insert(digest, Holder::new(token));
        self.known.store(Arc::new(known));
    }

    /// Forgets the tokens that have been over for long.
    fn forget_long_over(&self, now: Instant) -> Result<(), StoreError> {
        let mut known = HashMap::clone(&self.known.load());
        let is_long_over = |token: &Token| {
            let over = token.revoked_at.map_or(token.expires_at, |revoked| revoked.min(token.expires_at));
            now.unix_seconds() - over.unix_seconds() > REMEMBERED
        };
        let over: Vec<(Digest, Token)> = known
            .iter()
            .filter(|(_, holder)| is_long_over(&holder.token))
            .map(|(digest, holder)| (*digest, holder.token.clone()))
            .collect();
        for (digest, token) in &over {
            if self.cells.compare_and_set(&key(token.id.as_str()), Some(&token.to_bytes(digest)), None)? == Swap::Done {
                known.remove(digest);
            }
        }
        if !over.is_empty() {
            self.known.store(Arc::new(known));
        }
        Ok(())
    }
}

fn key(id: &str) -> Vec<u8> {
    format!("{KEY_PREFIX}{id}").into_bytes()
}
