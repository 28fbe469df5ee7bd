//! What `published.lock` names stays as it is, and stays named.

use std::{
    env,
    io::{self, Write},
};

use contract_tooling::{Folder, Lock, asyncapi::operations, base, documents::committed, frozen};
use contracts::catalogue;

/// A commit to compare the lock with, beside those that git tells.
const BASE: &str = "CONTRACTS_BASE";

fn lock() -> (Folder, Lock) {
    let folder = Folder::of_the_workspace();
    let lock = Lock::read(&folder).unwrap();
    (folder, lock)
}

#[test]
fn a_published_version_is_frozen() {
    let (folder, lock) = lock();
    let violations = frozen::violations(&folder, &lock, catalogue());
    let sentences: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert!(sentences.is_empty(), "\n\n{}\n", sentences.join("\n\n"));
}

/// Not by `eprintln!`, which the harness keeps to itself.
fn note(why: &str) {
    let note = format!("note: published.lock was compared with no earlier one: {why}\n");
    io::stderr().write_all(note.as_bytes()).unwrap();
}

#[test]
fn the_lock_only_grows() {
    let (folder, lock) = lock();
    let also = env::var(BASE).ok();
    let earlier = match base::earlier(&folder, also.as_deref()) {
        Ok(earlier) => earlier,
        Err(why) => return note(&why),
    };
    if earlier.iter().all(|base| base.is_head) {
        note("git has no commit before HEAD here");
    }
    for base in earlier {
        let lost = frozen::lost_lines(&base.lock, &lock);
        assert!(
            lost.is_empty(),
            "\n\npublished.lock only grows, but it lacks lines that it has in commit {}. Put them \
             back; a change to what is published is a new version (\"To change an event\" in \
             docs/events.md).\n\n{}\n",
            base.commit,
            lost.join("\n")
        );
    }
}

#[test]
fn what_is_retired_is_neither_published_nor_consumed() {
    let (_, lock) = lock();
    for document in committed().unwrap() {
        for (action, event_type) in operations(&document) {
            let is_retired = lock.retired().any(|it| it == event_type);
            assert!(!is_retired, "{event_type} is {} still", action.participle());
        }
    }
}
