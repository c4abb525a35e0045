//! The records of a backup file.

use std::io::{self, Read, Write};

use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use super::check::{Check, Checked, TrustedKeys};
use crate::proto::v1;
use v1::backup_part::Part;

/// How every backup begins, of whatever format.
pub const BEGINNING: &[u8] = b"entente backup ";
const VERSION: &[u8] = b"1\n";
/// How long a first line may be that says a later version.
const VERSION_BYTES_MAX: usize = 32;
/// The longest part: a step of events has 1 MiB, or one event of 2 MiB; a ledger with all its cells stays below 6 MiB.
const PART_BYTES_MAX: usize = 8 << 20;
const COUNTS_BYTES: usize = 8;

/// A backup that was read or written whole.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its first part.
    pub start: v1::BackupStart,
    /// Its ledgers, checked.
    pub ledgers: Vec<Checked>,
    /// How many events it has.
    pub events: u64,
    /// The length of the file.
    pub bytes: u64,
    /// The SHA-256 of the whole file.
    pub sha256: [u8; 32],
}

/// Writes a backup, checking each part before it is written.
pub struct Writer<W> {
    out: Hashed<W>,
    check: Check,
    records: u64,
    compressor: zstd::bulk::Compressor<'static>,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(out: W, trusted: TrustedKeys) -> Result<Self, BackupError> {
        let mut out = Hashed::new(out);
        out.write(BEGINNING)?;
        out.write(VERSION)?;
        // At level 1 packing keeps up with a server that reads from the disk.
        let compressor = zstd::bulk::Compressor::new(1)?;
        Ok(Writer { out, check: Check::new(trusted), records: 0, compressor })
    }

    /// Writes the next part. The end gets the digest of what is before it.
    pub fn write(&mut self, mut part: v1::BackupPart) -> Result<(), BackupError> {
        self.check.take(&part)?;
        if let Some(Part::End(end)) = &mut part.part {
            end.sha256 = self.out.sha256().to_vec();
        }
        let plain = part.encode_to_vec();
        if plain.len() > PART_BYTES_MAX {
            let what = format!("a part of {} bytes is longer than the {PART_BYTES_MAX} of a backup", plain.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, what).into());
        }
        let packed = self.compressor.compress(&plain).ok().filter(|packed| packed.len() < plain.len());
        let unpacks_to = if packed.is_some() { plain.len() } else { 0 };
        let body = packed.as_deref().unwrap_or(&plain);
        let counts = counts(body.len(), unpacks_to);
        self.out.write(&counts)?;
        self.out.write(body)?;
        self.out.write(&checksum(self.records, &counts, body).to_be_bytes())?;
        self.records += 1;
        Ok(())
    }

    /// What was taken so far.
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// Ends the file; an error where the end was not written.
    pub fn finish(mut self) -> Result<Summary, BackupError> {
        self.out.inner.flush()?;
        summary(&self.check, &self.out)
    }
}

/// Reads a backup, checking each part before it is given.
pub struct Reader<R> {
    input: Hashed<R>,
    check: Check,
    records: u64,
    decompressor: zstd::bulk::Decompressor<'static>,
}

impl<R: Read> Reader<R> {
    /// Begins to read a file.
    pub fn new(input: R, trusted: TrustedKeys) -> Result<Self, BackupError> {
        let mut input = Hashed::new(input);
        let mut beginning = [0; BEGINNING.len() + VERSION.len()];
        if input.read(&mut beginning)? < beginning.len() {
            return Err(BackupError::NotABackup);
        }
        let version = beginning.strip_prefix(BEGINNING).ok_or(BackupError::NotABackup)?;
        if version != VERSION {
            let mut version = version.to_vec();
            let mut byte = [0];
            while version.last() != Some(&b'\n') && version.len() < VERSION_BYTES_MAX && input.read(&mut byte)? == 1 {
                version.push(byte[0]);
            }
            let version = String::from_utf8_lossy(&version).trim_end().to_owned();
            let is_one = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            return Err(if is_one { BackupError::Newer(version) } else { BackupError::NotABackup });
        }
        let decompressor = zstd::bulk::Decompressor::new()?;
        Ok(Reader { input, check: Check::new(trusted), records: 0, decompressor })
    }

