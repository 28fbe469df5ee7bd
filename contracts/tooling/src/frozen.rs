//! The check: what is published stays as it is.

use std::{collections::BTreeSet, fmt};

use contracts::EventKind;
use serde_json::Value;

use crate::{Folder, Lock, folder::arrived};

/// A published version is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The version.
    pub event_type: String,
    /// What happened to it.
    pub change: Change,
    /// The version that the change belongs into.
    pub instead: String,
}

/// What may happen to a version that is or was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is published, and this is not as it was.
    Frozen(String),
    /// It was retired, and is in the catalogue.
    Retired,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event_type = &self.event_type;
        match &self.change {
            Change::Frozen(what) => {
                write!(
                    f,
                    "{event_type} is published, so it is frozen, but {what}. Undo that and"
                )?;
            }
            Change::Retired => {
                write!(
                    f,
                    "{event_type} was retired, and no name is used twice, but it is in the \
                     catalogue. Take it out, or if you need it again"
                )?;
            }
        }
        let instead = version(&self.instead).unwrap_or(&self.instead);
        write!(
            f,
            " make it v{instead}: see \"To change an event\" in docs/events.md."
        )
    }
}

/// Looks for changes to what `lock` says is published: to the files in
/// `folder`, and to the types, which are `kinds`.
pub fn violations(folder: &Folder, lock: &Lock, kinds: &[EventKind]) -> Vec<Violation> {
    let found = |event_type: &str, change: Change| Violation {
        event_type: event_type.to_owned(),
        change,
        instead: next_version(event_type, lock),
    };
    let changed = |event_type: &str, what: String| found(event_type, Change::Frozen(what));
    let mut violations = Vec::new();
    for (name, sha256) in lock.frozen() {
        if let Some(what) = changed_file(folder, name, sha256) {
            violations.push(changed(Folder::event_type(name), what));
        }
    }
    for event_type in lock.published() {
        match kinds.iter().find(|kind| kind.event_type == event_type) {
            None => violations.push(changed(
                event_type,
                "it is not in the catalogue any more".to_owned(),
            )),
            Some(kind) => {
                let whats = changed_type(folder, lock, kind).into_iter();
                violations.extend(whats.map(|what| changed(event_type, what)));
            }
        }
    }
    for event_type in lock.retired() {
        if kinds.iter().any(|kind| kind.event_type == event_type) {
            violations.push(found(event_type, Change::Retired));
        }
    }
    violations
}

/// The lines of `base`, an earlier lock, that `lock` lacks. There are none: a
/// version that was published once has readers that nobody here knows.
pub fn lost_lines(base: &Lock, lock: &Lock) -> Vec<String> {
    let still: BTreeSet<_> = lock.records().iter().collect();
    let lost = base.records().iter().filter(|it| !still.contains(it));
    lost.map(ToString::to_string).collect()
}

fn changed_file(folder: &Folder, name: &str, sha256: &str) -> Option<String> {
    match folder.sha256(name) {
        Ok(now) if now == sha256 => None,
        Ok(_) => Some(format!("{name} is not the file that was published")),
        Err(error) => Some(format!("{name} cannot be read ({error})")),
    }
}

fn changed_type(folder: &Folder, lock: &Lock, kind: &EventKind) -> Vec<String> {
    let mut changes = Vec::new();
    let name = Folder::schema(kind.event_type);
    let committed = folder.read(&name).unwrap_or_default();
    let committed: Value = serde_json::from_slice(&committed).unwrap_or_default();
    if meaning(&committed) != meaning(&Value::from(kind.schema())) {
        changes.push(format!("its Rust type is not that of {name}"));
    }
    let of_this = |name: &&str| Folder::event_type(name) == kind.event_type;
    let examples = lock.frozen().map(|(name, _)| name).filter(of_this);
    for name in examples.filter(|name| name.starts_with("examples/")) {
        if let Err(why) = is_decoded(folder, kind, name) {
            changes.push(format!(
                "its Rust type does not read and write {name} any more: {why}"
            ));
        }
    }
    changes
}

/// The example is read, nothing of it is lost, and whoever publishes the same
/// now writes the same.
fn is_decoded(folder: &Folder, kind: &EventKind, name: &str) -> Result<(), String> {
    let example = folder.read(name).map_err(|error| error.to_string())?;
    let event = arrived(&example)?;
    let event = kind.decode(&event).map_err(|error| error.to_string())?;
    let again = event.to_json().map_err(|error| error.to_string())?;
    let again: Value = serde_json::from_str(&again).map_err(|error| error.to_string())?;
    let example: Value = serde_json::from_slice(&example).map_err(|error| error.to_string())?;
    if again != example {
        return Err("something of it gets lost".to_owned());
    }
    let anew = event.published_anew().map_err(|error| error.to_string())?;
    let anew: Value = serde_json::from_str(&anew).map_err(|error| error.to_string())?;
    let fields = example.as_object().into_iter().flatten();
    let mut others = fields.filter(|(field, value)| anew.get(field) != Some(value));
    match others.next() {
        None => Ok(()),
        Some((field, _)) => Err(format!("published now, its {field} is another")),
    }
}

/// The schema without its descriptions: a comment may become clearer.
fn meaning(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(meaning).collect(),
        Value::Object(keywords) => keywords
            .iter()
            .filter(|(keyword, _)| *keyword != "description")
            .map(|(keyword, value)| match (keyword.as_str(), value) {
                // Names of fields and types, not keywords.
                ("properties" | "$defs", Value::Object(named)) => {
                    let named = named.iter().map(|(name, it)| (name.clone(), meaning(it)));
                    (keyword.clone(), named.collect())
                }
                _ => (keyword.clone(), meaning(value)),
            })
            .collect(),
        other => other.clone(),
    }
}

/// The first version after `event_type` that is not published: the one that
/// may still change, whether it exists or not.
fn next_version(event_type: &str, lock: &Lock) -> String {
    let taken: BTreeSet<&str> = lock.published().into_iter().chain(lock.retired()).collect();
    let Some((name, number)) = event_type.rsplit_once(".v") else {
        return event_type.to_owned();
    };
    let number: u32 = number.parse().unwrap_or_default();
    (number + 1..)
        .map(|next| format!("{name}.v{next}"))
        .find(|next| !taken.contains(next.as_str()))
        .unwrap_or_default()
}

fn version(event_type: &str) -> Option<&str> {
    event_type.rsplit_once(".v").map(|(_, number)| number)
}
