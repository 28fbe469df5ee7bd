//! Interleavings of all who touch a log, by seed; and planted mistakes, each of
//! which they must find.

use super::world::{Bug, World};

const SEEDS: u64 = 3_000;

/// Seeds that a planted mistake has until it must be found.
const PATIENCE: u64 = 20_000;

#[test]
fn every_interleaving_keeps_the_promises() {
    for seed in 0..SEEDS {
        if let Err(broken) = World::new(seed, None).run() {
            panic!("seed {seed}: {broken}");
        }
    }
}

#[test]
fn every_planted_mistake_is_found() {
    let bugs = [
        Bug::CallBeforeClaim,
        Bug::SdkRetriesUnclearCalls,
        Bug::FailedEntriesIgnored,
        Bug::UnclearTakenForUnsent,
        Bug::TakeoverAsUnsent,
        Bug::LeaseNotWaitedFor,
        Bug::WorkerIdUsedAgain,
        Bug::LostAnswerTakenForCollision,
        Bug::AppendWithoutCondition,
        Bug::CursorMovedAtFetch,
        Bug::PauseNotRead,
        Bug::OlderControlWins,
        Bug::LateForgotten,
        Bug::LateLeftToThePage,
        Bug::LateStartsNothing,
        Bug::RemovalForgotten,
        Bug::RemovalAfterTheItem,
        Bug::ResendAsIfNeverAged,
        Bug::RepeatedDecisionMadeAnew,
        Bug::ExceptionsNotTold,
    ];
    for bug in bugs {
        let found = (0..PATIENCE).find_map(|seed| {
            let broken = World::new(seed, Some(bug)).run().err()?;
            Some((seed, broken))
        });
        let (seed, broken) = found.unwrap_or_else(|| panic!("nobody finds {bug:?}"));
        println_found(bug, seed, &broken);
    }
}

#[expect(clippy::print_stdout, reason = "shown by `--nocapture`")]
fn println_found(bug: Bug, seed: u64, broken: &str) {
    println!("{bug:?}: seed {seed}: {broken}");
}
