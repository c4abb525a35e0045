//! The way to a ledger. The services hold [`Guarded`], which gives nothing but [`Admitted`]: a request whose caller is known.
//! That gives a ledger only where the row of the method ([`super::rule`]) allows it to the caller. So no handler can reach a
//! ledger, nor make one, past the table.

use std::net::SocketAddr;

use http::HeaderValue;
use tonic::Request;

use super::ledger_service::off_thread;
use super::rule::{Need, Rule};
use super::status::Fault;
use crate::auth::{self, Caller, Right, Scene};
use crate::clock::Clock;
use crate::domain::{EventId, Payload, Slug, Submission, Text};
use crate::ledger::{Ledger, Ledgers, NewLedger};

/// Who calls which method, as the layer before the services found it.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    pub(super) caller: Caller,
    pub(super) rule: &'static Rule,
    pub(super) address: Option<SocketAddr>,
    pub(super) request: HeaderValue,
}

/// The ledgers of one store, closed.
pub(super) struct Guarded(Ledgers);

/// The ledgers of one store, as far as they are open to one request.
pub(super) struct Admitted<'a> {
    ledgers: &'a Ledgers,
    admission: Admission,
}

/// The same for a request that goes on for long.
pub(super) struct AdmittedForLong {
    ledgers: Ledgers,
    admission: Admission,
}

impl Guarded {
    pub(super) fn new(ledgers: Ledgers) -> Self {
        Guarded(ledgers)
    }

    /// Opens them as far as the caller of a request may go.
    pub(super) fn admit<T>(&self, request: &Request<T>) -> Result<Admitted<'_>, Fault> {
        Ok(Admitted { ledgers: &self.0, admission: admission(request)? })
    }

    /// The same for a request that goes on after its handler has returned.
    pub(super) fn admit_for_long<T>(&self, request: &Request<T>) -> Result<AdmittedForLong, Fault> {
        Ok(AdmittedForLong { ledgers: self.0.clone(), admission: admission(request)? })
    }
}

impl AdmittedForLong {
    /// The ledgers as far as they are open now: not at all once the credential is over.
    pub(super) fn admitted(&self) -> Result<Admitted<'_>, Fault> {
        if self.admission.caller.is_over(self.ledgers.clock().now()) {
            return Err(Fault::CredentialOver);
        }
        Ok(Admitted { ledgers: &self.ledgers, admission: self.admission.clone() })
    }
}

fn admission<T>(request: &Request<T>) -> Result<Admission, Fault> {
    let admission = request.extensions().get::<Admission>().cloned();
    admission.ok_or_else(|| Fault::Internal("a request came past the guard".to_owned()))
}

impl Admission {
    /// What the audit trail says of the request.
    pub(super) fn scene(&self) -> Scene<'_> {
        Scene {
            principal: Some(self.caller.principal().as_str()),
            address: self.address,
            method: self.rule.method,
            request: self.request.to_str().unwrap_or_default(),
        }
    }

    /// Puts the retractions that were recorded into the audit trail.
    pub(super) fn audit_retractions(&self, ledger: &Slug, recorded: &[EventId]) {
        for id in recorded {
            auth::acted(self.scene(), "retraction", &format!("ledgers/{ledger}/events/{id}"));
        }
    }

    fn deny(&self, right: Right, place: &str) -> Fault {
        let fault = Fault::NotGranted { role: right.role(), place: place.to_owned() };
        auth::denied(self.scene(), "NOT_GRANTED", &format!("{} of {place} is needed", right.role().word()));
        fault
    }

    /// What can be decided before the request is read: whether there is any ledger for which the caller may call this.
    pub(super) fn check_method(&self) -> Result<(), Fault> {
        let grants = self.caller.grants();
        match self.rule.need {
            Need::Nothing | Need::Credential => Ok(()),
            Need::In(right) if grants.allow_somewhere(right) => Ok(()),
            Need::Append if grants.allow_somewhere(Right::Record) || grants.allow_somewhere(Right::Assess) => Ok(()),
            Need::Everywhere(right) if grants.allow_everywhere(right) => Ok(()),
            Need::Everywhere(right) => Err(self.deny(right, "all ledgers")),
            Need::In(right) => Err(self.deny(right, "a ledger that the method is for")),
            Need::Append => Err(self.deny(Right::Record, "a ledger that the method is for")),
        }
    }

    fn check(&self, right: Right, ledger: &Slug) -> Result<(), Fault> {
        if self.caller.may(right, ledger) { Ok(()) } else { Err(self.deny(right, &format!("ledgers/{ledger}"))) }
    }

    /// The row of the method, held against one ledger.
    fn check_ledger(&self, ledger: &Slug) -> Result<(), Fault> {
        match self.rule.need {
            Need::In(right) => self.check(right, ledger),
            Need::Append if self.caller.may(Right::Assess, ledger) => Ok(()),
            Need::Append => self.check(Right::Record, ledger),
            // A method that needs no right in a ledger is none that opens one.
            Need::Nothing | Need::Credential | Need::Everywhere(_) => {
                Err(Fault::Internal(format!("{} opens a ledger without a right", self.rule.method)))
            }
        }
    }
}

