//! Refusals: what they rest on is durable before they are given.

use std::sync::Arc;

use entente::domain::{Position, Preconditions};
use entente::ledger::{AppendRequest, LedgerError, Line};
use entente::store::{SledCatalog, SledConfig};

use super::{Gate, close, new_ledger, request};
use crate::grpc::sample::{signed, statement};

/// Two appends meet in one group: the second is refused because of the first, which then is not recorded.
#[tokio::test]
async fn nobody_is_refused_for_what_was_never_recorded() {
    for disk_fails in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let gate = Arc::new(Gate::default());
        let config = SledConfig { disk: gate.clone(), ..SledConfig::new(directory.path()) };
        let (ledgers, ledger) = new_ledger(Arc::new(SledCatalog::open(config).unwrap()));
        ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
        gate.set_shut(true);
        let append = async |number, expected: Option<u64>| {
            let preconditions = Preconditions { ledger_head: expected.map(Position::new), ..Preconditions::default() };
            let request = AppendRequest { preconditions, ..request(&statement("ledgers/deal", number)) };
            ledger.append_in_line(request, &Line::default()).await.unwrap()
        };
        let written = append(10, None).await;
        let shut = gate.clone();
        tokio::task::spawn_blocking(move || shut.until_somebody_waits()).await.unwrap();
        let (first, second) = (append(11, None).await, append(12, Some(3)).await);
        gate.fail_next(disk_fails);
        gate.set_shut(false);
        written.outcome().await.expect("it was on its way before the disk failed");
        let (first, second) = (first.outcome().await, second.outcome().await);
        if disk_fails {
            assert!(matches!(first, Err(LedgerError::Store(_))), "{first:?}");
            assert!(matches!(second, Err(LedgerError::Store(_))), "nothing is known of it either: {second:?}");
        } else {
            first.unwrap();
            let Err(LedgerError::Refused(refusal)) = second else { panic!("{second:?}") };
            assert_eq!(
                refusal.metadata().into_iter().find(|(key, _)| *key == "head").map(|it| it.1).as_deref(),
                Some("4")
            );
            assert_eq!(ledger.head(), Position::new(4));
        }
        close(&ledgers).await;
    }
}
