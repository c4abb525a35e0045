//! Meetings, asks, statements, outside events, retractions.

use crate::domain::event::{
    AskAnswered, AskTabled, ConsultationHeld, EventRetracted, MeetingHeld, MeetingMoved, MeetingScheduled,
    ShockRecorded, StatementMade,
};
use crate::domain::{Collection, Subject};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::NAMED_MAX;
use super::super::spell::{Spelled, Speller, or_empty, texts};
use super::super::word::Word;

impl Spelled for MeetingScheduled {
    type Proto = v1::MeetingScheduled;

    fn spell(&self, to: &Speller<'_>) -> v1::MeetingScheduled {
        v1::MeetingScheduled {
            title: self.title.to_string(),
            parties: texts(&self.parties),
            level: self.level.number(),
            place: or_empty(self.place.as_ref()),
            window: Some(self.window.spell(to)),
        }
    }

    fn read(message: &v1::MeetingScheduled, here: &At<'_>) -> Option<Self> {
        every!(MeetingScheduled {
            title: here.field("title").text(&message.title),
            parties: here.field("parties").parties(&message.parties, 2),
            level: here.field("level").word(message.level),
            place: here.field("place").optional_text(&message.place),
            window: here.field("window").message(message.window.as_ref()),
        })
    }
}

impl Spelled for MeetingMoved {
    type Proto = v1::MeetingMoved;

    fn spell(&self, to: &Speller<'_>) -> v1::MeetingMoved {
        v1::MeetingMoved { window: self.window.map(|window| window.spell(to)), reason: or_empty(self.reason.as_ref()) }
    }

    fn read(message: &v1::MeetingMoved, here: &At<'_>) -> Option<Self> {
        every!(MeetingMoved {
            window: here.field("window").optional_message(message.window.as_ref()),
            reason: here.field("reason").optional_text(&message.reason),
        })
    }
}

impl Spelled for MeetingHeld {
    type Proto = v1::MeetingHeld;

    fn spell(&self, to: &Speller<'_>) -> v1::MeetingHeld {
        v1::MeetingHeld {
            title: self.title.to_string(),
            parties: texts(&self.parties),
            level: self.level.number(),
            place: or_empty(self.place.as_ref()),
            window: Some(self.window.spell(to)),
            outcome: or_empty(self.outcome.as_ref()),
            days_unknown: self.days_unknown,
        }
    }

    fn read(message: &v1::MeetingHeld, here: &At<'_>) -> Option<Self> {
        every!(MeetingHeld {
            title: here.field("title").text(&message.title),
            parties: here.field("parties").parties(&message.parties, 2),
            level: here.field("level").word(message.level),
            place: here.field("place").optional_text(&message.place),
            window: here.field("window").message(message.window.as_ref()),
            outcome: here.field("outcome").optional_text(&message.outcome),
            days_unknown: Some(message.days_unknown),
        })
    }
}

impl Spelled for AskTabled {
    type Proto = v1::AskTabled;

    fn spell(&self, to: &Speller<'_>) -> v1::AskTabled {
        v1::AskTabled {
            title: self.title.to_string(),
            by: self.by.to_string(),
            of: self.of.to_string(),
            tabled_at: Some(self.tabled_at.spell(to)),
            meeting: to.optional_name(Collection::Meetings, self.meeting.as_ref()),
            in_exchange_for: to.optional_name(Collection::Asks, self.in_exchange_for.as_ref()),
            products: to.list(&self.products),
        }
    }

    fn read(message: &v1::AskTabled, here: &At<'_>) -> Option<Self> {
        every!(AskTabled {
            title: here.field("title").text(&message.title),
            by: here.field("by").party(&message.by),
            of: here.field("of").party(&message.of),
            tabled_at: here.field("tabled_at").message(message.tabled_at.as_ref()),
            meeting: here.field("meeting").optional_reference(Collection::Meetings, &message.meeting),
            in_exchange_for: here
                .field("in_exchange_for")
                .optional_reference(Collection::Asks, &message.in_exchange_for),
            products: here.field("products").products(&message.products),
        })
    }
}

