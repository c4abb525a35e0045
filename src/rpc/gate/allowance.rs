//! What every caller may still do: a rate, and places for what is under way.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use parking_lot::Mutex;

use super::super::caller::{CallerKey, Connection};
use super::super::limits::Limits;
use super::super::reached::Reached;

/// A caller, and whether it asks how the server is.
pub(super) type Key = (CallerKey, bool);

/// After how many requests those who have been quiet are forgotten.
const FORGET_EVERY: u64 = 4096;

/// What every caller may still do.
#[derive(Debug)]
pub(super) struct Allowances {
    limits: Limits,
    /// None where there is no limit to the rate.
    rate: Option<RateLimiter<Key, HashMapStateStore<Key>, DefaultClock>>,
    clock: DefaultClock,
    asked: AtomicU64,
    /// Whoever has something under way, and nobody else.
    under_way: Arc<Mutex<HashMap<Key, UnderWay>>>,
}

/// What one caller has under way.
#[derive(Debug, Default)]
struct UnderWay {
    requests: u64,
    streams: u64,
    upload_bytes: u64,
}

impl Allowances {
    pub(super) fn new(limits: &Limits) -> Self {
        let number = |value: u64| NonZeroU32::new(u32::try_from(value).unwrap_or(u32::MAX));
        let quota = number(limits.principal_requests_per_second).map(|rate| {
            let burst = number(limits.principal_burst_requests).unwrap_or(NonZeroU32::MIN);
            Quota::per_second(rate).allow_burst(burst)
        });
        Allowances {
            limits: limits.clone(),
            rate: quota.map(RateLimiter::hashmap),
            clock: DefaultClock::default(),
            asked: AtomicU64::new(0),
            under_way: Arc::default(),
        }
    }

    /// Takes a place for a request, or says which limit it has reached.
    pub(super) fn admit(&self, key: Key, connection: Option<Connection>, is_stream: bool) -> Result<Place, Reached> {
        self.check_rate(&key)?;
        let limits = &self.limits;
        let connection = connection.filter(|_| is_stream);
        if connection.as_ref().is_some_and(|it| !it.open_stream(limits.connection_streams_max)) {
            let most = limits.connection_streams_max;
            return Err(Reached::at_once("connection_streams_max", most, "streams are under way on this connection"));
        }
        // From here on the stream is given back with the place.
        let mut place = Place {
            key,
            is_stream,
            connection,
            upload_kib_max: limits.principal_upload_kib_max,
            uploaded: AtomicU64::new(0),
            counted: false,
            under_way: Arc::clone(&self.under_way),
        };
        let mut under_way = self.under_way.lock();
        let mine = under_way.entry(place.key.clone()).or_default();
        let (most, most_streams) = (limits.principal_requests_max, limits.principal_streams_max);
        if mine.requests >= most {
            return Err(Reached::at_once("principal_requests_max", most, "requests of this principal are under way"));
        }
        if is_stream && mine.streams >= most_streams {
            let what = "streams of this principal are under way";
            return Err(Reached::at_once("principal_streams_max", most_streams, what));
        }
        mine.requests += 1;
        mine.streams += u64::from(is_stream);
        place.counted = true;
        drop(under_way);
        metrics::gauge!("entente_requests_under_way").increment(1.0);
        Ok(place)
    }

    fn check_rate(&self, key: &Key) -> Result<(), Reached> {
        let Some(rate) = &self.rate else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(FORGET_EVERY) && rate.len() > 1024 {
            rate.retain_recent();
            rate.shrink_to_fit();
        }
        rate.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            Reached::rate(self.limits.principal_requests_per_second, wait)
        })
    }
}

/// What one request takes up. It is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    key: Key,
    is_stream: bool,
    connection: Option<Connection>,
    upload_kib_max: u64,
    uploaded: AtomicU64,
    /// Whether it stands among what is under way; not so where it was refused.
    counted: bool,
    under_way: Arc<Mutex<HashMap<Key, UnderWay>>>,
}

impl Place {
    /// Counts bytes of the request that came in.
    pub(super) fn upload(&self, bytes: u64) -> Result<(), Reached> {
        let mut under_way = self.under_way.lock();
        let mine = under_way.entry(self.key.clone()).or_default();
        let others = mine.upload_bytes - self.uploaded.load(Ordering::Relaxed);
        // One request alone may be as long as a request may be.
        if others > 0 && mine.upload_bytes + bytes > self.upload_kib_max.saturating_mul(1024) {
            return Err(Reached::upload(self.upload_kib_max));
        }
        mine.upload_bytes += bytes;
        self.uploaded.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Takes bytes off again that are not held any more.
    pub(super) fn give_back(&self, bytes: u64) {
        if let Some(mine) = self.under_way.lock().get_mut(&self.key) {
            mine.upload_bytes -= bytes;
            self.uploaded.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            connection.close_stream();
        }
        if !self.counted {
            return;
        }
        metrics::gauge!("entente_requests_under_way").decrement(1.0);
        let mut under_way = self.under_way.lock();
        let Some(mine) = under_way.get_mut(&self.key) else { return };
        mine.requests -= 1;
        mine.streams -= u64::from(self.is_stream);
        mine.upload_bytes -= self.uploaded.load(Ordering::Relaxed);
        if mine.requests == 0 {
            under_way.remove(&self.key);
        }
    }
}
