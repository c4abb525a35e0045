//! Checksums over what is stored. Pure.
//!
//! A sealed value ends in the crc32c (u32, big-endian) of its key and of all that comes before, so that a flipped bit is
//! seen, and a value under a wrong key too.

/// Stored bytes that are not what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotIntact;

/// How much longer sealing makes a value.
pub(super) const SEAL_BYTES: usize = 4;

/// `value` with its checksum behind it.
pub(super) fn sealed(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    value.extend_from_slice(&checksum(key, &value).to_be_bytes());
    value
}

/// `value` without its checksum, if that is right.
pub(super) fn opened<'a>(key: &[u8], value: &'a [u8]) -> Result<&'a [u8], NotIntact> {
    let (content, stored) = value.split_last_chunk().ok_or(NotIntact)?;
    if checksum(key, content) == u32::from_be_bytes(*stored) { Ok(content) } else { Err(NotIntact) }
}

fn checksum(key: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), value)
}
