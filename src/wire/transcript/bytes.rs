//! Numbers in as few bytes as they need, and bytes as they are.

/// What is written.
pub(super) struct Out(Vec<u8>);

impl Out {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Out(Vec::with_capacity(bytes))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits a byte, the lowest first; the eighth says that there are more.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number near zero takes few bytes on either side of it.
    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// Bytes with their length.
    pub(super) fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.raw(bytes);
    }

    pub(super) fn append(&mut self, other: Out) {
        self.0.extend_from_slice(&other.0);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// What is read. `None` where it is not there.
pub(super) struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        In(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there can be of what takes a byte or more.
    pub(super) fn at_most(&self, count: u64) -> usize {
        usize::try_from(count).map_or(self.0.len(), |count| count.min(self.0.len()))
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    pub(super) fn raw<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn block(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (block, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(block)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.block()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u64, signed: i64, byte: u8, bytes: Vec<u8>) {
            let mut out = Out::with_capacity(0);
            out.number(number);
            out.signed(signed);
            out.byte(byte);
            out.block(&bytes);
            let out = out.finish();
            let mut read = In::new(&out);
            prop_assert_eq!((read.number(), read.signed(), read.byte()), (Some(number), Some(signed), Some(byte)));
            prop_assert_eq!(read.block(), Some(&bytes[..]));
            prop_assert!(read.is_empty() && read.byte().is_none());
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes: Vec<u8>) {
            let mut read = In::new(&bytes);
            while read.number().is_some() && read.signed().is_some() && read.text().is_some() {}
        }
    }
}
