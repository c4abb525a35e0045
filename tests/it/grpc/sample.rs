//! A small deal for tests: an instrument, a measure, its suspension, a purchase pledge.

use entente::proto::v1;
use v1::submission::Payload;
use v1::terms::Promise;

use crate::server::stamp;

/// Fixed event ids: the same number, the same id.
pub(crate) fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub(crate) fn submission(ledger: &str, number: u32, subject: &str, payload: Payload) -> v1::Submission {
    v1::Submission {
        event_id: id(number),
        subject: format!("{ledger}/{subject}"),
        payload: Some(payload),
        ..v1::Submission::default()
    }
}

pub(crate) fn source(class: v1::SourceClass) -> v1::Source {
    v1::Source { publisher: "a gazette".to_owned(), class: class.into(), ..v1::Source::default() }
}

pub(crate) fn dated(text: &str) -> Option<v1::Dated> {
    Some(v1::Dated { at: Some(stamp(text)), precision: v1::Precision::Second.into() })
}

pub(crate) fn at(text: &str) -> Option<v1::Moment> {
    Some(v1::Moment { form: Some(v1::moment::Form::Instant(stamp(text))), resolved_at: None })
}

pub(crate) fn signed(ledger: &str) -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A truce".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated("2025-10-30T04:00:00Z"),
        place: String::new(),
    };
    submission(ledger, 1, "instruments/truce", Payload::InstrumentSigned(signed))
}

pub(crate) fn announced(ledger: &str) -> v1::Submission {
    let announced = v1::MeasureAnnounced {
        title: "Export control on magnets".to_owned(),
        kind: v1::MeasureKind::ExportControl.into(),
        by: "CN".to_owned(),
        against: "ALL".to_owned(),
        announced_at: dated("2025-10-09T00:00:00Z"),
        products: vec![v1::Product { nomenclature: v1::Nomenclature::Hs2022.into(), code: "850511".to_owned() }],
        ..v1::MeasureAnnounced::default()
    };
    submission(ledger, 2, "measures/magnets", Payload::MeasureAnnounced(announced))
}

fn undertaken(ledger: &str, title: &str, promise: Promise) -> v1::CommitmentUndertaken {
    v1::CommitmentUndertaken {
        title: title.to_owned(),
        instrument: format!("{ledger}/instruments/truce"),
        obligor: "CN".to_owned(),
        obligee: "US".to_owned(),
        stated_by: vec!["JOINT".to_owned()],
        zone: "Asia/Shanghai".to_owned(),
        measures: Vec::new(),
        products: Vec::new(),
        admissible: vec![v1::SourceClass::ObligorOfficial.into(), v1::SourceClass::ObligeeOfficial.into()],
        terms: Some(v1::Terms { promise: Some(promise) }),
    }
}

pub(crate) fn suspension(ledger: &str) -> v1::Submission {
    let terms = v1::Maintenance {
        effective_from: at("2025-11-06T16:00:00Z"),
        until: at("2026-11-10T16:00:00Z"),
        implement_by: at("2025-11-06T16:00:00Z"),
        on_end: v1::OnEnd::Revive.into(),
        ..v1::Maintenance::default()
    };
    let mut promise = undertaken(ledger, "Suspend the control", Promise::MeasureSuspension(terms));
    promise.measures = vec![format!("{ledger}/measures/magnets")];
    submission(ledger, 3, "commitments/suspension", Payload::CommitmentUndertaken(promise))
}

pub(crate) fn suspended(ledger: &str) -> v1::Submission {
    let suspended =
        v1::MeasureSuspended { effective_at: dated("2025-11-06T16:00:00Z"), reference: "Announcement 70".to_owned() };
    v1::Submission {
        sources: vec![source(v1::SourceClass::ObligorOfficial)],
        ..submission(ledger, 4, "measures/magnets", Payload::MeasureSuspended(suspended))
    }
}

pub(crate) fn pledge(ledger: &str) -> v1::Submission {
    let tranche = v1::Tranche {
        id: "t2026".to_owned(),
        window: Some(v1::Window { start: "2026-01-01".to_owned(), through: "2026-12-31".to_owned() }),
        target: "25000000".to_owned(),
        ..v1::Tranche::default()
    };
    let terms = v1::PurchaseTerms {
        unit: "t".to_owned(),
        basis: v1::Basis::Sold.into(),
        series: vec!["us-esr".to_owned()],
        series_rule: v1::SeriesRule::Primary.into(),
        primary: "us-esr".to_owned(),
        disagreement_pct: "10".to_owned(),
        reporting_lag_days: 45,
        on_missing: v1::OnMissing::Unverified.into(),
        carry: v1::Carry::None.into(),
        pace: Some(v1::Pace {
            method: v1::PaceMethod::LinearDays.into(),
            tolerance_pct: "10".to_owned(),
            ..v1::Pace::default()
        }),
        tranches: vec![tranche],
        ..v1::PurchaseTerms::default()
    };
    let mut promise = undertaken(ledger, "Buy soybeans", Promise::PurchasePledge(terms));
    promise.products = vec![v1::Product { nomenclature: v1::Nomenclature::Hs2022.into(), code: "1201".to_owned() }];
    submission(ledger, 5, "commitments/soybeans", Payload::CommitmentUndertaken(promise))
}

/// What was sold from one day through another.
pub(crate) fn amount(ledger: &str, number: u32, from: &str, through: &str, value: &str) -> v1::Submission {
    let reported = v1::AmountReported {
        series: "us-esr".to_owned(),
        basis: v1::Basis::Sold.into(),
        from: from.to_owned(),
        through: through.to_owned(),
        value: value.to_owned(),
        unit: "t".to_owned(),
        covers: true,
        bound: v1::Bound::Exact.into(),
        running_since: String::new(),
    };
    v1::Submission {
        sources: vec![source(v1::SourceClass::ObligeeOfficial)],
        ..submission(ledger, number, "commitments/soybeans", Payload::AmountReported(reported))
    }
}

/// A statement that says nothing but its number: an event that is always allowed once the truce is there.
pub(crate) fn statement(ledger: &str, number: u32) -> v1::Submission {
    let made = v1::StatementMade {
        by: "a spokesman".to_owned(),
        made_at: dated("2026-01-01T00:00:00Z"),
        summary: format!("statement {number}"),
    };
    submission(ledger, number, "instruments/truce", Payload::StatementMade(made))
}

/// The whole small deal: positions 2 to 6 of a new ledger.
pub(crate) fn deal(ledger: &str) -> Vec<v1::Submission> {
    vec![signed(ledger), announced(ledger), suspension(ledger), suspended(ledger), pledge(ledger)]
}
