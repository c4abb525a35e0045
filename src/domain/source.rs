//! Who published what, and how far it may be trusted.

use super::{Instant, ValueError, word::words};

words! {
    /// What kind of publisher a source is; the terms of a commitment say which classes count (specification, section 3).
    SourceClass {
        /// The government or agency of the party that owes.
        ObligorOfficial = "OBLIGOR_OFFICIAL",
        /// The government or agency of the party to which it is owed.
        ObligeeOfficial = "OBLIGEE_OFFICIAL",
        /// An official body of somebody else.
        ThirdOfficial = "THIRD_OFFICIAL",
        /// A trade association, a tracker, a company.
        Industry = "INDUSTRY",
        /// The press.
        Media = "MEDIA",
        /// A law firm, a think tank, a bank.
        Analyst = "ANALYST",
    }
}

words! {
    /// How sure the recorder is of the fact. It never changes a status; it is shown with the evidence.
    Confidence {
        /// Read in the official text or statistics, or in several sources that agree.
        High = "HIGH",
        /// One good source.
        Medium = "MEDIUM",
        /// A secondary note, a headline.
        Low = "LOW",
        /// Recorded because it circulates, and contradicted by better sources.
        Rejected = "REJECTED",
    }
}

words! {
    /// How the record time of a replayed event is known.
    RecordBasis {
        /// The day of publication is known.
        Published = "PUBLISHED",
        /// Derived by a rule that the note gives.
        Inferred = "INFERRED",
    }
}

words! {
    /// How exactly a source gives a time.
    Precision {
        /// To the second.
        Second = "SECOND",
        /// To the day.
        Day = "DAY",
        /// To the month.
        Month = "MONTH",
    }
}

/// An instant taken from a source, with the precision the source gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// The instant used.
    pub at: Instant,
    /// How exactly the source gives it.
    pub precision: Precision,
}

impl Dated {
    /// An instant known to the second.
    pub const fn exact(at: Instant) -> Self {
        Dated { at, precision: Precision::Second }
    }
}

/// The sources of one event, in their order. Events that cite the same can share them, since nothing changes them.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Sources(std::sync::Arc<[Source]>);

impl std::ops::Deref for Sources {
    type Target = [Source];

    fn deref(&self) -> &[Source] {
        &self.0
    }
}

impl From<Vec<Source>> for Sources {
    fn from(sources: Vec<Source>) -> Self {
        Sources(sources.into())
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One publication that says what an event says. The first source of an event is the one whose class counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// Who published it.
    pub publisher: Text,
    /// Its title.
    pub title: Option<Text>,
    /// Its address.
    pub address: Option<Text>,
    /// Where a copy is archived.
    pub archived_address: Option<Text>,
    /// When it was published, as given: a day, a month, or words.
    pub published: Option<Text>,
    /// What kind of publisher it is; absent where nobody has said.
    pub class: Option<SourceClass>,
    /// To whom the source attributes it, such as "people familiar".
    pub attribution: Option<Text>,
    /// What the recorder says of its quality, such as "translation of the official text".
    pub quality: Option<Text>,
}

/// A text for people: 1 to 4,096 bytes, no control characters but line breaks and tabs, and nothing that makes it look
/// like another text: no bidirectional controls, no characters of no width. Joiners stay, since scripts need them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(std::sync::Arc<str>);

impl Text {
    /// The longest text, in bytes.
    pub const BYTES_MAX: usize = 4096;

    /// Reads a text.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        // Most texts are plain, which one look at each byte tells.
        let plain = |byte: &u8| matches!(byte, b' '..=b'~');
        if text.len() <= Self::BYTES_MAX && text.as_bytes().iter().all(plain) && text.bytes().any(|byte| byte != b' ') {
            return Ok(Text(text.into()));
        }
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.trim().is_empty() || text.len() > Self::BYTES_MAX || text.contains(control) {
            return Err(ValueError::Text {
                bytes: text.len(),
                expected: "1 to 4,096 bytes, not blank, without control characters other than line break and tab",
            });
        }
        if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
            return Err(ValueError::HiddenCharacter(hidden));
        }
        Ok(Text(text.into()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character shows nothing of itself and changes how others are shown, or hides that two texts differ.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
