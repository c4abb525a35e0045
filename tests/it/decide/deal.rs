//! A deal to test with: the truce, a measure and its suspension, a purchase pledge, and the events about them.

mod acts;

pub(super) use acts::*;

use std::collections::BTreeMap;

use entente::domain::event::*;
use entente::domain::terms::*;
use entente::domain::{
    Basis, Dated, Day, Decimal, EventId, Instant, Moment, Party, Payload, Slug, Source, SourceClass, Sources, Subject,
    Submission, Terms, Text, Unit, Window, Zone,
};

/// The id of an event that tests call by a label.
pub(super) fn id(label: &str) -> EventId {
    let mut bytes = [0x40_u8; 16];
    for (index, byte) in label.bytes().enumerate() {
        bytes[index % 16] = bytes[index % 16].wrapping_mul(31).wrapping_add(byte);
    }
    EventId::from_bytes(bytes)
}

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn days(start: &str, through: &str) -> Window {
    Window::new(day(start), day(through)).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn text(words: &str) -> Text {
    Text::new(words).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn slug(name: &str) -> Slug {
    Slug::parse(name).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn party(code: &str) -> Party {
    Party::parse(code).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn unit(code: &str) -> Unit {
    Unit::parse(code).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn decimal(digits: &str) -> Decimal {
    Decimal::parse(digits).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn on(date: &str) -> Dated {
    Dated::exact(at(&format!("{date}T00:00:00Z")))
}

pub(super) fn moment(date: &str) -> Moment {
    Moment::at(on(date).at)
}

/// `commitments/soy` and the like.
pub(super) fn subject(name: &str) -> Subject {
    let ledger = slug("test");
    Subject::parse(&format!("ledgers/test/{name}"), &ledger).unwrap_or_else(|error| panic!("{error}"))
}

/// An event with one source of no class.
pub(super) fn about(subject: Subject, label: &str, payload: Payload) -> Submission {
    let source = Source {
        publisher: text("A newspaper"),
        title: None,
        address: None,
        archived_address: None,
        published: None,
        class: None,
        attribution: None,
        quality: None,
    };
    Submission {
        event_id: id(label),
        subject,
        sources: vec![source].into(),
        supersedes: None,
        note: None,
        confidence: None,
        recorded_at: None,
        recorded_basis: None,
        payload,
    }
}

/// An event about a thing by its name, called by a label.
pub(super) fn event(label: &str, subject_name: &str, payload: Payload) -> Submission {
    about(subject(subject_name), label, payload)
}

/// Changes to an event, in the words of a test.
pub(super) trait Said: Sized {
    fn superseding(self, label: &str) -> Self;
    fn said_by(self, class: SourceClass) -> Self;
    fn unsourced(self) -> Self;
    fn recorded(self, at: &str) -> Self;
    fn on_subject(self, name: &str) -> Self;
}

impl Said for Submission {
    fn superseding(mut self, label: &str) -> Self {
        self.supersedes = Some(id(label));
        self
    }

    fn said_by(mut self, class: SourceClass) -> Self {
        let mut sources = self.sources.to_vec();
        sources[0].class = Some(class);
        self.sources = sources.into();
        self
    }

    fn unsourced(mut self) -> Self {
        self.sources = Sources::default();
        self
    }

    fn recorded(mut self, time: &str) -> Self {
        self.recorded_at = Some(at(time));
        self
    }

    fn on_subject(mut self, name: &str) -> Self {
        self.subject = subject(name);
        self
    }
}

// === What is agreed ===

pub(super) fn signed(label: &str, instrument: &str) -> Submission {
    let signed = InstrumentSigned {
        title: text("The truce"),
        parties: vec![party("CN"), party("US")],
        signed_at: on("2025-10-30"),
        place: Some(text("Busan")),
    };
    event(label, instrument, Payload::InstrumentSigned(signed.into()))
}

pub(super) fn published(label: &str, name: &str) -> Submission {
    let published = TextPublished {
        text: slug(name),
        language: text("en"),
        version: None,
        digest: None,
        published_at: on("2025-11-01"),
        by: Some(party("US")),
    };
    event(label, "instruments/truce", Payload::TextPublished(published.into()))
}

pub(super) fn announced(label: &str, measure: &str) -> Submission {
    let announced = MeasureAnnounced {
        title: text("Rare-earth controls"),
        kind: MeasureKind::ExportControl,
        by: party("CN"),
        against: Party::ALL,
        reference: None,
        announced_at: on("2025-10-09"),
        products: Vec::new(),
    };
    event(label, measure, Payload::MeasureAnnounced(announced.into()))
}

/// The duty to suspend the measure `rare-earths` for a year.
pub(super) fn suspension() -> Maintenance {
    Maintenance {
        effective_from: moment("2025-11-10"),
        until: Some(moment("2026-11-10")),
        implement_by: None,
        cure: None,
        tolerance_hours: 0,
        snapback_notice_days: None,
        depends_on: None,
        on_end: OnEnd::Revive,
    }
}

/// The pledge to buy soybeans: 12 Mt in the last two months of 2025, 25 Mt in 2026.
pub(super) fn pledge() -> PurchaseTerms {
    let tranche = |name: &str, start: &str, through: &str, target: &str| Tranche {
        id: slug(name),
        window: days(start, through),
        target: decimal(target),
        cure_days: 0,
        target_by_series: BTreeMap::new(),
    };
    PurchaseTerms {
        unit: unit("t"),
        basis: Basis::Sold,
        series: vec![slug("us-esr"), slug("cn-customs")],
        series_rule: SeriesRule::Primary,
        primary: slug("us-esr"),
        disagreement_pct: decimal("10"),
        reporting_lag_days: 14,
        on_missing: OnMissing::Unverified,
        carry: Carry::None,
        pace: Pace { method: PaceMethod::LinearDays, tolerance_pct: decimal("10"), weights: BTreeMap::new() },
        conversions: BTreeMap::from([(unit("bu_soy"), decimal("0.0272155422"))]),
        tranches: vec![
            tranche("t2025", "2025-11-01", "2025-12-31", "12000000"),
            tranche("t2026", "2026-01-01", "2026-12-31", "25000000"),
        ],
        term: None,
    }
}

/// A share of imports at most 18 per cent in each quarter.
pub(super) fn ceiling() -> PeriodicTerms {
    PeriodicTerms {
        effective_from: moment("2026-01-01"),
        comparator: Comparator::Le,
        limit: decimal("0.18"),
        periods: vec![
            Period { id: slug("q1"), window: days("2026-01-01", "2026-03-31") },
            Period { id: slug("q2"), window: days("2026-04-01", "2026-06-30") },
        ],
        reporting_lag_days: 30,
        series: Vec::new(),
        series_rule: SeriesRule::Primary,
        primary: slug("gacc"),
        disagreement_pct: decimal("0"),
        cure_next_period: false,
        on_missing: OnMissing::Unverified,
    }
}

/// A list to be published by the end of 2025.
pub(super) fn act() -> ActTerms {
    ActTerms {
        effective_from: moment("2025-11-02"),
        through: day("2025-12-31"),
        count: 1,
        cure_days: 0,
        reporting_lag_days: 7,
        on_missing: OnMissing::Unverified,
        persist_through: None,
    }
}

/// Nine in ten applications of January decided within 45 days.
pub(super) fn licensing() -> LicensingTerms {
    LicensingTerms {
        effective_from: moment("2026-01-01"),
        decide_within_days: 45,
        min_share: decimal("0.9"),
        min_sample: 20,
        periods: vec![Period { id: slug("jan"), window: days("2026-01-01", "2026-01-31") }],
        reporting_lag_days: 14,
        cure_next_period: false,
        on_missing: OnMissing::Unverified,
    }
}

/// China's promise to the United States, in the truce.
pub(super) fn promise(terms: Terms) -> CommitmentUndertaken {
    let about_measure = matches!(terms, Terms::MeasureSuspension(_) | Terms::RateCeiling(_));
    CommitmentUndertaken {
        title: text("A promise"),
        instrument: slug("truce"),
        obligor: party("CN"),
        obligee: party("US"),
        stated_by: vec![Party::JOINT],
        zone: zone("Asia/Shanghai"),
        measures: if about_measure { vec![slug("rare-earths")] } else { Vec::new() },
        products: Vec::new(),
        admissible: vec![SourceClass::ObligorOfficial, SourceClass::ObligeeOfficial],
        terms,
    }
}

pub(super) fn undertaken(label: &str, commitment: &str, promise: CommitmentUndertaken) -> Submission {
    event(label, commitment, Payload::CommitmentUndertaken(Box::new(promise)))
}

/// The truce (position 2), its text (3), the measure (4), and a commitment of each kind (5 to 10).
pub(super) fn truce() -> Vec<Submission> {
    let kept = |terms| promise(terms);
    let limit = RateCeilingTerms { maintenance: suspension(), limit: decimal("10") };
    vec![
        signed("truce", "instruments/truce"),
        published("fact-sheet", "fact-sheet"),
        announced("rare-earths", "measures/rare-earths"),
        undertaken("soy", "commitments/soy", kept(Terms::PurchasePledge(pledge()))),
        undertaken("pause", "commitments/pause", kept(Terms::MeasureSuspension(suspension()))),
        undertaken("rate", "commitments/rate", kept(Terms::RateCeiling(limit))),
        undertaken("share", "commitments/share", kept(Terms::PeriodicCeiling(ceiling()))),
        undertaken("list", "commitments/list", kept(Terms::OneOffAct(act()))),
        undertaken("licences", "commitments/licences", kept(Terms::LicensingFlow(licensing()))),
    ]
}
