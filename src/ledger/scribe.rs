//! The scribe of a ledger: transcribes each span of events once it is whole, beside the writer, which waits for nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::proofs::Proofs;
use super::transcript::{self, SPAN};
use crate::domain::{Event, Slug};
use crate::store::Log;

/// How many spans that wait are still transcribed when the ledger closes; the others are read from the log at the next start.
const LAST_SPANS: usize = 2;

/// What gathers the events of a ledger for transcripts.
pub(super) struct Scribe {
    /// The events of the span that is not whole yet, without a hole from its first; empty until one begins.
    begun: Mutex<Vec<Arc<Event>>>,
    desk: Arc<Desk>,
}

/// What the scribe's thread works at.
struct Desk {
    ledger: Slug,
    log: Arc<dyn Log>,
    proofs: Arc<Proofs>,
    work: Mutex<Work>,
}

#[derive(Default)]
struct Work {
    whole: VecDeque<Vec<Arc<Event>>>,
    /// There while somebody transcribes, and until somebody else does.
    thread: Option<JoinHandle<()>>,
    is_at_work: bool,
    is_closing: bool,
}

impl Scribe {
    pub(super) fn new(ledger: Slug, log: Arc<dyn Log>, proofs: Arc<Proofs>) -> Self {
        let desk = Arc::new(Desk { ledger, log, proofs, work: Mutex::default() });
        Scribe { begun: Mutex::default(), desk }
    }

    /// Takes in events that are durable, in order. Where some were left out, their span is left out too.
    pub(super) fn take(&self, events: &[Arc<Event>]) {
        let mut begun = self.begun.lock();
        for event in events {
            let before = event.position.get() - 1;
            if before.is_multiple_of(SPAN) {
                begun.clear();
            } else if begun.last().is_none_or(|last| last.position.get() != before) {
                begun.clear();
                continue;
            }
            begun.push(Arc::clone(event));
            if begun.len() as u64 == SPAN {
                Desk::order(&self.desk, std::mem::take(&mut begun));
            }
        }
    }

    /// Ends the work: what is under way is finished. Blocks.
    pub(super) fn close(&self) {
        let mut work = self.desk.work.lock();
        work.is_closing = true;
        work.whole.truncate(LAST_SPANS);
        let thread = work.thread.take();
        drop(work);
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(ledger = %self.desk.ledger, "the scribe of a ledger ended by a panic");
        }
    }
}

impl Desk {
    /// Has somebody transcribe a span, who ends when there are no more: so an idle ledger has no thread for it.
    fn order(desk: &Arc<Self>, events: Vec<Arc<Event>>) {
        let mut work = desk.work.lock();
        if work.is_closing {
            return;
        }
        work.whole.push_back(events);
        if work.is_at_work {
            return;
        }
        let at = Arc::clone(desk);
        match std::thread::Builder::new().name("scribe".to_owned()).spawn(move || at.transcribe()) {
            Ok(thread) => {
                work.is_at_work = true;
                work.thread = Some(thread);
            }
            Err(error) => {
                work.whole.clear();
                tracing::warn!(ledger = %desk.ledger, %error, "nobody transcribes: the system gives no thread");
            }
        }
    }

    fn transcribe(&self) {
        loop {
            let mut work = self.work.lock();
            let Some(events) = work.whole.pop_front() else {
                work.is_at_work = false;
                return;
            };
            drop(work);
            self.keep(&events);
        }
    }

    fn keep(&self, events: &[Arc<Event>]) {
        let proofs = &self.proofs;
        // Where nothing is signed there is nothing to hold a transcript against.
        let (Some(key), Ok(edge), None) = (proofs.keys().first(), proofs.edge(), proofs.mismatch()) else { return };
        let by = (proofs.origin(), key, &*edge);
        if let Err(error) = transcript::keep(&*self.log, &self.ledger, by, events) {
            tracing::warn!(ledger = %self.ledger, %error, "a transcript cannot be kept; the next start takes longer");
        }
    }
}
