//! A decoder under trial: how many inputs, where they come from, and what is said of one that fails.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::ROOMS;
use super::mutate::{Corpus, arbitrary};
use crate::oracle::Dice;

/// What a plain `cargo test` can afford in an unoptimised build; `tests/run` tries far more.
const INPUTS: u64 = 6_000;
/// The longest that one input may take, in an unoptimised build on a busy machine. Inputs have at most 64 KiB: what takes
/// longer is not linear.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a failing input is cut down before it is shown.
const CUTS_MAX: usize = 400;

type Read = dyn Fn(&[u8]) -> bool;

/// What reads bytes from outside.
pub(super) struct Decoder {
    pub(super) name: &'static str,
    /// Inputs of slow decoders are fewer: so many times as few as of a fast one.
    cost: u64,
    valid: Vec<Vec<u8>>,
    odd: Vec<Vec<u8>>,
    /// Whether the input was taken. It panics where a promise is broken.
    read: Box<Read>,
}

impl Decoder {
    pub(super) fn new(name: &'static str, read: impl Fn(&[u8]) -> bool + 'static) -> Self {
        Decoder { name, cost: 1, valid: Vec::new(), odd: Vec::new(), read: Box::new(read) }
    }

    /// A decoder of texts: bytes that are no text become one as in `from_utf8_lossy`.
    pub(super) fn of_text(name: &'static str, read: impl Fn(&str) -> bool + 'static) -> Self {
        Decoder::new(name, move |bytes| read(&String::from_utf8_lossy(bytes)))
    }

    /// A decoder of texts whose values print; `print` reads a text and prints what it read. What is printed reads back as
    /// itself.
    pub(super) fn printing(name: &'static str, print: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Decoder::of_text(name, move |text| {
            let Some(printed) = print(text) else { return false };
            assert_eq!(print(&printed).as_deref(), Some(printed.as_str()), "what it prints reads back");
            true
        })
    }

    /// The same, where each value has one spelling only.
    pub(super) fn strict(name: &'static str, print: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Decoder::of_text(name, move |text| {
            let Some(printed) = print(text) else { return false };
            assert_eq!(printed, text, "it has one spelling");
            true
        })
    }

    /// Inputs that are taken, from which others are made.
    pub(super) fn valid<T: AsRef<[u8]>>(mut self, inputs: impl IntoIterator<Item = T>) -> Self {
        self.valid.extend(inputs.into_iter().map(|input| input.as_ref().to_vec()));
        self
    }

    /// Inputs that were made by hand to hurt, taken or not.
    pub(super) fn odd<T: AsRef<[u8]>>(mut self, inputs: impl IntoIterator<Item = T>) -> Self {
        self.odd.extend(inputs.into_iter().map(|input| input.as_ref().to_vec()));
        self
    }

    /// How large its share of the inputs is.
    fn weight(&self) -> u64 {
        1_000 / self.cost
    }

    pub(super) fn costing(mut self, cost: u64) -> Self {
        self.cost = cost;
        self
    }
}

/// The weights of all decoders together.
static WEIGHTS: LazyLock<u64> = LazyLock::new(|| ROOMS.iter().flat_map(|room| room()).map(|it| it.weight()).sum());

/// Tries the decoders of a room, and says how many inputs were taken.
pub(super) fn try_all(decoders: Vec<Decoder>) {
    let asked = number("ENTENTE_FUZZ_INPUTS", INPUTS);
    let seed = number("ENTENTE_FUZZ_SEED", 0);
    for decoder in decoders {
        let corpus = Corpus::of(&decoder.valid);
        for valid in &decoder.valid {
            let input = String::from_utf8_lossy(valid);
            assert!(check(&decoder, valid, || "a valid input".to_owned()), "{}: refused: {input:?}", decoder.name);
        }
        for (index, odd) in decoder.odd.iter().enumerate() {
            check(&decoder, odd, || format!("odd input {index}"));
        }
        let inputs = (asked * decoder.weight()).div_ceil(*WEIGHTS);
        let (mut taken, mut longest) = (0, Duration::ZERO);
        for index in 0..inputs {
            let mut dice = Dice::new(seed.wrapping_mul(0x1_0000_0000).wrapping_add(index));
            let input = if dice.chance(15) { arbitrary(&mut dice) } else { corpus.mutated(&mut dice) };
            let begun = Instant::now();
            taken += u64::from(check(&decoder, &input, || format!("seed {seed}, input {index}")));
            longest = longest.max(begun.elapsed());
        }
        println!("fuzz: {}: {inputs} inputs, {taken} taken, the longest took {longest:.1?}", decoder.name);
    }
}

/// Reads one input; a failure is shown with the smallest input that still fails.
fn check(decoder: &Decoder, input: &[u8], which: impl Fn() -> String) -> bool {
    let begun = Instant::now();
    match attempt(decoder, input) {
        Ok(taken) => {
            let took = begun.elapsed();
            let shown = String::from_utf8_lossy(&input[..input.len().min(400)]);
            assert!(took < PATIENCE, "{}: {}: took {took:?}: {shown:?}", decoder.name, which());
            taken
        }
        Err(why) => {
            let small = smallest(decoder, input.to_vec());
            let shown = String::from_utf8_lossy(&small);
            panic!("{}: {}: {why}\n  text  {shown:?}\n  bytes {small:?}", decoder.name, which());
        }
    }
}

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is one that is being looked for, and is told by whoever looks.
pub(crate) fn is_trying() -> bool {
    TRYING.with(Cell::get)
}

fn attempt(decoder: &Decoder, input: &[u8]) -> Result<bool, String> {
    TRYING.with(|it| it.set(true));
    let read = catch_unwind(AssertUnwindSafe(|| (decoder.read)(input)));
    TRYING.with(|it| it.set(false));
    read.map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

fn smallest(decoder: &Decoder, mut input: Vec<u8>) -> Vec<u8> {
    let (mut width, mut cuts) = (input.len() / 2, 0);
    while width > 0 && cuts < CUTS_MAX {
        let mut start = 0;
        while start + width <= input.len() && cuts < CUTS_MAX {
            let cut = [&input[..start], &input[start + width..]].concat();
            cuts += 1;
            if attempt(decoder, &cut).is_err() {
                input = cut;
            } else {
                start += width;
            }
        }
        width /= 2;
    }
    input
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |given| given.parse().unwrap())
}
