//! The seam at which a commit touches the disk.

use std::io;

/// What a commit asks of the disk, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Hand the changes to the engine.
    Write,
    /// Have the engine hand them to the operating system.
    Flush,
    /// Have the operating system put them on the medium (fdatasync). Nothing is acknowledged before it returns.
    Sync,
    /// Put the entries of a directory on the medium, after files were made in it.
    Directory,
}

/// Stands between a commit and the operating system. Serving uses it to time the steps; tests use it to count them,
/// to order them against acknowledgements, and to let one fail.
pub trait Disk: Send + Sync {
    /// Does `step` by calling `io`, at most once. An error counts as an error of the step, whether `io` was called
    /// or not.
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()>;
}

/// Does every step and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn perform(&self, _step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        io()
    }
}
