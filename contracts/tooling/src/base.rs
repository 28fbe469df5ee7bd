//! The lock as it was before: at each commit that changed it, asked of git.

use std::{fs, io, path::Path, process::Command};

use crate::{Folder, Lock};

/// Names the last release of the contracts and its commit, beside the lock.
const LAST_RELEASE: &str = "last-release";

/// What git is not to take over from whoever called us, a hook for instance.
const INHERITED: [&str; 4] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"];

/// An earlier lock, and the commit that has it.
#[derive(Debug)]
pub struct Earlier {
    /// The commit.
    pub commit: String,
    /// The lock there; empty if there was none yet.
    pub lock: Lock,
}

/// The earlier locks that this clone has.
#[derive(Debug)]
pub struct History {
    /// The newest first, the last release's and the one asked for at the end.
    pub locks: Vec<Earlier>,
    /// Sentences that say which others there must be, and are not in the clone.
    pub lacks: Vec<String>,
}

/// The locks that the one in `folder` must have grown from: those of all commits
/// up to `HEAD` that changed it, which include the merge base's with any branch;
/// that of the last release; and that of the commit `also`, where one is named.
///
/// # Errors
/// A sentence that says why there is nothing to compare with, or that `also` is
/// no commit.
pub fn history(folder: &Folder, also: Option<&str>) -> Result<History, String> {
    let here = folder.path();
    let lock = format!("./{}", Folder::LOCK);
    // A merge that takes the shorter of two locks hides no commit this way.
    let changed = ["log", "--full-history", "--format=%H", "HEAD", "--", &lock];
    let mut commits: Vec<_> = git(here, &changed)?.lines().map(str::to_owned).collect();
    let mut lacks = Vec::new();
    if git(here, &["rev-parse", "--is-shallow-repository"])?.trim() == "true" {
        lacks.push("this clone is shallow (git fetch --unshallow)".to_owned());
    }
    if let Some(release) = last_release(folder) {
        match commit(here, &release) {
            Ok(commit) => commits.push(commit),
            Err(_) => lacks.push(format!(
                "the last release, commit {release}, is not in this clone"
            )),
        }
    }
    if let Some(also) = also {
        commits.push(commit(here, also)?);
    }
    let locks = commits.into_iter().map(|commit| earlier(here, commit));
    Ok(History {
        locks: locks.collect::<Result<_, _>>()?,
        lacks,
    })
}

/// The commit that is written down as the last release's; none before the first.
fn last_release(folder: &Folder) -> Option<String> {
    let text = fs::read_to_string(folder.path().join(LAST_RELEASE)).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}

fn earlier(here: &Path, commit: String) -> Result<Earlier, String> {
    let lock = format!("./{}", Folder::LOCK);
    let listed = git(here, &["ls-tree", "--name-only", &commit, &lock])?;
    let text = if listed.trim().is_empty() {
        String::new()
    } else {
        git(here, &["show", &format!("{commit}:{lock}")])?
    };
    Ok(Earlier {
        commit,
        lock: Lock::lenient(&text),
    })
}

fn commit(here: &Path, revision: &str) -> Result<String, String> {
    let revision = format!("{revision}^{{commit}}");
    let id = git(here, &["rev-parse", "--verify", "--quiet", &revision])?;
    Ok(id.trim().to_owned())
}

fn git(here: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut git = Command::new("git");
    for variable in INHERITED {
        git.env_remove(variable);
    }
    let output = git.current_dir(here).args(arguments).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no git".to_owned(),
        _ => format!("git does not run: {error}"),
    })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let command = arguments.first().unwrap_or(&"");
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("git {command} has no answer here {why}"))
    }
}
