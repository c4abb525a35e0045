//! The `entente` program; the library does the work.

use std::process::ExitCode;

/// A server makes and drops some hundred small things for every event. The C library's own allocator took a third of its time
/// for that; with this one it records a third more (benches/RESULTS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    entente::cli::main()
}
