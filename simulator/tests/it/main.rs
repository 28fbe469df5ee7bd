//! A few seeds, and that the simulator sees what it should.

use simulator::{Outcome, Planted, Settings, run};

/// Many more: `cargo run -p simulator --profile sim -- --seeds 500`.
const SEEDS: u64 = 10;
/// Until then a mistake that hides in nothing is found.
const PATIENCE: u64 = 60;

fn outcome(seed: u64, planted: Option<Planted>) -> Outcome {
    run(Settings {
        seed,
        planted,
        story: false,
    })
}

#[test]
fn every_promise_is_kept_whatever_happens() {
    for seed in 0..SEEDS {
        if let Some(broken) = outcome(seed, None).broken {
            panic!("`cargo run -p simulator --profile sim -- --seed {seed}`: {broken}");
        }
    }
}

#[test]
fn the_same_seed_does_the_same_and_another_does_not() {
    let hashes = [7, 7, 8].map(|seed| outcome(seed, None).hash);
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
}

#[test]
fn messages_that_are_acknowledged_unhandled_are_found() {
    let planted = Some(Planted::AcknowledgedOnError);
    let found = (0..PATIENCE).find_map(|seed| outcome(seed, planted).broken);
    assert!(found.is_some());
}
