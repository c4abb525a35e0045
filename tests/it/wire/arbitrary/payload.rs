//! Any payload of each kind. The match names every kind, so that a new one is tested from its first day.

use entente::domain::event::{
    ActPerformed, ActReversed, AmountReported, AskAnswer, AskAnswered, AskTabled, Bound, BreachAlleged, BreachNotified,
    ClaimResolved, CohortReported, CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, CommitmentUndertaken,
    ConsultationHeld, EventRetracted, ExcuseAccepted, ExcuseClaimed, FindingIssued, InstrumentAmended,
    InstrumentSigned, InstrumentTerminated, KeyRotated, LedgerCreated, LedgerKind, MeasureAnnounced,
    MeasureImplemented, MeasureKind, MeasureObserved, MeasureReinstated, MeasureState, MeasureSuspended, MeasureVoided,
    MeetingHeld, MeetingLevel, MeetingMoved, MeetingScheduled, MetricReported, NonComplianceNotified, PriceReported,
    RateSet, ReadingAdopted, ReadingRecorded, Retractor, ShockRecorded, Stage, StatementMade, Survivor,
    SuspensionExercised, TerminationMode, TextPublished, Verdict, WaiverGranted,
};
use entente::domain::terms::Basis;
use entente::domain::{Dated, EventKind, Party, Payload, Precision, SourceClass, Text};
use proptest::prelude::*;

use super::terms::{patch, terms};
use super::value::{
    amount, dated, day, decimal, event_id, event_ids, interval, parties, party, products, slug, slugs, subject, term,
    text, unit, window, word, zone,
};

/// A payload of any content.
trait Any: Sized {
    fn any() -> BoxedStrategy<Self>;
}

macro_rules! kinds {
    ($($kind:ident)+) => {
        /// Any payload of one kind.
        pub(in super::super) fn payload(kind: EventKind) -> BoxedStrategy<Payload> {
            match kind { $(EventKind::$kind => $kind::any().prop_map(|it| Payload::$kind(it.into())).boxed(),)+ }
        }
    };
}

kinds! {
    LedgerCreated KeyRotated InstrumentSigned TextPublished InstrumentAmended InstrumentTerminated
    CommitmentUndertaken CommitmentAmended CommitmentConfirmed CommitmentDisowned ReadingRecorded ReadingAdopted
    MeasureAnnounced MeasureImplemented MeasureSuspended MeasureReinstated MeasureVoided RateSet MeasureObserved
    AmountReported MetricReported CohortReported ActPerformed ActReversed PriceReported BreachAlleged
    BreachNotified NonComplianceNotified ClaimResolved FindingIssued WaiverGranted ExcuseClaimed ExcuseAccepted
    SuspensionExercised MeetingScheduled MeetingMoved MeetingHeld AskTabled AskAnswered ConsultationHeld
    StatementMade ShockRecorded EventRetracted
}

/// Payloads whose fields are independent of each other.
macro_rules! any {
    ($($made:ident { $($field:ident: $strategy:expr),+ $(,)? })+) => {$(
        impl Any for $made {
            fn any() -> BoxedStrategy<Self> {
                // Nested pairs, since a tuple of strategies has at most twelve.
                any!(@pairs [$($field $strategy;)+])
                    .prop_map(|any!(@pattern [$($field)+])| $made { $($field),+ })
                    .boxed()
            }
        }
    )+};
    (@pairs []) => { Just(()) };
    (@pairs [$field:ident $strategy:expr; $($rest:tt)*]) => { ($strategy, any!(@pairs [$($rest)*])) };
    (@pattern []) => { () };
    (@pattern [$field:ident $($rest:ident)*]) => { ($field, any!(@pattern [$($rest)*])) };
}

