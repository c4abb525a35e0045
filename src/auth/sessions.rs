//! Sessions of people in a browser. A credential, shown once, becomes a random id that only this server knows: a browser that
//! is made to send it elsewhere gives away neither the credential nor anything that outlives the session.
//!
//! Here: who is signed in, until when, and how that ends. Not here: the cookie (`bearer`), the form (`web`). Nothing of it is
//! written down: a server that is started anew knows nobody.

use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use parking_lot::Mutex;

use super::caller::Caller;
use super::secret::{self, Digest};
use crate::domain::Instant;

/// How long a session lasts at most, in seconds: a working day. It never outlives its credential.
pub(super) const SESSION_LIFE: i64 = 12 * 3_600;
/// How many sessions there are at once; beyond that the oldest of all ends.
const SESSIONS_MAX: usize = 4_096;
/// How many of these one principal has; beyond that its own oldest ends, so that nobody signs others out.
const OF_PRINCIPAL_MAX: usize = 16;

/// Who is signed in.
#[derive(Default)]
pub struct Sessions(Mutex<Open>);

#[derive(Default)]
struct Open {
    by_id: HashMap<Digest, Session>,
    /// How many were begun ever: their order.
    begun: u64,
}

struct Session {
    caller: Caller,
    number: u64,
}

/// The id of a session, for the cookie of whoever signed in. Its `Debug` form hides it.
pub struct SessionId(String);

impl SessionId {
    /// 256 random bits.
    fn generate() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(SessionId(BASE64_URL_SAFE_NO_PAD.encode(bits)))
    }

    /// The id itself, in Base64 for addresses.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

impl Sessions {
    /// Begins a session of a caller whose credential was just checked. It ends with the credential, by [`Sessions::end`], or
    /// after twelve hours.
    pub fn begin(&self, caller: &Caller, now: Instant) -> Result<SessionId, getrandom::Error> {
        let id = SessionId::generate()?;
        let caller = caller.lent(now.plus_seconds(SESSION_LIFE));
        let mut open = self.0.lock();
        open.by_id.retain(|_, session| !session.caller.is_over(now));
        let of_principal = open.oldest(|it| it.caller.principal() == caller.principal(), OF_PRINCIPAL_MAX);
        let of_all = open.oldest(|_| true, SESSIONS_MAX);
        for oldest in of_principal.into_iter().chain(of_all) {
            open.end(&oldest);
        }
        open.begun += 1;
        let number = open.begun;
        open.by_id.insert(secret::digest(id.reveal()), Session { caller, number });
        Ok(id)
    }

    /// Whose session it is; none where it is over, or never was.
    pub fn caller(&self, id: &str, now: Instant) -> Option<Caller> {
        let open = self.0.lock();
        let session = open.by_id.get(&secret::digest(id))?;
        (!session.caller.is_over(now)).then(|| session.caller.clone())
    }

    /// Ends a session, and what was opened with it.
    pub fn end(&self, id: &str) {
        self.0.lock().end(&secret::digest(id));
    }
}

impl Open {
    /// The oldest of some sessions, where there are `most` of them already.
    fn oldest(&self, of: impl Fn(&Session) -> bool, most: usize) -> Option<Digest> {
        let mut count = 0;
        let some = self.by_id.iter().filter(|(_, session)| of(session)).inspect(|_| count += 1);
        let oldest = some.min_by_key(|(_, session)| session.number).map(|(id, _)| *id);
        oldest.filter(|_| count >= most)
    }

    fn end(&mut self, id: &Digest) {
        if let Some(session) = self.by_id.remove(id) {
            session.caller.take_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::auth::Grants;
    use crate::domain::Text;

    fn somebody(name: &str, until: Option<Instant>, revoked: &CancellationToken) -> Caller {
        Caller::new(Text::new(name).unwrap(), Grants::every(), until, revoked.clone())
    }

    fn noon() -> Instant {
        Instant::parse("2026-03-01T12:00:00Z").unwrap()
    }

    #[test]
    fn a_session_ends_with_its_credential_with_its_day_and_when_it_is_ended() {
        let (sessions, now, revoked) = (Sessions::default(), noon(), CancellationToken::new());
        let caller = somebody("token:anna", None, &revoked);
        let [one, other] = [(); 2].map(|()| sessions.begin(&caller, now).unwrap());
        assert_eq!(sessions.caller(one.reveal(), now).unwrap().principal(), caller.principal());
        assert!(sessions.caller(one.reveal(), now.plus_seconds(SESSION_LIFE)).is_none(), "its day is over");
        sessions.end(one.reveal());
        assert!(sessions.caller(one.reveal(), now).is_none(), "it was ended");
        assert!(sessions.caller(other.reveal(), now).is_some(), "alone");
        assert!(!caller.is_over(now), "the credential goes on");
        revoked.cancel();
        assert!(sessions.caller(other.reveal(), now).is_none(), "its credential was revoked");
        let short = somebody("token:ben", Some(now.plus_seconds(60)), &CancellationToken::new());
        let short = sessions.begin(&short, now).unwrap();
        assert!(sessions.caller(short.reveal(), now.plus_seconds(60)).is_none(), "its credential ran out");
    }

    #[test]
    fn there_are_never_more_than_so_many_and_nobody_signs_others_out() {
        let (sessions, now, revoked) = (Sessions::default(), noon(), CancellationToken::new());
        let first = sessions.begin(&somebody("token:anna", None, &revoked), now).unwrap();
        let many = somebody("token:many", None, &revoked);
        let ids: Vec<SessionId> = (0..=OF_PRINCIPAL_MAX).map(|_| sessions.begin(&many, now).unwrap()).collect();
        assert!(sessions.caller(ids[0].reveal(), now).is_none(), "the oldest of that principal ended");
        assert!(ids[1..].iter().all(|id| sessions.caller(id.reveal(), now).is_some()));
        assert!(sessions.caller(first.reveal(), now).is_some(), "somebody else's did not");
        for number in 0..SESSIONS_MAX {
            sessions.begin(&somebody(&format!("jwt:{number}"), None, &revoked), now).unwrap();
        }
        assert_eq!(sessions.0.lock().by_id.len(), SESSIONS_MAX);
    }

    #[test]
    fn an_id_is_hidden_and_not_kept() {
        let (sessions, now) = (Sessions::default(), noon());
        let id = sessions.begin(&somebody("token:anna", None, &CancellationToken::new()), now).unwrap();
        assert_eq!((id.reveal().len(), format!("{id:?}")), (43, "SessionId(…)".to_owned()));
        assert!(sessions.0.lock().by_id.contains_key(&secret::digest(id.reveal())), "only its checksum is");
    }
}
