//! The fuzzer finds what is to be found, and keeps it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
};

use fuzz::Target;

fn corpus() -> Vec<Vec<u8>> {
    vec![br#"{"name":"Ada","at":["2026-11-02T09:00:00Z"]}"#.to_vec()]
}

#[test]
fn what_makes_a_decoder_panic_is_found_kept_and_tried_first() {
    let found = tempfile::tempdir().unwrap();
    let broken = |input: &[u8]| {
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) {
            assert!(value.get("name").is_some(), "a name is missing");
        }
    };
    let target = Target::new(corpus(), found.path());
    assert!(catch_unwind(AssertUnwindSafe(|| target.run(broken))).is_err());

    let kept: Vec<_> = fs::read_dir(found.path()).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let kept = fs::read(kept[0].as_ref().unwrap().path()).unwrap();
    let first = std::cell::OnceCell::new();
    target.run(|input| drop(first.set(input.to_vec())));
    assert_eq!(first.get(), Some(&kept));
}

#[test]
fn a_decoder_that_takes_anything_is_tried_many_times() {
    let found = tempfile::tempdir().unwrap();
    let tried = Target::new(corpus(), found.path()).run(|_| ());
    assert!(tried > 100, "only {tried} inputs");
    assert_eq!(fs::read_dir(found.path()).unwrap().count(), 0);
}

#[test]
fn what_is_tried_is_in_a_file_until_the_run_ends() {
    let found = tempfile::tempdir().unwrap();
    let target = Target::new(corpus(), found.path());
    let path = target.under_way();
    let tried = target.run(|input| assert_eq!(fs::read(&path).unwrap(), input));
    assert!(tried > 100, "only {tried} inputs");
    assert!(!path.exists());
}
