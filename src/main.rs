//! The `entente` program; the library does the work.

use std::process::ExitCode;

fn main() -> ExitCode {
    entente::cli::main()
}
