//! Clients that append and write down what was acknowledged to them, and what the ledger must hold then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entente::client::Client;
use entente::proto::v1;
use parking_lot::Mutex;

use super::Server;
use crate::grpc::sample::{deal, statement};
use crate::store::scrambled;

pub(crate) const LEDGER: &str = "ledgers/deal";
const CLIENTS: u32 = 6;

/// What clients were told, over all restarts of a server.
#[derive(Default)]
pub(crate) struct Load {
    acknowledged: BTreeMap<String, u64>,
    /// What was sent, and got no answer that settles it.
    open: Vec<v1::AppendEventsRequest>,
    next: u32,
}

/// What a fault did, over its rounds.
#[derive(Debug)]
pub(crate) struct Tally {
    fault: &'static str,
    rounds: u32,
    acknowledged: usize,
    lost: usize,
    repeated: usize,
    recovered_in: Vec<Duration>,
}

impl Load {
    /// A new ledger with the small deal.
    pub(crate) async fn begin(server: &Server) -> Self {
        let client = server.client().await;
        let ledger =
            v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "load".to_owned(), ..v1::Ledger::default() };
        let request = v1::CreateLedgerRequest { ledger_id: "deal".to_owned(), ledger: Some(ledger), recorded_at: None };
        client.ledgers().create_ledger(request).await.unwrap();
        client.append_all(LEDGER, deal(LEDGER), |_| {}).await.unwrap();
        Load { next: 1000, ..Load::default() }
    }

    /// Lets several clients append, each batch after the answer to the one before, until `strike` has struck and each has met
    /// an error. `strike` is called once so many batches were acknowledged.
    pub(crate) async fn until(&mut self, server: &Server, batches: usize, strike: impl FnOnce()) {
        let counted = Arc::new(AtomicUsize::new(0));
        let done = Arc::new(Mutex::new((BTreeMap::new(), Vec::new())));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let (client, counted, done) = (server.client().await, Arc::clone(&counted), Arc::clone(&done));
            let first = self.next;
            self.next += 100_000;
            running.spawn(append_until_error(client, first, counted, done));
        }
        while counted.load(Ordering::SeqCst) < batches && !running.is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        strike();
        while running.join_next().await.transpose().unwrap().is_some() {}
        let (acknowledged, open) = std::mem::take(&mut *done.lock());
        self.acknowledged.extend(acknowledged);
        self.open.extend(open);
    }

    /// Appends so many batches, each sent again until it is settled.
    pub(crate) async fn settled(&mut self, client: &Client, batches: u32) {
        for _ in 0..batches {
            let request = request(self.next);
            self.next += 20;
            self.settle(client, request).await;
        }
    }

    /// Sends again what got no answer: the same ids settle it.
    pub(crate) async fn settle_open(&mut self, server: &Server) {
        let client = server.client().await;
        for request in std::mem::take(&mut self.open) {
            self.settle(&client, request).await;
        }
    }

    /// What one more append was told.
    pub(crate) fn acknowledge(&mut self, answer: v1::AppendEventsResponse) {
        self.acknowledged.extend(answer.events.into_iter().map(|event| (event.event_id, event.position)));
    }

    /// What one more append was not told.
    pub(crate) fn leave_open(&mut self, request: v1::AppendEventsRequest) {
        self.open.push(request);
    }

    async fn settle(&mut self, client: &Client, request: v1::AppendEventsRequest) {
        let answer = client.append_settled(request).await.unwrap();
        self.acknowledge(answer);
    }

    /// Holds what the ledger has against what was acknowledged.
    pub(crate) async fn check(&self, server: &Server, tally: &mut Tally) {
        let client = server.client().await;
        let request = v1::ReadEventsRequest { ledger: LEDGER.to_owned(), ..v1::ReadEventsRequest::default() };
        let mut parts = client.ledgers().read_events(request).await.unwrap().into_inner();
        let mut found = BTreeMap::new();
        let (mut last, mut repeated) = (0, 0);
        while let Some(part) = parts.message().await.unwrap() {
            let Some(v1::read_events_response::Part::Batch(batch)) = part.part else { continue };
            for event in batch.events {
                assert_eq!(event.position, last + 1, "positions are dense");
                last = event.position;
                repeated += usize::from(found.insert(event.submission.unwrap().event_id, event.position).is_some());
            }
        }
        let lost = self.acknowledged.iter().filter(|(id, position)| found.get(*id) != Some(position)).count();
        let told: BTreeSet<u64> = self.acknowledged.values().copied().collect();
        repeated += self.acknowledged.len() - told.len();
        tally.acknowledged = self.acknowledged.len();
        tally.lost += lost;
        tally.repeated += repeated;
        assert_eq!((lost, repeated), (0, 0), "lost and repeated of {} acknowledged", self.acknowledged.len());
    }
}

impl Tally {
    pub(crate) fn of(fault: &'static str) -> Self {
        Tally { fault, rounds: 0, acknowledged: 0, lost: 0, repeated: 0, recovered_in: Vec::new() }
    }

    /// Counts a round, and how long it took until the server answered again.
    pub(crate) fn round(&mut self, recovered_in: Duration) {
        self.rounds += 1;
        self.recovered_in.push(recovered_in);
    }

    /// Says what came of it.
    pub(crate) fn say(mut self) {
        self.recovered_in.sort();
        let middle = self.recovered_in.get(self.recovered_in.len() / 2).copied().unwrap_or_default();
        let longest = self.recovered_in.last().copied().unwrap_or_default();
        eprintln!(
            "fault: {}; rounds {}; acknowledged {}; lost {}; repeated {}; recovered in {middle:.0?} (median), {longest:.0?} (longest)",
            self.fault, self.rounds, self.acknowledged, self.lost, self.repeated
        );
        assert!(self.rounds > 0, "nothing was tried");
    }
}

type Done = Arc<Mutex<(BTreeMap<String, u64>, Vec<v1::AppendEventsRequest>)>>;

async fn append_until_error(client: Client, first: u32, counted: Arc<AtomicUsize>, done: Done) {
    let mut number = first;
    loop {
        let request = request(number);
        number += 20;
        match client.ledgers().append_events(request.clone()).await {
            Ok(answer) => {
                let told = answer.into_inner().events.into_iter().map(|event| (event.event_id, event.position));
                done.lock().0.extend(told);
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Err(_) => return done.lock().1.push(request),
        }
    }
}

/// A batch of 1 to 20 events, whose ids follow from its number.
fn request(number: u32) -> v1::AppendEventsRequest {
    let count = 1 + u32::try_from(scrambled(u64::from(number)) % 20).unwrap();
    let submissions = (number..number + count).map(|number| statement(LEDGER, number)).collect();
    v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions, ..v1::AppendEventsRequest::default() }
}
