//! Ids of events that are made of figures: the same figure and revision always give the same id, so that an import that
//! was cut short, or two that run at once, record nothing twice.

use super::figure::{Span, Strand};
use crate::domain::{EventId, EventKind, Slug};

/// Drawn once at random; another value would give every imported figure another id.
const NAMESPACE: uuid::Uuid = uuid::uuid!("3f0c9a52-5f0e-4c1b-9a3e-0b2f6f5f7d14");

/// The id of the `revision`-th event that states a figure, counted from 1 in this ledger.
pub(super) fn event_id(ledger: &Slug, kind: EventKind, strand: &Strand, span: Span, revision: u32) -> EventId {
    let text = |part: Option<&dyn std::fmt::Display>| part.map(ToString::to_string).unwrap_or_default();
    let parts = [
        strand.subject.name_in(ledger),
        kind.to_string(),
        text(strand.series.as_ref().map(|it| it as _)),
        text(strand.basis.as_ref().map(|it| it as _)),
        text(strand.period.as_ref().map(|it| it as _)),
        span.to_string(),
        revision.to_string(),
        // Last, because it alone may hold a line break.
        text(strand.item.as_ref().map(|it| it as _)),
    ];
    EventId::from_bytes(uuid::Uuid::new_v5(&NAMESPACE, parts.join("\n").as_bytes()).into_bytes())
}
