//! `pennypost`: the whole system in one process.

use std::process::ExitCode;

/// A third of the processor time of sending went into glibc's: see
/// `docs/benchmarks.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    local::process::run()
}
