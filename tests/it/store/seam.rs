//! A disk that is watched and can be told to fail.

use std::io;
use std::sync::{Arc, Mutex};

use entente::store::{Disk, Step};

/// A step as it was done, or an acknowledgement as the test received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Begun(Step),
    Done(Step),
    Acknowledged,
}

/// Which step fails next, and when.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub(super) step: Step,
    /// Whether the step is done before its failure is reported.
    pub(super) done_first: bool,
    pub(super) kind: io::ErrorKind,
}

type Watch = Box<dyn Fn(Step) + Send>;

/// Does the steps of a commit, writes down their order, and lets one fail when told to.
#[derive(Default)]
pub(super) struct WatchedDisk {
    seen: Mutex<Vec<Seen>>,
    fault: Mutex<Option<Fault>>,
    before: Mutex<Option<Watch>>,
}

impl WatchedDisk {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(super) fn acknowledge(&self) {
        self.seen.lock().expect("no panic").push(Seen::Acknowledged);
    }

    /// What was seen since the last call.
    pub(super) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().expect("no panic"))
    }

    /// The next such step fails, once.
    pub(super) fn fail(&self, fault: Fault) {
        *self.fault.lock().expect("no panic") = Some(fault);
    }

    /// Runs `watch` when a step begins.
    pub(super) fn watch(&self, watch: impl Fn(Step) + Send + 'static) {
        *self.before.lock().expect("no panic") = Some(Box::new(watch));
    }
}

impl Disk for WatchedDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        self.seen.lock().expect("no panic").push(Seen::Begun(step));
        if let Some(watch) = &*self.before.lock().expect("no panic") {
            watch(step);
        }
        let fault = self.fault.lock().expect("no panic").take_if(|fault| fault.step == step);
        match fault {
            Some(fault) if !fault.done_first => return Err(fault.kind.into()),
            Some(fault) => return io().and(Err(fault.kind.into())),
            None => io()?,
        }
        self.seen.lock().expect("no panic").push(Seen::Done(step));
        Ok(())
    }
}
