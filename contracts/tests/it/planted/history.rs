//! Changes to the lock itself.

use std::{path::Path, process::Command};

use contract_tooling::{Folder, Lock, base, frozen};

use super::Copy;

fn git(here: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
    git.args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
    let output = git.args(arguments).current_dir(here).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {why}");
}

fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok()
}

fn commit(copy: &Copy, message: &str) {
    git(copy.folder.path(), &["add", "--all"]);
    git(
        copy.folder.path(),
        &[
            "commit",
            "--quiet",
            "--no-verify",
            "--allow-empty",
            "--message",
            message,
        ],
    );
}

/// What the lock lacks of all the locks that it must have grown from.
fn lost(copy: &Copy) -> usize {
    let earlier = base::earlier(&copy.folder, None).unwrap();
    let lock = copy.lock();
    let lost = earlier.iter();
    lost.map(|it| frozen::lost_lines(&it.lock, &lock).len())
        .sum()
}

/// Takes both lines off the lock.
fn shorten(copy: &Copy) {
    let text = copy.lock().to_string();
    let mut lines: Vec<_> = text.lines().collect();
    lines.truncate(lines.len() - 2);
    let lock: Lock = lines.join("\n").parse().unwrap();
    lock.write(&copy.folder).unwrap();
}

#[test]
fn a_lock_that_shrinks_on_a_branch_is_seen_whatever_is_committed_there() {
    if !has_git() {
        return;
    }
    let copy = Copy::new();
    git(
        copy.folder.path(),
        &["init", "--quiet", "--initial-branch=main"],
    );
    commit(&copy, "publish");
    git(copy.folder.path(), &["checkout", "--quiet", "-b", "topic"]);
    commit(&copy, "something else");
    assert_eq!(lost(&copy), 0);
    shorten(&copy);
    assert_eq!(lost(&copy), 2);
    commit(&copy, "shrink");
    commit(&copy, "something else");
    assert_eq!(lost(&copy), 2);
}

#[test]
fn a_lock_that_shrinks_on_the_main_branch_is_seen_before_and_after_the_commit() {
    if !has_git() {
        return;
    }
    let copy = Copy::new();
    git(
        copy.folder.path(),
        &["init", "--quiet", "--initial-branch=main"],
    );
    commit(&copy, "publish");
    assert_eq!(lost(&copy), 0);
    shorten(&copy);
    assert_eq!(lost(&copy), 2);
    commit(&copy, "shrink");
    assert_eq!(lost(&copy), 2);
}

#[test]
fn a_changed_line_is_a_lost_one() {
    let copy = Copy::new();
    let before = copy.lock();
    copy.edit(Folder::LOCK, "schemas/", "schemata/");
    assert_eq!(frozen::lost_lines(&before, &copy.lock()).len(), 1);
}

#[test]
fn without_a_repository_there_is_a_reason_and_no_comparison() {
    let copy = Copy::new();
    let why = base::earlier(&copy.folder, None).unwrap_err();
    assert!(why.contains("git"), "{why}");
}
