//! The disk with a stopwatch: how long a sync takes is the first thing an operator asks.

use std::io;
use std::time::Instant as Stopwatch;

use crate::store::{Disk, Step};

/// Does every step, and records how long each sync took.
pub(super) struct TimedDisk;

impl Disk for TimedDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let begun = Stopwatch::now();
        let done = io();
        if step == Step::Sync {
            metrics::histogram!("entente_sync_seconds").record(begun.elapsed().as_secs_f64());
        }
        done
    }
}
