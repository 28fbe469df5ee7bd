//! Reads the workspace's shape, for the rules in `tests/`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Which of our crates each of our crates depends on, as Cargo sees it.
#[derive(Debug)]
pub struct Dependencies {
    /// For the product itself.
    pub normal: BTreeMap<String, BTreeSet<String>>,
    /// For its tests.
    pub dev: BTreeMap<String, BTreeSet<String>>,
    /// Everything that is depended on for the product, others' crates included.
    pub foreign: BTreeMap<String, BTreeSet<String>>,
}

/// The workspace's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is a folder of the workspace")
        .to_owned()
}

impl Dependencies {
    /// Asks Cargo.
    ///
    /// # Errors
    /// If Cargo does not run, or answers something else than its metadata.
    pub fn read() -> io::Result<Self> {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
            .current_dir(root())
            .output()?;
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let mut read = Self {
            normal: BTreeMap::new(),
            dev: BTreeMap::new(),
            foreign: BTreeMap::new(),
        };
        for package in packages {
            read.add(package);
        }
        Ok(read)
    }

    fn add(&mut self, package: &Value) {
        let name = text(&package["name"]);
        let (normal, dev, foreign) = (
            self.normal.entry(name.clone()).or_default(),
            self.dev.entry(name.clone()).or_default(),
            self.foreign.entry(name).or_default(),
        );
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = text(&dependency["name"]);
            let is_ours = dependency["path"].is_string();
            match (dependency["kind"].as_str(), is_ours) {
                (Some("dev"), true) => drop(dev.insert(on)),
                (Some("dev"), false) => {}
                (_, true) => drop(normal.insert(on)),
                (_, false) => drop(foreign.insert(on)),
            }
        }
    }
}

/// Every crate that is built for `selection` (arguments of `cargo tree`), with
/// the features it is built with.
///
/// # Errors
/// If Cargo does not run.
pub fn built_for(selection: &[&str]) -> io::Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix=none", "--format={p} [{f}]"])
        .args(selection)
        .current_dir(root())
        .output()?;
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .filter(|line| !line.is_empty())
        .collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Every Rust file below `folder`, with its text.
///
/// # Errors
/// If a file or folder cannot be read.
pub fn rust_files(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            files.push((path, text));
        }
    }
    Ok(files)
}

/// The lines of `text` that name the crate `name` in code: `name::` or
/// `use name`.
pub fn mentions<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//"))
        .filter(move |line| {
            line.match_indices(name).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = &line[at + name.len()..];
                !before.is_some_and(|c| c.is_alphanumeric() || "_:.".contains(c))
                    && (after.starts_with("::")
                        || (after.starts_with(';') && line.starts_with("use")))
            })
        })
}
