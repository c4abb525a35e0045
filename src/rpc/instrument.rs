//! An instrument as the API shows it.

use super::clocks::Resolved;
use super::commitment;
use crate::domain::{Collection, Docket, Payload, Slug, Subject, live};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::wire::ToProto as _;

/// What is known of an instrument at the clocks given; `None` where it is not recorded there.
pub(super) fn describe(docket: &Docket, ledger: &Ledger, id: &Slug, at: Resolved) -> Option<v1::Instrument> {
    let ledger = ledger.name();
    let subject = Subject::Member(Collection::Instruments, id.clone());
    let mut shown = v1::Instrument { name: subject.name_in(ledger), ..v1::Instrument::default() };
    for event in live(docket.about(&subject), at.known) {
        let submission = &event.submission;
        match &submission.payload {
            Payload::InstrumentSigned(signed) => {
                shown.signed = Some(signed.to_proto_in(ledger));
                shown.sources = submission.sources.iter().map(|source| source.to_proto_in(ledger)).collect();
                shown.note = submission.note.as_ref().map_or_else(String::new, ToString::to_string);
            }
            Payload::TextPublished(text) => shown.texts.push(text.to_proto_in(ledger)),
            Payload::InstrumentAmended(amended) => shown.amendments.push(amended.to_proto_in(ledger)),
            // The world's clock too: an end that has not come is not shown as one.
            Payload::InstrumentTerminated(ended) if ended.effective_at.at <= at.as_of => {
                shown.termination = Some(ended.to_proto_in(ledger));
            }
            _ => {}
        }
    }
    shown.signed.as_ref()?;
    shown.commitments = commitment::names(docket, ledger, &subject, at, |undertaken| undertaken.instrument == *id);
    shown.revision = commitment::revision(docket, &subject, at);
    Some(shown)
}
