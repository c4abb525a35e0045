//! Values that many events share: dated instants, moments, windows, products, sources.

use prost_types::Timestamp;

use crate::domain::{
    Dated, Instant, Moment, MomentForm, Precision, Product, Role, Rounding, Source, ValueError, Window,
};
use crate::proto::v1;
use crate::proto::v1::moment::Form;

use super::at::{At, Origin, every};
use super::spell::{Spelled, Speller, instant_to_proto, or_empty};
use super::violation::Reason;
use super::word::{Word, number_or_unspecified};

impl Spelled for Dated {
    type Proto = v1::Dated;

    fn spell(&self, _: &Speller<'_>) -> v1::Dated {
        v1::Dated { at: Some(instant_to_proto(self.at)), precision: self.precision.number() }
    }

    fn read(message: &v1::Dated, here: &At<'_>) -> Option<Self> {
        every!(Dated {
            at: here.field("at").instant(message.at.as_ref()),
            precision: here
                .field("precision")
                .optional_word(message.precision)
                .map(|said| said.unwrap_or(Precision::Second)),
        })
    }
}

impl Spelled for Window {
    type Proto = v1::Window;

    fn spell(&self, _: &Speller<'_>) -> v1::Window {
        v1::Window { start: self.start().to_string(), through: self.through().to_string() }
    }

    fn read(message: &v1::Window, here: &At<'_>) -> Option<Self> {
        let start = here.field("start").day(&message.start);
        let through = here.field("through").day(&message.through);
        here.window(start, through)
    }
}

impl Spelled for Product {
    type Proto = v1::Product;

    fn spell(&self, _: &Speller<'_>) -> v1::Product {
        v1::Product { nomenclature: self.nomenclature().number(), code: self.code().to_owned() }
    }

    fn read(message: &v1::Product, here: &At<'_>) -> Option<Self> {
        let nomenclature = here.field("nomenclature").word(message.nomenclature);
        let code = here.field("code");
        if message.code.is_empty() {
            return code.missing("a product code, such as 120190");
        }
        code.checked(Product::new(nomenclature?, &message.code))
    }
}

impl Spelled for Source {
    type Proto = v1::Source;

    fn spell(&self, _: &Speller<'_>) -> v1::Source {
        v1::Source {
            publisher: self.publisher.to_string(),
            title: or_empty(self.title.as_ref()),
            address: or_empty(self.address.as_ref()),
            archived_address: or_empty(self.archived_address.as_ref()),
            published: or_empty(self.published.as_ref()),
            class: number_or_unspecified(self.class),
            attribution: or_empty(self.attribution.as_ref()),
            quality: or_empty(self.quality.as_ref()),
        }
    }

    fn read(message: &v1::Source, here: &At<'_>) -> Option<Self> {
        every!(Source {
            publisher: here.field("publisher").text(&message.publisher),
            title: here.field("title").optional_text(&message.title),
            address: here.field("address").optional_text(&message.address),
            archived_address: here.field("archived_address").optional_text(&message.archived_address),
            published: here.field("published").optional_text(&message.published),
            class: here.field("class").optional_word(message.class),
            attribution: here.field("attribution").optional_text(&message.attribution),
            quality: here.field("quality").optional_text(&message.quality),
        })
    }
}

// === moments ===

impl Speller<'_> {
    /// A moment in the text's own words, with the instant they mean unless the speller leaves that out.
    pub(super) fn moment(&self, moment: &Moment) -> v1::Moment {
        let form = match moment.form() {
            MomentForm::Instant(instant) => Form::Instant(instant_to_proto(*instant)),
            MomentForm::Local { at, zone } => {
                Form::Local(v1::LocalTime { at: at.to_string(), zone: zone.name().to_owned() })
            }
            MomentForm::Through { day, zone } => {
                Form::Through(v1::ZonedDay { day: day.to_string(), zone: zone.name().to_owned() })
            }
            MomentForm::Until { day, zone } => {
                Form::Until(v1::ZonedDay { day: day.to_string(), zone: zone.name().to_owned() })
            }
            MomentForm::PeriodEnd { start, months, rounding, zone } => Form::PeriodEnd(v1::PeriodEnd {
                start: start.to_string(),
                months: *months,
                rounding: rounding.number(),
                zone: zone.name().to_owned(),
            }),
            MomentForm::Elapsed { from, days } => {
                Form::Elapsed(v1::Elapsed { from: Some(instant_to_proto(*from)), days: *days })
            }
        };
        let resolved_at = self.with_resolved.then(|| instant_to_proto(moment.instant()));
        v1::Moment { form: Some(form), resolved_at }
    }

    pub(super) fn optional_moment(&self, moment: Option<&Moment>) -> Option<v1::Moment> {
        moment.map(|moment| self.moment(moment))
    }
}

