//! A draft: several batches decided one after the other before any of them is folded.

use std::sync::Arc;

use entente::domain::{Author, Decision, Docket, Draft, Preconditions, Proposal, Reason, Refusal, Submission};

use super::deal::*;
use super::{given, live};

fn put<'a>(
    draft: &mut Draft<'a>,
    batch: &'a [Submission],
    preconditions: &'a Preconditions,
) -> Result<Vec<u64>, Refusal> {
    let proposal = Proposal { batch, preconditions, author: Author::Client };
    let decision = draft.decide(proposal, live("2026-02-01T00:00:00Z"), &|_, _| false)?;
    let (Decision::Record(stamps) | Decision::AlreadyRecorded(stamps)) = decision;
    Ok(stamps.iter().map(|stamp| stamp.position.get()).collect())
}

#[test]
fn each_batch_sees_those_accepted_before_it_and_no_other() {
    let ledger = given(truce());
    let none = Preconditions::default();
    let week = |label: &str| vec![amount(label, "2026-01-01", "2026-01-07")];
    let (first, again, refused) = (week("a"), week("b"), vec![stated("s", "asks/x"), stated("t", "asks/x")]);
    let revised = vec![amount("c", "2026-01-01", "2026-01-09").superseding("a")];
    let creates_then_fails = vec![tabled("ask", "asks/x", None, None), stated("u", "asks/y")];
    let moved = vec![amount("d", "2026-01-01", "2026-01-07"), amount("e", "2026-01-08", "2026-01-08").superseding("c")];
    let after = vec![amount("e", "2026-01-08", "2026-01-08").superseding("c"), amount("d", "2026-01-01", "2026-01-07")];

    let mut draft = Draft::over(&ledger.docket);
    assert_eq!(put(&mut draft, &first, &none), Ok(vec![11]));
    assert_eq!(put(&mut draft, &again, &none).map_err(|no| no.reason()), Err(Reason::OverlappingAmount));
    assert_eq!(put(&mut draft, &creates_then_fails, &none).map_err(|no| no.reason()), Err(Reason::UnknownSubject));
    // The ask of the refused batch is not there.
    assert_eq!(
        put(&mut draft, &refused, &none).map_err(|no| (no.reason(), no.index())),
        Err((Reason::UnknownSubject, Some(0)))
    );
    assert_eq!(put(&mut draft, &revised, &none), Ok(vec![12]));
    assert_eq!(put(&mut draft, &moved, &none).map_err(|no| no.reason()), Err(Reason::OverlappingAmount));
    assert_eq!(put(&mut draft, &after, &none), Ok(vec![13, 14]));
    // Sent again before it is folded: the same answer.
    assert_eq!(put(&mut draft, &first, &none), Ok(vec![11]));
    assert_eq!(draft.head().get(), 14);
}

#[test]
fn preconditions_see_the_batches_accepted_before() {
    let ledger = given(truce());
    let (first, second) = (vec![stated("a", "commitments/soy")], vec![stated("b", "commitments/soy")]);
    let none = Preconditions::default();
    let at_head = |head| Preconditions { ledger_head: Some(entente::domain::Position::new(head)), ..none.clone() };
    let (stale, fresh) = (at_head(10), at_head(11));
    let mut draft = Draft::over(&ledger.docket);
    assert_eq!(put(&mut draft, &first, &none), Ok(vec![11]));
    assert_eq!(put(&mut draft, &second, &stale).map_err(|no| no.reason()), Err(Reason::StaleHead));
    assert_eq!(put(&mut draft, &second, &fresh), Ok(vec![12]));
}

#[test]
fn a_docket_folded_from_the_draft_decides_as_the_draft_did() {
    let ledger = given(truce());
    let none = Preconditions::default();
    let batches = [
        vec![amount("a", "2026-01-01", "2026-01-07"), amount("b", "2026-01-08", "2026-01-14")],
        vec![retracted("r", "commitments/soy", "a")],
        vec![amended("add", "commitments/soy", tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), Some("1")))],
    ];
    let mut folded: Docket = ledger.docket.clone();
    let mut draft = Draft::over(&ledger.docket);
    for batch in &batches {
        let proposal = Proposal { batch, preconditions: &none, author: Author::Client };
        let Ok(Decision::Record(stamps)) = draft.decide(proposal, live("2026-02-01T00:00:00Z"), &|_, _| false) else {
            panic!("refused")
        };
        for (stamp, submission) in stamps.into_iter().zip(batch) {
            folded.fold(Arc::new(stamp.seal(submission.clone(), text("the desk"))));
        }
    }
    let probes = [
        vec![amount("p1", "2026-01-01", "2026-01-07")],
        vec![amount("p2", "2026-01-14", "2026-01-20")],
        vec![waived("p3", "commitments/soy", Some("t2027"), &[])],
        vec![retracted("p4", "commitments/soy", "a")],
    ];
    for probe in &probes {
        let proposal = Proposal { batch: probe, preconditions: &none, author: Author::Client };
        let by_docket = entente::domain::decide(&folded, proposal, live("2026-02-01T00:00:00Z"), &|_, _| false);
        let outcome = by_docket.map(|_| ()).map_err(|no| no.reason());
        let by_draft = put(&mut draft, probe, &none).map(|_| ()).map_err(|no| no.reason());
        // An accepted probe stays on the draft; none of the probes that follow collides with it.
        assert_eq!(by_draft, outcome, "{probe:?}");
    }
}
