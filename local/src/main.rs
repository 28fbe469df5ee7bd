//! `pennypost`: the whole system in one process.

use std::process::ExitCode;

fn main() -> ExitCode {
    local::process::run()
}