impl At<'_> {
    /// A moment that must be there; `role` settles a repeated local hour.
    pub(super) fn moment(&self, given: Option<&v1::Moment>, role: Role) -> Option<Moment> {
        let Some(message) = given else {
            return self.missing("a moment: one of instant, local, through, until, period_end, elapsed");
        };
        let form = match &message.form {
            Some(form) => self.form(form),
            None => self.missing("one of instant, local, through, until, period_end, elapsed"),
        };
        let resolved_at = self.field("resolved_at").optional_instant(message.resolved_at.as_ref());
        let (form, resolved_at) = (form?, resolved_at?);
        match (self.origin(), resolved_at) {
            (Origin::Ledger, Some(instant)) => Some(Moment::stored(form, instant)),
            (Origin::Client, Some(instant)) => {
                let moment = self.checked(Moment::resolve(form, role))?;
                self.agrees(moment.instant(), instant);
                Some(moment)
            }
            (_, None) => self.checked(Moment::resolve(form, role)),
        }
    }

    pub(super) fn optional_moment(&self, given: Option<&v1::Moment>, role: Role) -> Option<Option<Moment>> {
        self.optional(given, |here, message| here.moment(Some(message), role))
    }

    fn agrees(&self, resolved: Instant, given: Instant) {
        self.field("resolved_at").rule(resolved == given, Reason::Disagrees, || {
            format!("{given} is not what the words mean, which is {resolved}; leave it out, or give that")
        });
    }

    fn form(&self, form: &Form) -> Option<MomentForm> {
        match form {
            Form::Instant(instant) => self.field("instant").instant(Some(instant)).map(MomentForm::Instant),
            Form::Local(local) => {
                let here = self.field("local");
                every!(MomentForm::Local {
                    at: here.field("at").local_time(&local.at),
                    zone: here.field("zone").zone(&local.zone),
                })
            }
            Form::Through(through) => {
                let here = self.field("through");
                every!(MomentForm::Through {
                    day: here.field("day").day(&through.day),
                    zone: here.field("zone").zone(&through.zone),
                })
            }
            Form::Until(until) => {
                let here = self.field("until");
                every!(MomentForm::Until {
                    day: here.field("day").day(&until.day),
                    zone: here.field("zone").zone(&until.zone),
                })
            }
            Form::PeriodEnd(period) => self.field("period_end").period_end(period),
            Form::Elapsed(elapsed) => {
                let here = self.field("elapsed");
                every!(MomentForm::Elapsed {
                    from: here.field("from").instant(elapsed.from.as_ref()),
                    days: here.field("days").days(elapsed.days),
                })
            }
        }
    }

    fn period_end(&self, period: &v1::PeriodEnd) -> Option<MomentForm> {
        every!(MomentForm::PeriodEnd {
            start: self.field("start").day(&period.start),
            months: self.field("months").count(period.months),
            rounding: self.field("rounding").optional_word(period.rounding).map(|said| said.unwrap_or(Rounding::Down)),
            zone: self.field("zone").zone(&period.zone),
        })
    }

    fn local_time(&self, text: &str) -> Option<jiff::civil::DateTime> {
        if text.is_empty() {
            return self.missing("a local date and time, written YYYY-MM-DDThh:mm:ss");
        }
        let refuse = || ValueError::LocalTime(text.chars().take(60).collect());
        let parsed: Result<jiff::civil::DateTime, ValueError> = text.parse().map_err(|_| refuse());
        // jiff also takes other forms, and fractions; one form in, the same form out.
        self.checked(parsed.and_then(|at| {
            let whole_seconds = at.subsec_nanosecond() == 0;
            if whole_seconds && at.to_string() == text { Ok(at) } else { Err(refuse()) }
        }))
    }
}

/// An instant that may be absent, as a timestamp.
pub(super) fn optional_instant_to_proto(instant: Option<Instant>) -> Option<Timestamp> {
    instant.map(instant_to_proto)
}
