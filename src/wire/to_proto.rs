//! The message of any value of the domain, for answers that are put together from parts.

use crate::domain::Slug;
use crate::domain::event::{
    AskAnswered, AskTabled, CommitmentAmended, CommitmentUndertaken, InstrumentAmended, InstrumentSigned,
    InstrumentTerminated, MeasureAnnounced, ReadingRecorded, TextPublished,
};
use crate::domain::{Dated, Moment, Product, Source, Terms, TermsPatch, Window};
use crate::proto::v1;

use super::spell::{Spelled, Speller};

/// A value of the domain that has a message of its own.
pub trait ToProto {
    /// The generated message.
    type Proto;

    /// The message of this value, as `ledger` names things.
    fn to_proto_in(&self, ledger: &Slug) -> Self::Proto;
}

macro_rules! shown {
    ($($value:ident)+) => {$(
        impl ToProto for $value {
            type Proto = v1::$value;

            fn to_proto_in(&self, ledger: &Slug) -> v1::$value {
                self.spell(&Speller::new(ledger, true))
            }
        }
    )+};
}

shown! {
    AskAnswered AskTabled CommitmentAmended CommitmentUndertaken Dated InstrumentAmended InstrumentSigned InstrumentTerminated
    MeasureAnnounced Product ReadingRecorded Source Terms TermsPatch TextPublished Window
}

impl ToProto for Moment {
    type Proto = v1::Moment;

    fn to_proto_in(&self, ledger: &Slug) -> v1::Moment {
        Speller::new(ledger, true).moment(self)
    }
}
