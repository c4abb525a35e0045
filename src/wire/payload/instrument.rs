//! The ledger and its instruments.

use crate::domain::Collection;
use crate::domain::event::{
    InstrumentAmended, InstrumentSigned, InstrumentTerminated, KeyRotated, LedgerCreated, Survivor, TextPublished,
};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::NAMED_MAX;
use super::super::spell::{Spelled, Speller, or_empty, texts};
use super::super::violation::Reason;
use super::super::word::Word;

impl Spelled for LedgerCreated {
    type Proto = v1::LedgerCreated;

    fn spell(&self, _: &Speller<'_>) -> v1::LedgerCreated {
        v1::LedgerCreated {
            kind: self.kind.number(),
            title: self.title.to_string(),
            incarnation: self.incarnation.to_string(),
        }
    }

    fn read(message: &v1::LedgerCreated, here: &At<'_>) -> Option<Self> {
        every!(LedgerCreated {
            kind: here.field("kind").word(message.kind),
            title: here.field("title").text(&message.title),
            incarnation: here.field("incarnation").text(&message.incarnation),
        })
    }
}

impl Spelled for KeyRotated {
    type Proto = v1::KeyRotated;

    fn spell(&self, _: &Speller<'_>) -> v1::KeyRotated {
        v1::KeyRotated {
            verifier_key: self.verifier_key.to_string(),
            previous_verifier_key: or_empty(self.previous_verifier_key.as_ref()),
        }
    }

    fn read(message: &v1::KeyRotated, here: &At<'_>) -> Option<Self> {
        every!(KeyRotated {
            verifier_key: here.field("verifier_key").text(&message.verifier_key),
            previous_verifier_key: here.field("previous_verifier_key").optional_text(&message.previous_verifier_key),
        })
    }
}

impl Spelled for InstrumentSigned {
    type Proto = v1::InstrumentSigned;

    fn spell(&self, to: &Speller<'_>) -> v1::InstrumentSigned {
        v1::InstrumentSigned {
            title: self.title.to_string(),
            parties: texts(&self.parties),
            signed_at: Some(self.signed_at.spell(to)),
            place: or_empty(self.place.as_ref()),
        }
    }

    fn read(message: &v1::InstrumentSigned, here: &At<'_>) -> Option<Self> {
        every!(InstrumentSigned {
            title: here.field("title").text(&message.title),
            parties: here.field("parties").parties(&message.parties, 1),
            signed_at: here.field("signed_at").message(message.signed_at.as_ref()),
            place: here.field("place").optional_text(&message.place),
        })
    }
}

impl Spelled for TextPublished {
    type Proto = v1::TextPublished;

    fn spell(&self, to: &Speller<'_>) -> v1::TextPublished {
        v1::TextPublished {
            text: self.text.to_string(),
            language: self.language.to_string(),
            version: or_empty(self.version.as_ref()),
            digest: or_empty(self.digest.as_ref()),
            published_at: Some(self.published_at.spell(to)),
            by: or_empty(self.by.as_ref()),
        }
    }

    fn read(message: &v1::TextPublished, here: &At<'_>) -> Option<Self> {
        let event = every!(TextPublished {
            text: here.field("text").slug(&message.text),
            language: here.field("language").text(&message.language),
            version: here.field("version").optional_text(&message.version),
            digest: here.field("digest").optional_text(&message.digest),
            published_at: here.field("published_at").message(message.published_at.as_ref()),
            by: here.field("by").optional_party(&message.by),
        })?;
        here.field("language").rule(is_language_tag(event.language.as_str()), Reason::Invalid, || {
            format!("{} is not a BCP 47 language tag such as en or zh-Hans", event.language)
        });
        if let Some(digest) = &event.digest {
            here.field("digest").rule(is_sha256(digest.as_str()), Reason::Invalid, || {
                "not a SHA-256 digest: 64 digits of lower-case hexadecimal".to_owned()
            });
        }
        Some(event)
    }
}

impl Spelled for InstrumentAmended {
    type Proto = v1::InstrumentAmended;

    fn spell(&self, to: &Speller<'_>) -> v1::InstrumentAmended {
        v1::InstrumentAmended { effective_at: Some(self.effective_at.spell(to)), summary: self.summary.to_string() }
    }

    fn read(message: &v1::InstrumentAmended, here: &At<'_>) -> Option<Self> {
        every!(InstrumentAmended {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            summary: here.field("summary").text(&message.summary),
        })
    }
}

impl Spelled for InstrumentTerminated {
    type Proto = v1::InstrumentTerminated;

    fn spell(&self, to: &Speller<'_>) -> v1::InstrumentTerminated {
        v1::InstrumentTerminated {
            effective_at: Some(self.effective_at.spell(to)),
            mode: self.mode.number(),
            by: or_empty(self.by.as_ref()),
            surviving: to.list(&self.surviving),
        }
    }

    fn read(message: &v1::InstrumentTerminated, here: &At<'_>) -> Option<Self> {
        let event = every!(InstrumentTerminated {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            mode: here.field("mode").word(message.mode),
            by: here.field("by").optional_party(&message.by),
            surviving: here.field("surviving").messages(&message.surviving, 0..=NAMED_MAX),
        })?;
        here.field("surviving").once(&event.surviving, None, |survivor| match &survivor.tranche {
            Some(tranche) => format!("{}, tranche {tranche}", survivor.commitment),
            None => survivor.commitment.to_string(),
        });
        Some(event)
    }
}

impl Spelled for Survivor {
    type Proto = v1::Survivor;

    fn spell(&self, to: &Speller<'_>) -> v1::Survivor {
        v1::Survivor {
            commitment: to.name(Collection::Commitments, &self.commitment),
            tranche: or_empty(self.tranche.as_ref()),
        }
    }

    fn read(message: &v1::Survivor, here: &At<'_>) -> Option<Self> {
        every!(Survivor {
            commitment: here.field("commitment").reference(Collection::Commitments, &message.commitment),
            tranche: here.field("tranche").optional_slug(&message.tranche),
        })
    }
}

/// Whether a text has the form of a language tag: a language, then subtags of up to eight letters and digits.
fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let language_ok = (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let subtag_ok = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() <= 64 && language_ok && subtags.all(subtag_ok)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
