//! The ledger that a load goes to: new, of its own, with something to be asked about.

use crate::client::{Client, ClientError};
use crate::proto::v1;
use v1::submission::Payload;

/// A ledger with one instrument a client, and a commitment.
#[derive(Clone)]
pub(super) struct Scratch {
    /// `ledgers/{ledger}`.
    pub(super) ledger: String,
    /// The position of its last event before the load.
    before: u64,
}

impl Scratch {
    /// Creates a ledger under a name that nobody has.
    pub(super) async fn create(client: &Client, clients: u32) -> Result<Self, ClientError> {
        let id = format!("bench-{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
        let about =
            v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "a load".to_owned(), ..v1::Ledger::default() };
        let request = v1::CreateLedgerRequest { ledger_id: id.clone(), ledger: Some(about), recorded_at: None };
        client.ledgers().create_ledger(request).await?;
        let ledger = format!("ledgers/{id}");
        let mut submissions: Vec<v1::Submission> = (0..clients).map(|client| signed(&ledger, client)).collect();
        submissions.push(pledged(&ledger));
        let recorded = client.append_all(&ledger, submissions, |_| ()).await?;
        let before = recorded.last().map_or(0, |last| last.position);
        Ok(Scratch { ledger, before })
    }

    /// How many events were recorded since.
    pub(super) async fn recorded(&self, client: &Client) -> Result<u64, ClientError> {
        let request = v1::GetHeadRequest { ledger: self.ledger.clone() };
        Ok(client.ledgers().get_head(request).await?.into_inner().head - self.before)
    }

    /// The commitment that is asked about.
    pub(super) fn commitment(&self) -> String {
        format!("{}/commitments/pledge", self.ledger)
    }

    /// The instrument of one client.
    pub(super) fn instrument(&self, client: u32) -> String {
        instrument(&self.ledger, client)
    }

    /// An event of about 256 bytes about a client's instrument, with an id of its own.
    pub(super) fn event(&self, client: u32) -> v1::Submission {
        let made = v1::StatementMade {
            by: "a spokesman of the ministry".to_owned(),
            made_at: dated(),
            summary: "Both sides said that the talks were candid and constructive, and that they will go on."
                .to_owned(),
        };
        v1::Submission {
            event_id: uuid::Uuid::now_v7().to_string(),
            subject: self.instrument(client),
            sources: vec![v1::Source { publisher: "a gazette of record".to_owned(), ..v1::Source::default() }],
            payload: Some(Payload::StatementMade(made)),
            ..v1::Submission::default()
        }
    }
}

fn instrument(ledger: &str, client: u32) -> String {
    format!("{ledger}/instruments/deal-{client}")
}

fn dated() -> Option<v1::Dated> {
    let at = Some(prost_types::Timestamp { seconds: 1_761_782_400, nanos: 0 });
    Some(v1::Dated { at, precision: v1::Precision::Second.into() })
}

fn signed(ledger: &str, client: u32) -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    v1::Submission {
        subject: instrument(ledger, client),
        payload: Some(Payload::InstrumentSigned(signed)),
        ..v1::Submission::default()
    }
}

/// A pledge to buy, by the day, as soybeans are.
fn pledged(ledger: &str) -> v1::Submission {
    let tranche = v1::Tranche {
        id: "all".to_owned(),
        window: Some(v1::Window { start: "2026-01-01".to_owned(), through: "2028-12-31".to_owned() }),
        target: "25000000".to_owned(),
        ..v1::Tranche::default()
    };
    let pace =
        v1::Pace { method: v1::PaceMethod::LinearDays.into(), tolerance_pct: "10".to_owned(), ..v1::Pace::default() };
    let terms = v1::PurchaseTerms {
        unit: "t".to_owned(),
        basis: v1::Basis::Sold.into(),
        series: vec!["sales".to_owned()],
        series_rule: v1::SeriesRule::Primary.into(),
        primary: "sales".to_owned(),
        disagreement_pct: "10".to_owned(),
        reporting_lag_days: 45,
        on_missing: v1::OnMissing::Unverified.into(),
        carry: v1::Carry::None.into(),
        pace: Some(pace),
        tranches: vec![tranche],
        ..v1::PurchaseTerms::default()
    };
    let undertaken = v1::CommitmentUndertaken {
        title: "To buy".to_owned(),
        instrument: instrument(ledger, 0),
        obligor: "CN".to_owned(),
        obligee: "US".to_owned(),
        stated_by: vec!["JOINT".to_owned()],
        zone: "Asia/Shanghai".to_owned(),
        admissible: vec![v1::SourceClass::ObligorOfficial.into(), v1::SourceClass::ObligeeOfficial.into()],
        terms: Some(v1::Terms { promise: Some(v1::terms::Promise::PurchasePledge(terms)) }),
        ..v1::CommitmentUndertaken::default()
    };
    v1::Submission {
        subject: format!("{ledger}/commitments/pledge"),
        payload: Some(Payload::CommitmentUndertaken(undertaken)),
        ..v1::Submission::default()
    }
}