impl Spelled for AskAnswered {
    type Proto = v1::AskAnswered;

    fn spell(&self, to: &Speller<'_>) -> v1::AskAnswered {
        v1::AskAnswered {
            answer: self.answer.number(),
            by: self.by.to_string(),
            answered_at: Some(self.answered_at.spell(to)),
            commitment: to.optional_name(Collection::Commitments, self.commitment.as_ref()),
        }
    }

    fn read(message: &v1::AskAnswered, here: &At<'_>) -> Option<Self> {
        every!(AskAnswered {
            answer: here.field("answer").word(message.answer),
            by: here.field("by").party(&message.by),
            answered_at: here.field("answered_at").message(message.answered_at.as_ref()),
            commitment: here.field("commitment").optional_reference(Collection::Commitments, &message.commitment),
        })
    }
}

impl Spelled for ConsultationHeld {
    type Proto = v1::ConsultationHeld;

    fn spell(&self, to: &Speller<'_>) -> v1::ConsultationHeld {
        v1::ConsultationHeld {
            parties: texts(&self.parties),
            held_at: Some(self.held_at.spell(to)),
            outcome: or_empty(self.outcome.as_ref()),
        }
    }

    fn read(message: &v1::ConsultationHeld, here: &At<'_>) -> Option<Self> {
        every!(ConsultationHeld {
            parties: here.field("parties").parties(&message.parties, 1),
            held_at: here.field("held_at").message(message.held_at.as_ref()),
            outcome: here.field("outcome").optional_text(&message.outcome),
        })
    }
}

impl Spelled for StatementMade {
    type Proto = v1::StatementMade;

    fn spell(&self, to: &Speller<'_>) -> v1::StatementMade {
        v1::StatementMade {
            by: self.by.to_string(),
            made_at: Some(self.made_at.spell(to)),
            summary: self.summary.to_string(),
        }
    }

    fn read(message: &v1::StatementMade, here: &At<'_>) -> Option<Self> {
        every!(StatementMade {
            by: here.field("by").text(&message.by),
            made_at: here.field("made_at").message(message.made_at.as_ref()),
            summary: here.field("summary").text(&message.summary),
        })
    }
}

impl Spelled for ShockRecorded {
    type Proto = v1::ShockRecorded;

    fn spell(&self, to: &Speller<'_>) -> v1::ShockRecorded {
        v1::ShockRecorded {
            title: self.title.to_string(),
            occurred_at: Some(self.occurred_at.spell(to)),
            touches: self.touches.iter().map(|subject| to.subject(subject)).collect(),
        }
    }

    fn read(message: &v1::ShockRecorded, here: &At<'_>) -> Option<Self> {
        every!(ShockRecorded {
            title: here.field("title").text(&message.title),
            occurred_at: here.field("occurred_at").message(message.occurred_at.as_ref()),
            touches: here.field("touches").subjects(&message.touches),
        })
    }
}

impl Spelled for EventRetracted {
    type Proto = v1::EventRetracted;

    fn spell(&self, _: &Speller<'_>) -> v1::EventRetracted {
        v1::EventRetracted { event: self.event.to_string(), by: self.by.number(), reason: self.reason.to_string() }
    }

    fn read(message: &v1::EventRetracted, here: &At<'_>) -> Option<Self> {
        every!(EventRetracted {
            event: here.field("event").event_id(&message.event),
            by: here.field("by").word(message.by),
            reason: here.field("reason").text(&message.reason),
        })
    }
}

impl At<'_> {
    fn subjects(&self, names: &[String]) -> Option<Vec<Subject>> {
        let subjects = self.some(names, 0..=NAMED_MAX, |here, name| here.subject(name))?;
        self.once(&subjects, None, Subject::clone);
        Some(subjects)
    }
}