impl Admitted<'_> {
    /// A ledger. Where the caller may not, the answer is the same whether it is there or not.
    pub(super) fn get(&self, name: &Slug) -> Result<Ledger, Fault> {
        self.admission.check_ledger(name)?;
        Ok(self.ledgers.get(name)?)
    }

    /// Every ledger there is, where the caller has the right of the method in all.
    pub(super) fn every(&self) -> Result<Vec<Ledger>, Fault> {
        match self.admission.rule.need {
            Need::In(right) if self.admission.caller.grants().allow_everywhere(right) => Ok(self.ledgers.all()),
            Need::In(right) => Err(self.admission.deny(right, "all ledgers")),
            _ => Err(Fault::Internal(format!("{} opens all ledgers without a right", self.admission.rule.method))),
        }
    }

    /// Every ledger that the caller may read, by name.
    pub(super) fn readable(&self) -> Vec<Ledger> {
        let mut all = self.ledgers.all();
        all.retain(|ledger| self.admission.caller.may(Right::Read, ledger.name()));
        all
    }

    /// Whether the caller may create a ledger of this name.
    pub(super) fn check_new(&self, name: &Slug) -> Result<(), Fault> {
        self.admission.check_ledger(name)
    }

    /// Creates a ledger in the caller's name.
    pub(super) async fn create(&self, new: NewLedger) -> Result<Ledger, Fault> {
        self.check_new(&new.name)?;
        let ledgers = self.ledgers.clone();
        let ledger = off_thread(move || ledgers.create(new)).await?;
        auth::acted(self.admission.scene(), "ledger_created", ledger.name().as_str());
        Ok(ledger)
    }

    /// Whether the caller may record each of these. Findings, adopted readings and retractions are the assessor's; all else is
    /// the recorder's.
    pub(super) fn check_submissions(&self, ledger: &Slug, submissions: &[Submission]) -> Result<(), Fault> {
        for submission in submissions {
            self.admission.check(right_for(&submission.payload), ledger)?;
        }
        Ok(())
    }

    /// Who calls which method.
    pub(super) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Whether the caller runs a ledger, and so may touch what others keep there.
    pub(super) fn operates(&self, ledger: &Slug) -> bool {
        self.admission.caller.may(Right::Operate, ledger)
    }

    /// Whether nobody is asked who they are.
    pub(super) fn is_open(&self) -> bool {
        self.admission.caller.is_anybody()
    }

    /// Who calls: the `recorded_by` of what is recorded.
    pub(super) fn principal(&self) -> &Text {
        self.admission.caller.principal()
    }

    /// The clock that the ledgers run by.
    pub(super) fn clock(&self) -> &Clock {
        self.ledgers.clock()
    }
}

/// The right that recording an event needs.
fn right_for(payload: &Payload) -> Right {
    match payload {
        Payload::FindingIssued(_) | Payload::ReadingAdopted(_) | Payload::EventRetracted(_) => Right::Assess,
        _ => Right::Record,
    }
}
