//! What `published.lock` names stays as it is, and stays named.
//!
//! A program of its own that names no event: where the type of a published
//! version is gone, other tests do not compile, and these say what to do.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::BTreeMap,
    env,
    io::{self, Write},
};

use contract_tooling::{Folder, Lock, asyncapi, base, documents::committed, frozen};
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
fn note(what: &str) {
    let note = format!("note: published.lock was not compared with every earlier one: {what}\n");
    io::stderr().write_all(note.as_bytes()).unwrap();
}

#[test]
fn the_lock_only_grows() {
    let (folder, lock) = lock();
    let also = env::var(BASE).ok();
    let history = match base::history(&folder, also.as_deref()) {
        Ok(history) => history,
        Err(why) => {
            assert!(also.is_none(), "{BASE}: {why}");
            return note(&why);
        }
    };
    history.lacks.iter().for_each(|what| note(what));
    let mut lost = BTreeMap::new();
    for base in history.locks {
        for line in frozen::lost_lines(&base.lock, &lock) {
            lost.entry(line).or_insert(base.commit.clone());
        }
    }
    let lost: Vec<_> = lost
        .iter()
        .map(|(line, commit)| format!("{line}\n    (in commit {commit})"))
        .collect();
    assert!(
        lost.is_empty(),
        "\n\npublished.lock only grows, but it lacks lines that it had once. Put them back; a \
         change to what is published is a new version (\"To change an event\" in \
         docs/events.md).\n\n{}\n",
        lost.join("\n")
    );
}

#[test]
fn what_is_retired_is_neither_published_nor_consumed() {
    let (_, lock) = lock();
    for document in committed().unwrap() {
        for (action, event_type) in asyncapi::operations(&document) {
            assert!(
                !lock.retired().any(|it| it == event_type),
                "{event_type} was retired, but it is {} by {}. Take it out of that service's \
                 contract.rs and write docs/asyncapi/ anew (\"To remove a version\" in \
                 docs/events.md); its name is not used again.",
                action.participle(),
                asyncapi::title(&document)
            );
        }
    }
}
