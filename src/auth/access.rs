//! Access: makes a caller of what is presented. On the way of every request: a token costs one hash and one look into memory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::access_file::{AccessError, AccessFile};
use super::bearer::session_cookie;
use super::caller::Caller;
use super::certificate::PeerCertificate;
use super::jwt::{self, JwtFault};
use super::secret;
use super::sessions::{SESSION_LIFE, SessionId, Sessions};
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::domain::Instant;
use crate::store::Cells;

/// How access is controlled.
#[derive(Debug, Clone, Default)]
pub struct AccessConfig {
    /// Nobody is answered without a credential. Without it whoever can connect may do everything.
    pub is_required: bool,
    /// The access file: what certificates grant, and whose JWTs are taken.
    pub file: Option<PathBuf>,
    /// Connections are under TLS, so that the cookie of a session need never travel without it.
    pub is_encrypted: bool,
}

/// What a request presents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Presented<'a> {
    /// A token or a JWT. Where there is one, it alone counts.
    pub bearer: Option<&'a str>,
    /// The certificate that TLS has verified.
    pub certificate: Option<&'a PeerCertificate>,
}

/// Why nobody is proved by what was presented. No message quotes any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing was presented.
    #[error("no credential was given; send the header `authorization: Bearer TOKEN`, or a client certificate")]
    Missing,
    /// An Authorization header of another form.
    #[error("the authorization header has not the form `Bearer TOKEN`, once")]
    Malformed,
    /// A token that was never made here, or is long forgotten.
    #[error("this server has made no such token, or has forgotten it; `entente token create` makes one")]
    Unknown,
    /// A token that has run out.
    #[error("the token ran out at {0}; ask the operator for another")]
    Expired(Instant),
    /// A token that was revoked.
    #[error("the token was revoked at {0}; ask the operator for another")]
    Revoked(Instant),
    /// A session that is over, or that this server never began.
    #[error("the session is over, or the server was started anew since; sign in again")]
    SessionOver,
    /// A JWT that is not taken.
    #[error("{0}")]
    Jwt(String),
    /// A certificate of somebody whom the access file does not name.
    #[error("the access file has no entry for the certificate of {0:?}")]
    UnknownCertificate(String),
    /// A certificate that has run out while its connection was open.
    #[error("the certificate ran out at {0}")]
    ExpiredCertificate(Instant),
}

impl Refused {
    /// The stable reason that clients are given.
    pub const fn reason(&self) -> &'static str {
        match self {
            Refused::Missing => "CREDENTIAL_MISSING",
            _ => "CREDENTIAL_REFUSED",
        }
    }
}

impl From<JwtFault> for Refused {
    fn from(fault: JwtFault) -> Self {
        Refused::Jwt(fault.to_string())
    }
}

/// Who is let in, by which credential.
pub struct Access {
    /// Where no credential is asked for: whom everybody is.
    everybody: Option<Caller>,
    tokens: Tokens,
    sessions: Sessions,
    is_encrypted: bool,
    file: ArcSwap<AccessFile>,
    path: Option<PathBuf>,
    /// What the files were when they were read last, well or not.
    seen: Mutex<Vec<Stamp>>,
    clock: Clock,
}

/// What tells that a file is another than before.
type Stamp = Option<(SystemTime, u64)>;

impl Access {
    /// Reads the tokens of a store, and the access file. Blocks.
    pub fn open(cells: Arc<dyn Cells>, clock: Clock, config: &AccessConfig) -> Result<Self, AccessError> {
        let file = match &config.file {
            Some(path) => AccessFile::read(path)?,
            None => AccessFile::default(),
        };
        let seen = Mutex::new(stamps(&file.files));
        Ok(Access {
            everybody: (!config.is_required).then(Caller::local),
            tokens: Tokens::open(cells)?,
            sessions: Sessions::default(),
            is_encrypted: config.is_encrypted,
            path: config.file.clone(),
            file: ArcSwap::from_pointee(file),
            seen,
            clock,
        })
    }

