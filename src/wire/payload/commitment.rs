//! Commitments.

use crate::domain::event::{
    CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, CommitmentUndertaken, ReadingAdopted, ReadingRecorded,
};
use crate::domain::{Collection, Party, Terms};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::spell::{Spelled, Speller, or_empty, texts};
use super::super::value::optional_instant_to_proto;
use super::super::violation::Reason;
use super::super::word::Word;

impl Spelled for CommitmentUndertaken {
    type Proto = v1::CommitmentUndertaken;

    fn spell(&self, to: &Speller<'_>) -> v1::CommitmentUndertaken {
        v1::CommitmentUndertaken {
            title: self.title.to_string(),
            instrument: to.name(Collection::Instruments, &self.instrument),
            obligor: self.obligor.to_string(),
            obligee: self.obligee.to_string(),
            stated_by: texts(&self.stated_by),
            zone: self.zone.to_string(),
            measures: to.names(Collection::Measures, &self.measures),
            products: to.list(&self.products),
            admissible: self.admissible.iter().map(|word| word.number()).collect(),
            terms: Some(self.terms.spell(to)),
        }
    }

    fn read(message: &v1::CommitmentUndertaken, here: &At<'_>) -> Option<Self> {
        let event = every!(CommitmentUndertaken {
            title: here.field("title").text(&message.title),
            instrument: here.field("instrument").reference(Collection::Instruments, &message.instrument),
            obligor: here.field("obligor").party(&message.obligor),
            obligee: here.field("obligee").party(&message.obligee),
            stated_by: here.field("stated_by").parties(&message.stated_by, 1),
            zone: here.field("zone").zone(&message.zone),
            measures: here.field("measures").references(Collection::Measures, &message.measures),
            products: here.field("products").products(&message.products),
            admissible: here.field("admissible").words(&message.admissible),
            terms: here.field("terms").message(message.terms.as_ref()),
        })?;
        hold_together(&event, here);
        Some(event)
    }
}

impl Spelled for CommitmentAmended {
    type Proto = v1::CommitmentAmended;

    fn spell(&self, to: &Speller<'_>) -> v1::CommitmentAmended {
        v1::CommitmentAmended {
            effective_at: Some(self.effective_at.spell(to)),
            retroactive_to: optional_instant_to_proto(self.retroactive_to),
            set: Some(self.set.spell(to)),
        }
    }

    fn read(message: &v1::CommitmentAmended, here: &At<'_>) -> Option<Self> {
        let event = every!(CommitmentAmended {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            retroactive_to: here.field("retroactive_to").optional_instant(message.retroactive_to.as_ref()),
            set: here.field("set").message(message.set.as_ref()),
        })?;
        if let Some(back) = event.retroactive_to {
            here.field("retroactive_to").rule(back <= event.effective_at.at, Reason::Disagrees, || {
                format!("{back} is after the amendment takes effect, {}", event.effective_at.at)
            });
        }
        Some(event)
    }
}

impl Spelled for CommitmentConfirmed {
    type Proto = v1::CommitmentConfirmed;

    fn spell(&self, to: &Speller<'_>) -> v1::CommitmentConfirmed {
        v1::CommitmentConfirmed { by: self.by.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::CommitmentConfirmed, here: &At<'_>) -> Option<Self> {
        every!(CommitmentConfirmed {
            by: here.field("by").party(&message.by),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for CommitmentDisowned {
    type Proto = v1::CommitmentDisowned;

    fn spell(&self, to: &Speller<'_>) -> v1::CommitmentDisowned {
        v1::CommitmentDisowned { by: self.by.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::CommitmentDisowned, here: &At<'_>) -> Option<Self> {
        every!(CommitmentDisowned {
            by: here.field("by").party(&message.by),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for ReadingRecorded {
    type Proto = v1::ReadingRecorded;

    fn spell(&self, to: &Speller<'_>) -> v1::ReadingRecorded {
        v1::ReadingRecorded {
            reading: self.reading.to_string(),
            effective_at: Some(self.effective_at.spell(to)),
            by: or_empty(self.by.as_ref()),
            text: or_empty(self.text.as_ref()),
            set: Some(self.set.spell(to)),
        }
    }

    fn read(message: &v1::ReadingRecorded, here: &At<'_>) -> Option<Self> {
        let event = every!(ReadingRecorded {
            reading: here.field("reading").slug(&message.reading),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            by: here.field("by").optional_party(&message.by),
            text: here.field("text").optional_slug(&message.text),
            set: here.field("set").message(message.set.as_ref()),
        })?;
        here.field("reading").rule(event.reading.as_str() != "base", Reason::Invalid, || {
            "base is reserved for the base text; a reading has a name of its own".to_owned()
        });
        Some(event)
    }
}

impl Spelled for ReadingAdopted {
    type Proto = v1::ReadingAdopted;

    fn spell(&self, to: &Speller<'_>) -> v1::ReadingAdopted {
        v1::ReadingAdopted { reading: self.reading.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::ReadingAdopted, here: &At<'_>) -> Option<Self> {
        every!(ReadingAdopted {
            reading: here.field("reading").slug(&message.reading),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

/// What the fields of an undertaking owe each other.
fn hold_together(event: &CommitmentUndertaken, here: &At<'_>) {
    here.field("obligee").rule(
        event.obligor != event.obligee || event.obligor == Party::JOINT,
        Reason::Disagrees,
        || format!("{} cannot owe itself; an obligation of both sides to each other is JOINT to JOINT", event.obligor),
    );
    let stated_by = here.field("stated_by");
    for (index, party) in event.stated_by.iter().enumerate() {
        let concerned = [event.obligor, event.obligee, Party::JOINT].contains(party);
        stated_by.index(index).rule(concerned, Reason::Disagrees, || {
            format!("{party} is neither the obligor {} nor the obligee {}, nor JOINT", event.obligor, event.obligee)
        });
    }
    if let Terms::OneOffAct(act) = &event.terms {
        let due = event.zone.end_of(act.through);
        here.field("terms").field("one_off_act").field("through").ends_after(act.effective_from.instant(), Some(due));
    }
}