any! {
    LedgerCreated { kind: word(LedgerKind::ALL), title: text(), incarnation: text() }
    KeyRotated { verifier_key: text(), previous_verifier_key: remark() }
    InstrumentSigned { title: text(), parties: parties(1..4), signed_at: dated(), place: remark() }
    TextPublished {
        text: slug(),
        language: prop::sample::select(vec!["en", "zh-Hans"]).prop_map(|tag| Text::new(tag).unwrap()),
        version: remark(),
        digest: prop::option::of("[0-9a-f]{64}".prop_map(|digest| Text::new(&digest).unwrap())),
        published_at: dated(),
        by: prop::option::of(party()),
    }
    InstrumentAmended { effective_at: dated(), summary: text() }
    InstrumentTerminated {
        effective_at: dated(),
        mode: word(TerminationMode::ALL),
        by: prop::option::of(party()),
        surviving: prop::collection::btree_map(slug(), prop::option::of(slug()), 0..3).prop_map(|survivors| {
            survivors.into_iter().map(|(commitment, tranche)| Survivor { commitment, tranche }).collect()
        }),
    }
    CommitmentUndertaken {
        title: text(),
        instrument: slug(),
        obligor: Just(Party::parse("CN").unwrap()),
        obligee: Just(Party::parse("US").unwrap()),
        stated_by: prop::sample::subsequence(vec!["CN", "US", "JOINT"], 1..=3)
            .prop_map(|codes| codes.into_iter().map(|code| Party::parse(code).unwrap()).collect()),
        zone: zone(),
        measures: slugs(0..3),
        products: products(),
        admissible: prop::sample::subsequence(SourceClass::ALL.to_vec(), 1..=6),
        terms: terms(),
    }
    CommitmentConfirmed { by: party(), effective_at: dated() }
    CommitmentDisowned { by: party(), effective_at: dated() }
    ReadingRecorded {
        reading: slug().prop_filter("base is reserved", |reading| reading.as_str() != "base"),
        effective_at: dated(),
        by: prop::option::of(party()),
        text: prop::option::of(slug()),
        set: patch(),
    }
    ReadingAdopted { reading: slug(), effective_at: dated() }
    MeasureAnnounced {
        title: text(),
        kind: word(MeasureKind::ALL),
        by: party(),
        against: party(),
        reference: remark(),
        announced_at: dated(),
        products: products(),
    }
    MeasureImplemented { effective_at: dated(), reference: remark() }
    MeasureSuspended { effective_at: dated(), reference: remark() }
    MeasureReinstated { effective_at: dated(), by: party(), reference: remark() }
    MeasureVoided { effective_at: dated(), court: text(), reference: remark() }
    RateSet {
        component: slug(),
        rate: prop::option::of(decimal()),
        effective_at: dated(),
        reference: remark(),
    }
    MetricReported {
        series: slug(),
        period: slug().prop_map(Some),
        window: prop::option::of(window()),
        item: remark(),
        numerator: decimal(),
        denominator: amount(),
        unit: prop::option::of(unit()),
        bound: word(Bound::ALL),
    }
    ActPerformed {
        performed_at: dated(),
        stage: word(Stage::ALL),
        count: 1_u32..,
        reference: remark(),
    }
    ActReversed { performed_at: dated(), count: 1_u32.. }
    PriceReported {
        item: text(),
        value: decimal(),
        unit: unit(),
        on: day(),
        bound: word(Bound::ALL),
    }
    BreachAlleged { by: text(), effective_at: dated() }
    BreachNotified { by: party(), effective_at: dated() }
    NonComplianceNotified { by: party(), effective_at: dated() }
    ClaimResolved { claim: event_id(), effective_at: dated() }
    ExcuseAccepted { claim: event_id(), by: party() }
    MeetingScheduled {
        title: text(),
        parties: parties(2..4),
        level: word(MeetingLevel::ALL),
        place: remark(),
        window: window(),
    }
    MeetingMoved { window: prop::option::of(window()), reason: remark() }
    MeetingHeld {
        title: text(),
        parties: parties(2..4),
        level: word(MeetingLevel::ALL),
        place: remark(),
        window: window(),
        outcome: remark(),
        days_unknown: any::<bool>(),
    }
    AskTabled {
        title: text(),
        by: party(),
        of: party(),
        tabled_at: dated(),
        meeting: prop::option::of(slug()),
        in_exchange_for: prop::option::of(slug()),
        products: products(),
    }
    AskAnswered {
        answer: word(AskAnswer::ALL),
        by: party(),
        answered_at: dated(),
        commitment: prop::option::of(slug()),
    }
    ConsultationHeld { parties: parties(1..4), held_at: dated(), outcome: remark() }
    StatementMade { by: text(), made_at: dated(), summary: text() }
    ShockRecorded {
        title: text(),
        occurred_at: dated(),
        touches: prop::collection::btree_set(subject(), 0..3)
            .prop_map(|subjects| subjects.into_iter().collect()),
    }
    EventRetracted { event: event_id(), by: word(Retractor::ALL), reason: text() }
}

