//! The lock as it was before: at the merge base, asked of git.

use std::{io, path::Path, process::Command};

use crate::{Folder, Lock};

/// The branches that a change may be merged into, the first that exists counts.
const MAIN: [&str; 2] = ["origin/main", "main"];

/// What git is not to take over from whoever called us, a hook for instance.
const INHERITED: [&str; 4] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"];

/// An earlier lock, and the commit that has it.
#[derive(Debug)]
pub struct Earlier {
    /// The commit.
    pub commit: String,
    /// The lock there; empty if there was none yet.
    pub lock: Lock,
    /// Whether the commit is `HEAD` itself: then only what is not committed yet
    /// can differ.
    pub is_head: bool,
}

/// The locks that the one in `folder` must have grown from: that of the merge
/// base with the main branch; on the main branch itself, that of `HEAD` and of
/// the commit before it; and that of the commit `also`, where one is named.
///
/// # Errors
/// A sentence that says why there is nothing to compare with.
pub fn earlier(folder: &Folder, also: Option<&str>) -> Result<Vec<Earlier>, String> {
    let here = folder.path();
    let head = commit(here, "HEAD")?;
    let main = MAIN.iter().find(|main| commit(here, main).is_ok());
    let base = match main {
        Some(main) => git(here, &["merge-base", "HEAD", main])?.trim().to_owned(),
        None => head.clone(),
    };
    let mut commits = vec![base.clone()];
    if base == head {
        commits.extend(commit(here, "HEAD^"));
    }
    if let Some(also) = also {
        commits.push(commit(here, also)?);
    }
    commits
        .into_iter()
        .map(|commit| earlier_at(here, commit, &head))
        .collect()
}

fn earlier_at(here: &Path, commit: String, head: &str) -> Result<Earlier, String> {
    let lock = format!("./{}", Folder::LOCK);
    let listed = git(here, &["ls-tree", "--name-only", &commit, &lock])?;
    let text = if listed.trim().is_empty() {
        String::new()
    } else {
        git(here, &["show", &format!("{commit}:{lock}")])?
    };
    let lock = text.parse().map_err(|error| format!("{commit}: {error}"))?;
    Ok(Earlier {
        is_head: commit == head,
        commit,
        lock,
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
