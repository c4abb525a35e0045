//! What one client may take of a server, by name: the one table that settings, GetServerInfo and refusals are made from.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ledger;

/// One limit: its name, which is that of its setting, and what it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its name; it ends with the unit where there is one.
    pub name: &'static str,
    /// What it is where nobody sets it.
    pub default: u64,
    /// What it may be set to.
    pub range: RangeInclusive<u64>,
    /// What it bounds, in one sentence.
    pub meaning: &'static str,
}

/// A value that a limit cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No limit is called so.
    #[error("limits.{0}: is no limit; `entente serve --help` lists them")]
    Unknown(String),
    /// The value is out of its range.
    #[error("{name}: {value} is out of range; {} to {}", grouped(*range.start()), grouped(*range.end()))]
    Range {
        /// Which limit.
        name: &'static str,
        /// What was given.
        value: u64,
        /// What would be right.
        range: RangeInclusive<u64>,
    },
}

/// Makes the struct of all limits and the table of them, so that neither misses one.
macro_rules! limits {
    ($(#[doc = $meaning:literal] $name:ident = $default:literal in $range:expr;)+) => {
        /// Every limit of a server, each in the unit that its name ends with.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $meaning] pub $name: u64,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Limits { $($name: $default,)+ }
            }
        }

        impl Limits {
            /// The table of all limits.
            pub fn all() -> Vec<Limit> {
                vec![$(Limit {
                    name: stringify!($name),
                    default: $default,
                    range: $range,
                    meaning: $meaning.trim_ascii(),
                },)+]
            }

            /// What the limit of this name is.
            pub fn get(&self, name: &str) -> Option<u64> {
                match name {
                    $(stringify!($name) => Some(self.$name),)+
                    _ => None,
                }
            }

            /// Sets the limit of this name.
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
                match name {
                    $(stringify!($name) => {
                        let range = $range;
                        if !range.contains(&value) {
                            return Err(LimitError::Range { name: stringify!($name), value, range });
                        }
                        self.$name = value;
                        Ok(())
                    })+
                    unknown => Err(LimitError::Unknown(unknown.to_owned())),
                }
            }
        }
    };
}

limits! {
    /// Longest request a client may send, in KiB
    request_kib_max = 4096 in 64..=65_536;
    /// Longest single answer a client is sent, in KiB
    response_kib_max = 32_768 in 4096..=65_536;
    /// Longest list of headers of a request over HTTP/2, in KiB
    header_kib_max = 16 in 8..=1024;
    /// Events in one append
    batch_events_max = 1000 in 1..=1000;
    /// Requests a second of one principal, over time; 0 for no limit
    principal_requests_per_second = 50_000 in 0..=1_000_000;
    /// Requests that one principal may send at once before the rate holds
    principal_burst_requests = 100_000 in 1..=1_000_000;
    /// Requests under way of one principal, streams among them
    principal_requests_max = 1024 in 1..=1_000_000;
    /// Streams under way of one principal: subscriptions, reads, open pages of the console
    principal_streams_max = 512 in 1..=1_000_000;
    /// Bytes of requests under way of one principal, in KiB
    principal_upload_kib_max = 131_072 in 1024..=16_777_216;
    /// Requests under way on one connection; the protocol tells it, so a client waits
    connection_requests_max = 256 in 1..=65_536;
    /// Streams under way on one connection
    connection_streams_max = 100 in 1..=65_536;
    /// Connections in all; below the descriptors that a process usually gets, 1,024
    connections_max = 900 in 1..=1_000_000;
    /// Connections from one address; of IPv6, from one network of 64 bits
    address_connections_max = 256 in 1..=1_000_000;
    /// Seconds after which a connection is asked to end, and takes no new requests; 0 for never
    connection_age_seconds = 21_600 in 0..=31_536_000;
    /// Seconds that the requests of such a connection get to end
    connection_age_grace_seconds = 60 in 0..=86_400;
    /// Seconds of silence after which a connection is asked whether it lives
    keepalive_seconds = 30 in 1..=3600;
    /// Seconds that it gets to say so, or to take what is sent
    keepalive_timeout_seconds = 10 in 1..=3600;
    /// Seconds that a handshake may take
    handshake_seconds = 10 in 1..=600;
    /// Seconds from a connection to the headers of its first request
    first_request_seconds = 30 in 1..=3600;
    /// Streams of a connection that its client took back before the server came to them
    pending_resets_max = 20 in 1..=100_000;
    /// Streams of a connection that the server ended because the client broke the protocol
    protocol_resets_max = 128 in 1..=100_000;
    /// Appends that wait for the writer of a ledger
    queue_appends_max = 1024 in 1..=65_536;
    /// Bytes of the appends that wait for the writer of a ledger, in KiB
    queue_kib_max = 65_536 in 1024..=16_777_216;
    /// Named cursors of one ledger
    ledger_cursors_max = 1000 in 1..=100_000;
    /// Events that all ledgers together may hold; they are held in memory, about 500 bytes each
    events_max = 20_000_000 in 1..=1_000_000_000;
    /// Pages of the console that are kept current at once
    live_pages_max = 256 in 1..=100_000;
}

impl Limits {
    /// The longest request, in bytes.
    pub fn request_bytes_max(&self) -> usize {
        bytes(self.request_kib_max)
    }

    /// The longest answer, in bytes.
    pub fn response_bytes_max(&self) -> usize {
        bytes(self.response_kib_max)
    }

    /// What a ledger takes in.
    pub fn of_ledgers(&self) -> ledger::Bounds {
        ledger::Bounds {
            queue_appends_max: count(self.queue_appends_max),
            queue_bytes_max: bytes(self.queue_kib_max),
            named_cursors_max: count(self.ledger_cursors_max),
        }
    }

    /// How long a client may take to agree on TLS.
    pub fn handshake(&self) -> Duration {
        Duration::from_secs(self.handshake_seconds)
    }

    /// How long a connection may be there; none for ever.
    pub fn connection_age(&self) -> Option<Duration> {
        (self.connection_age_seconds > 0).then(|| Duration::from_secs(self.connection_age_seconds))
    }
}

fn bytes(kib: u64) -> usize {
    count(kib.saturating_mul(1024))
}

fn count(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A number as people read it: 65,536.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