impl Any for CommitmentAmended {
    fn any() -> BoxedStrategy<Self> {
        (dated(), interval(), any::<bool>(), patch())
            .prop_map(|(effective_at, (from, until), back, set)| {
                let reached = until.filter(|_| back).map(|until| (from, until));
                let effective_at = reached.map_or(effective_at, |(_, at)| Dated { at, precision: Precision::Day });
                let retroactive_to = reached.map(|(from, _)| from);
                CommitmentAmended { effective_at, retroactive_to, set }
            })
            .boxed()
    }
}

impl Any for MeasureObserved {
    fn any() -> BoxedStrategy<Self> {
        (word(MeasureState::ALL), interval())
            .prop_map(|(state, (from, until))| MeasureObserved { state, from, until })
            .boxed()
    }
}

impl Any for CohortReported {
    fn any() -> BoxedStrategy<Self> {
        (slug(), day(), any::<[u32; 5]>())
            .prop_map(|(period, snapshot_through, [withdrawn, on_time, late, pending, more])| {
                let [withdrawn, on_time, late, pending, more] =
                    [withdrawn, on_time, late, pending, more].map(u64::from);
                let submitted = withdrawn + on_time + late + pending + more;
                CohortReported { period, snapshot_through, submitted, withdrawn, on_time, late, pending }
            })
            .boxed()
    }
}

impl Any for FindingIssued {
    fn any() -> BoxedStrategy<Self> {
        (text(), word(Verdict::ALL), interval(), dated())
            .prop_map(|(by, verdict, (from, until), effective_at)| FindingIssued {
                by,
                verdict,
                from,
                until,
                effective_at,
            })
            .boxed()
    }
}

impl Any for WaiverGranted {
    fn any() -> BoxedStrategy<Self> {
        (party(), prop::option::of(slug()), interval(), any::<bool>(), event_ids())
            .prop_map(|(by, target, (from, until), covers, conditional_on)| {
                let effective_at = Dated::exact(from);
                let covers_from = covers.then_some(from);
                WaiverGranted { by, target, covers_from, until, effective_at, conditional_on }
            })
            .boxed()
    }
}

impl Any for ExcuseClaimed {
    fn any() -> BoxedStrategy<Self> {
        (text(), term()).prop_map(|(ground, (from, until))| ExcuseClaimed { ground, from, until }).boxed()
    }
}

impl Any for SuspensionExercised {
    fn any() -> BoxedStrategy<Self> {
        (interval(), word(Precision::ALL))
            .prop_map(|((at, until), precision)| SuspensionExercised { effective_at: Dated { at, precision }, until })
            .boxed()
    }
}

impl Any for AmountReported {
    fn any() -> BoxedStrategy<Self> {
        let words = (word(Basis::ALL), word(Bound::ALL));
        (slug(), words, window(), decimal(), unit(), any::<bool>(), 0..3)
            .prop_map(|(series, (basis, bound), window, value, unit, covers, form)| {
                // A period, a running total over a period, a bare running total.
                let from = (form < 2).then_some(window.start());
                let running_since = (form > 0).then_some(window.start());
                AmountReported {
                    series,
                    basis,
                    from,
                    through: window.through(),
                    value,
                    unit,
                    covers: covers && from.is_some(),
                    bound,
                    running_since,
                }
            })
            .boxed()
    }
}

fn remark() -> impl Strategy<Value = Option<Text>> {
    prop::option::of(text())
}
