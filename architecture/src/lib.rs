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
    /// What its code and its tests' code call every crate they depend on.
    pub names: BTreeMap<String, BTreeSet<String>>,
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
        Ok(Self::of(&serde_json::from_slice(&output.stdout)?))
    }

    /// Reads what `cargo metadata` says.
    pub fn of(metadata: &Value) -> Self {
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let mut read = Self {
            normal: BTreeMap::new(),
            dev: BTreeMap::new(),
            foreign: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        for package in packages {
            read.add(package);
        }
        read
    }

    /// Those of our crates that `name` and its tests are built from, however
    /// many edges away.
    pub fn reached_from(&self, name: &str) -> BTreeSet<String> {
        let direct = [&self.normal, &self.dev].map(|edges| edges.get(name));
        let mut next: Vec<_> = direct.into_iter().flatten().flatten().collect();
        let mut reached = BTreeSet::new();
        while let Some(on) = next.pop() {
            if reached.insert(on.clone()) {
                next.extend(self.normal.get(on).into_iter().flatten());
            }
        }
        reached
    }

    fn add(&mut self, package: &Value) {
        let name = text(&package["name"]);
        let (normal, dev, foreign, names) = (
            self.normal.entry(name.clone()).or_default(),
            self.dev.entry(name.clone()).or_default(),
            self.foreign.entry(name.clone()).or_default(),
            self.names.entry(name).or_default(),
        );
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = text(&dependency["name"]);
            let called = dependency["rename"].as_str().unwrap_or(&on);
            names.insert(called.replace('-', "_"));
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
    let mut files = files(folder)?;
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "rs"));
    Ok(files)
}

/// Every file below `folder`, with its text; bytes that are no UTF-8 replaced.
///
/// # Errors
/// If a file or folder cannot be read.
pub fn files(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            found.push((path, text));
        }
    }
    Ok(found)
}