    /// The next part; `None` at the end of a whole backup.
    pub fn next_part(&mut self) -> Result<Option<v1::BackupPart>, BackupError> {
        let byte = self.input.bytes;
        let (sha256, mut counts) = (self.input.sha256(), [0; COUNTS_BYTES]);
        let read = self.input.read(&mut counts)?;
        match (self.check.has_ended(), read) {
            (true, 0) => return Ok(None),
            (true, _) => return Err(BackupError::BehindEnd(byte)),
            (false, COUNTS_BYTES) => {}
            (false, _) => return Err(BackupError::CutShort(self.check.place())),
        }
        let damaged = |check: &Check| BackupError::Damaged { byte, place: check.place() };
        let (length, unpacks_to) = parsed(counts);
        if length > PART_BYTES_MAX || unpacks_to > PART_BYTES_MAX {
            return Err(damaged(&self.check));
        }
        let (mut body, mut stored) = (vec![0; length], [0; 4]);
        if self.input.read(&mut body)? < length || self.input.read(&mut stored)? < stored.len() {
            return Err(BackupError::CutShort(self.check.place()));
        }
        if checksum(self.records, &counts, &body) != u32::from_be_bytes(stored) {
            return Err(damaged(&self.check));
        }
        if unpacks_to > 0 {
            let unpacked = self.decompressor.decompress(&body, unpacks_to).ok();
            body = unpacked.filter(|it| it.len() == unpacks_to).ok_or_else(|| damaged(&self.check))?;
        }
        let part = v1::BackupPart::decode(&body[..]).map_err(|_| damaged(&self.check))?;
        if matches!(&part.part, Some(Part::End(end)) if end.sha256 != sha256) {
            return Err(damaged(&self.check));
        }
        self.check.take(&part)?;
        self.records += 1;
        Ok(Some(part))
    }

    /// What was taken so far.
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.input.bytes
    }

    /// Reads what is left, checks it and gives what the file holds. `told` hears how many bytes were read.
    pub fn finish(mut self, told: &mut dyn FnMut(u64)) -> Result<Summary, BackupError> {
        while self.next_part()?.is_some() {
            told(self.bytes());
        }
        summary(&self.check, &self.input)
    }
}

fn summary<T>(check: &Check, file: &Hashed<T>) -> Result<Summary, BackupError> {
    match check.start().filter(|_| check.has_ended()) {
        Some(start) => Ok(Summary {
            start: start.clone(),
            ledgers: check.ledgers().to_vec(),
            events: check.events(),
            bytes: file.bytes,
            sha256: file.sha256(),
        }),
        None => Err(BackupError::CutShort(check.place())),
    }
}

/// Bytes on their way, counted and hashed.
struct Hashed<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Hashed { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn sha256(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    fn took(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<W: Write> Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)?;
        self.took(bytes);
        Ok(())
    }
}

impl<R: Read> Hashed<R> {
    /// Fills the buffer; less only at the end of the input.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.inner.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.took(&buffer[..filled]);
        Ok(filled)
    }
}

fn counts(length: usize, unpacks_to: usize) -> [u8; COUNTS_BYTES] {
    let number = |count: usize| u32::try_from(count).expect("a part has 8 MiB at most").to_be_bytes();
    let mut counts = [0; COUNTS_BYTES];
    counts[..4].copy_from_slice(&number(length));
    counts[4..].copy_from_slice(&number(unpacks_to));
    counts
}

fn parsed([a, b, c, d, e, f, g, h]: [u8; COUNTS_BYTES]) -> (usize, usize) {
    let number = |bytes| usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
    (number([a, b, c, d]), number([e, f, g, h]))
}

fn checksum(record: u64, counts: &[u8], body: &[u8]) -> u32 {
    let head = crc32c::crc32c_append(crc32c::crc32c(&record.to_be_bytes()), counts);
    crc32c::crc32c_append(head, body)
}
