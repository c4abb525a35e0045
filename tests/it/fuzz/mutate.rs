//! How valid bytes are changed: flipped, cut, repeated, spliced, inserted into.

use crate::oracle::Dice;

/// The longest input; repeats stay below it.
const BYTES_MAX: usize = 64 << 10;

/// What tends to be forgotten: ends of ranges, marks of several formats, characters that are not what they seem.
const TOKENS: [&str; 44] = [
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65536",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "0.1",
    "-0",
    "NaN",
    "null",
    "0000-01-01",
    "9999-12-31T23:59:59Z",
    "2499-12-31",
    "2026-02-29",
    "T24:00:00Z",
    "+00:00",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "\u{1}",
    "é",
    "\u{10ffff}",
    "\n",
    "\r\n",
    "\n\n",
    "\"",
    "'",
    ",",
    ";",
    "[[[[",
    "{{{{",
    "((((",
    "&a *a",
    "%00",
    "../",
    " ",
];

/// Valid inputs of one decoder.
pub(super) struct Corpus<'a>(&'a [Vec<u8>]);

impl<'a> Corpus<'a> {
    pub(super) fn of(valid: &'a [Vec<u8>]) -> Self {
        assert!(!valid.is_empty(), "there is nothing to change");
        Corpus(valid)
    }

    /// One of them, changed once to five times.
    pub(super) fn mutated(&self, dice: &mut Dice) -> Vec<u8> {
        let mut input = self.any(dice).to_vec();
        for _ in 0..dice.pick(&[1, 1, 1, 2, 3, 5]) {
            self.change(&mut input, dice);
            input.truncate(BYTES_MAX);
        }
        input
    }

    fn any(&self, dice: &mut Dice) -> &'a [u8] {
        &self.0[index(dice, self.0.len())]
    }

    fn change(&self, input: &mut Vec<u8>, dice: &mut Dice) {
        if input.is_empty() {
            return *input = arbitrary(dice);
        }
        let (from, until) = range(dice, input.len());
        match dice.between(1, 10) {
            1..=2 => input[from] ^= 1 << dice.between(0, 7),
            3 => input[from] = dice.pick(&[0, 1, 0x7f, 0x80, 0xff, b'0', b'9', b'\n']),
            4 => drop(input.drain(from..until)),
            5 => input.truncate(from),
            6 => {
                let times = dice.pick(&[1, 1, 2, 10, 200]);
                let part = input[from..until].repeat(times);
                input.splice(until..until, part);
            }
            7 => {
                let other = self.any(dice);
                let at = index(dice, other.len().max(1)).min(other.len());
                input.truncate(until);
                input.extend_from_slice(&other[at..]);
            }
            8 => drop(input.splice(from..from, dice.pick(&TOKENS).bytes())),
            9 => {
                // A number in its place.
                let end = input[from..].iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(input.len() - from);
                input.splice(from..from + end, dice.pick(&TOKENS[..17]).bytes());
            }
            _ => {
                let bytes: Vec<u8> = (0..dice.between(1, 9)).map(|_| dice.next() as u8).collect();
                input.splice(from..from, bytes);
            }
        }
    }
}

/// Bytes that nobody chose: any, or such as texts are made of.
pub(super) fn arbitrary(dice: &mut Dice) -> Vec<u8> {
    let length = dice.pick(&[0_i64, 1, 2, 4, 8, 20, 60, 200, 1000]);
    let length = dice.between(0, length);
    match dice.between(1, 3) {
        1 => (0..length).map(|_| dice.next() as u8).collect(),
        2 => (0..length).map(|_| dice.between(0x20, 0x7e) as u8).collect(),
        _ => (0..length).flat_map(|_| dice.pick(&TOKENS).bytes()).collect(),
    }
}

fn index(dice: &mut Dice, length: usize) -> usize {
    dice.between(0, length as i64 - 1) as usize
}

/// A part of so many bytes, most often a short one.
fn range(dice: &mut Dice, length: usize) -> (usize, usize) {
    let from = index(dice, length);
    let width = match dice.between(1, 4) {
        1 => index(dice, length - from) + 1,
        _ => dice.between(1, 12) as usize,
    };
    (from, (from + width).min(length))
}