    /// Whether whoever can connect may do everything.
    pub fn is_open(&self) -> bool {
        self.everybody.is_some()
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Who is signed in to the pages.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The name of the cookie that holds the id of a session.
    pub fn session_cookie(&self) -> &'static str {
        session_cookie(self.is_encrypted)
    }

    /// What sets that cookie: no script reads it, and no other site has it sent. Without an id it forgets it.
    pub fn set_session_cookie(&self, id: Option<&SessionId>) -> String {
        let (id, seconds) = id.map_or(("", 0), |id| (id.reveal(), SESSION_LIFE));
        let (name, secure) = (self.session_cookie(), if self.is_encrypted { "; Secure" } else { "" });
        format!("{name}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
    }

    /// The clock by which credentials run out.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The caller that is proved by what was presented.
    pub fn prove(&self, presented: Presented<'_>) -> Result<Caller, Refused> {
        if let Some(everybody) = &self.everybody {
            return Ok(everybody.clone());
        }
        match presented {
            Presented { bearer: Some(bearer), .. } if secret::has_form(bearer) => self.by_token(bearer),
            Presented { bearer: Some(bearer), .. } => self.by_jwt(bearer),
            Presented { bearer: None, certificate: Some(certificate) } => self.by_certificate(certificate),
            Presented { bearer: None, certificate: None } => Err(Refused::Missing),
        }
    }

    /// The caller whose session it is.
    pub fn resume(&self, session: &str) -> Result<Caller, Refused> {
        self.sessions.caller(session, self.clock.now()).ok_or(Refused::SessionOver)
    }

    /// Reads the access file again where it, or a file that it names, is another than before. `Ok(true)`: it was read and holds
    /// from now on. On an error what held before goes on. Blocks.
    pub fn reload_if_changed(&self) -> Result<bool, AccessError> {
        let now = stamps(&self.file.load().files);
        if *self.seen.lock() == now { Ok(false) } else { self.reload() }
    }

    /// Reads the access file again.
    pub fn reload(&self) -> Result<bool, AccessError> {
        let Some(path) = &self.path else { return Ok(false) };
        // Stamped before it is read: what changes meanwhile is seen the next time.
        *self.seen.lock() = stamps(&self.file.load().files);
        let read = AccessFile::read(path)?;
        *self.seen.lock() = stamps(&read.files);
        let before = self.file.swap(Arc::new(read));
        // Streams that it let in prove themselves again.
        before.over.cancel();
        Ok(true)
    }

    fn by_token(&self, bearer: &str) -> Result<Caller, Refused> {
        let holder = self.tokens.holder(bearer).ok_or(Refused::Unknown)?;
        if let Some(at) = holder.token.revoked_at {
            return Err(Refused::Revoked(at));
        }
        if holder.caller.is_over(self.clock.now()) {
            return Err(Refused::Expired(holder.token.expires_at));
        }
        Ok(holder.caller)
    }

    fn by_jwt(&self, bearer: &str) -> Result<Caller, Refused> {
        let file = self.file.load();
        if file.issuers.is_empty() || bearer.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return Err(Refused::Unknown);
        }
        let (digest, now) = (secret::digest(bearer), self.clock.now());
        if let Some(caller) = file.proved.get(&digest, now) {
            return Ok(caller);
        }
        let caller = jwt::prove(&file.issuers, bearer, now, &file.over)?;
        file.proved.remember(digest, caller.clone());
        Ok(caller)
    }

    fn by_certificate(&self, certificate: &PeerCertificate) -> Result<Caller, Refused> {
        let file = self.file.load();
        let Some((principal, grants)) = file.certificates.get(&certificate.identity) else {
            return Err(Refused::UnknownCertificate(certificate.identity.clone()));
        };
        // TLS verified it against the machine's clock when the connection was made; it may have run out since.
        if certificate.until <= self.clock.now() {
            return Err(Refused::ExpiredCertificate(certificate.until));
        }
        Ok(Caller::new(principal.clone(), grants.clone(), Some(certificate.until), file.over.clone()))
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    let stamp = |file: &PathBuf| {
        let metadata = std::fs::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.iter().map(stamp).collect()
}
