//! Changes to the lock itself.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

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
    let history = base::history(&copy.folder, None).unwrap();
    let lock = copy.lock();
    let lost = history.locks.iter();
    let lost = lost.flat_map(|it| frozen::lost_lines(&it.lock, &lock));
    lost.collect::<BTreeSet<_>>().len()
}

/// A copy in a repository, with the lock committed on the main branch.
fn committed() -> Copy {
    let copy = Copy::new();
    let here = copy.folder.path();
    git(here, &["init", "--quiet", "--initial-branch=main"]);
    commit(&copy, "publish");
    copy
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
    let copy = committed();
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
    let copy = committed();
    assert_eq!(lost(&copy), 0);
    shorten(&copy);
    assert_eq!(lost(&copy), 2);
    commit(&copy, "shrink");
    assert_eq!(lost(&copy), 2);
    commit(&copy, "something else");
    commit(&copy, "something else");
    assert_eq!(lost(&copy), 2);
}

#[test]
fn a_lock_that_could_not_be_read_once_hides_no_other() {
    if !has_git() {
        return;
    }
    let copy = committed();
    let before = copy.lock();
    copy.edit(Folder::LOCK, "# The", "<<<<<<< HEAD\n# The");
    commit(&copy, "break");
    before.write(&copy.folder).unwrap();
    shorten(&copy);
    commit(&copy, "shrink");
    assert_eq!(lost(&copy), 2);
}

/// What this clone is said to lack.
fn lacks(copy: &Copy) -> Vec<String> {
    base::history(&copy.folder, None).unwrap().lacks
}

#[test]
fn the_last_release_counts_where_it_is_and_is_named_where_it_is_not() {
    if !has_git() {
        return;
    }
    let copy = committed();
    let here = copy.folder.path();
    let release = here.join("last-release");
    // A history that was written anew has the release beside it.
    git(here, &["branch", "released"]);
    let head = fs::read_to_string(here.join(".git/refs/heads/released")).unwrap();
    git(here, &["checkout", "--quiet", "--orphan", "anew"]);
    shorten(&copy);
    commit(&copy, "begin anew");
    assert_eq!(lost(&copy), 0);
    fs::write(&release, format!("contracts-v1 {head}")).unwrap();
    assert_eq!(lost(&copy), 2);
    assert_eq!(lacks(&copy), [""; 0]);

    fs::write(&release, format!("contracts-v1 {}\n", "0".repeat(40))).unwrap();
    assert!(lacks(&copy)[0].contains("last release"));
}

#[test]
fn a_clone_that_lacks_commits_says_so() {
    if !has_git() {
        return;
    }
    let copy = committed();
    commit(&copy, "something else");
    let url = format!("file://{}", copy.folder.path().display());
    let clone = tempfile::tempdir().unwrap();
    let into = ["clone", "--quiet", "--depth", "1", &url, "shallow"];
    git(clone.path(), &into);
    let shallow = Folder::at(clone.path().join("shallow"));
    let history = base::history(&shallow, None).unwrap();
    assert!(history.lacks[0].contains("shallow"), "{:?}", history.lacks);
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
    let why = base::history(&copy.folder, None).unwrap_err();
    assert!(why.contains("git"), "{why}");
}
