//! The table of methods: what each needs, and where its requests name their ledger. A method that is not here is answered to
//! nobody, and `tests/it/access/rules.rs` holds the table against the descriptors.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::auth::Right;

/// What a method needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing, and no credential either.
    Nothing,
    /// A credential. What is told is only of ledgers that the caller may read, or of the server.
    Credential,
    /// A right in the ledger that the request names.
    In(Right),
    /// The right to record or to assess in the ledger that the request names; which, each event says.
    Append,
    /// A right in all ledgers.
    Everywhere(Right),
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The full name, such as `entente.v1.LedgerService/GetHead`.
    pub method: &'static str,
    /// What it needs.
    pub need: Need,
    /// The field of the request that names the ledger, itself or by a member of it; empty where the request names none.
    pub ledger_field: &'static str,
    /// Its answer is a stream, which ends when the caller's credential does.
    pub streams: bool,
}

/// The row of a method.
pub(super) fn of(method: &str) -> Option<&'static Rule> {
    static BY_METHOD: LazyLock<HashMap<&str, &Rule>> =
        LazyLock::new(|| RULES.iter().map(|rule| (rule.method, rule)).collect());
    BY_METHOD.get(method).copied()
}

const fn row(method: &'static str, need: Need, ledger_field: &'static str) -> Rule {
    Rule { method, need, ledger_field, streams: false }
}

const fn stream(method: &'static str, need: Need, ledger_field: &'static str) -> Rule {
    Rule { method, need, ledger_field, streams: true }
}

const READ: Need = Need::In(Right::Read);
const OF_TOKENS: Need = Need::Everywhere(Right::Operate);

/// Every method that is answered.
pub static RULES: &[Rule] = &[
    row("entente.v1.LedgerService/CreateLedger", Need::In(Right::Operate), "ledger_id"),
    row("entente.v1.LedgerService/GetLedger", READ, "name"),
    row("entente.v1.LedgerService/ListLedgers", Need::Credential, ""),
    row("entente.v1.LedgerService/AppendEvents", Need::Append, "ledger"),
    stream("entente.v1.LedgerService/AppendEventStream", Need::Append, "ledger"),
    row("entente.v1.LedgerService/GetEvent", READ, "name"),
    stream("entente.v1.LedgerService/ReadEvents", READ, "ledger"),
    row("entente.v1.LedgerService/GetHead", READ, "ledger"),
    row("entente.v1.ComplianceService/GetCommitment", READ, "name"),
    row("entente.v1.ComplianceService/ListCommitments", READ, "parent"),
    row("entente.v1.ComplianceService/GetInstrument", READ, "name"),
    row("entente.v1.ComplianceService/ListInstruments", READ, "parent"),
    row("entente.v1.ComplianceService/GetMeasure", READ, "name"),
    row("entente.v1.ComplianceService/ListMeasures", READ, "parent"),
    row("entente.v1.ComplianceService/AssessCommitment", READ, "name"),
    row("entente.v1.ComplianceService/ExplainAssessment", READ, "name"),
    row("entente.v1.ComplianceService/ListAssessments", READ, "parent"),
    row("entente.v1.ComplianceService/ListDeadlines", READ, "parent"),
    row("entente.v1.ComplianceService/CompareAssessments", READ, "parent"),
    row("entente.v1.ComplianceService/GetScorecard", READ, "parent"),
    // Nothing of a scenario is recorded.
    row("entente.v1.ComplianceService/ProjectScenario", READ, "parent"),
    row("entente.v1.ComplianceService/GetPace", READ, "name"),
    row("entente.v1.ComplianceService/FindExposure", READ, "parent"),
    row("entente.v1.ComplianceService/GetShares", READ, "name"),
    row("entente.v1.ComplianceService/ListMeetings", READ, "parent"),
    row("entente.v1.ComplianceService/ListAsks", READ, "parent"),
    stream("entente.v1.ChangeService/SubscribeEvents", READ, "ledger"),
    stream("entente.v1.ChangeService/SubscribeTransitions", READ, "ledger"),
    // A reader commits and deletes cursors of their own; those of others need the operator.
    row("entente.v1.ChangeService/CommitCursor", READ, "name"),
    row("entente.v1.ChangeService/GetCursor", READ, "name"),
    row("entente.v1.ChangeService/ListCursors", READ, "parent"),
    row("entente.v1.ChangeService/DeleteCursor", READ, "name"),
    row("entente.v1.ProofService/GetCheckpoint", READ, "ledger"),
    row("entente.v1.ProofService/GetInclusionProof", READ, "name"),
    row("entente.v1.ProofService/GetConsistencyProof", READ, "ledger"),
    row("entente.v1.ProofService/ListKeys", READ, "ledger"),
    stream("entente.v1.ProofService/ReadLeaves", READ, "ledger"),
    row("entente.v1.AdminService/GetServerInfo", Need::Credential, ""),
    // Of no ledger by name it is of all, and needs the right in all.
    stream("entente.v1.AdminService/Backup", Need::In(Right::Operate), "ledger"),
    row("entente.v1.AdminService/CreateToken", OF_TOKENS, ""),
    row("entente.v1.AdminService/ListTokens", OF_TOKENS, ""),
    row("entente.v1.AdminService/RevokeToken", OF_TOKENS, ""),
    // Whether a server serves is for load balancers, which have no credential.
    row("grpc.health.v1.Health/Check", Need::Nothing, ""),
    stream("grpc.health.v1.Health/Watch", Need::Nothing, ""),
    // The contract is no secret, but who may not use it need not be told it by this server.
    stream("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Need::Credential, ""),
    stream("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Need::Credential, ""),
];
