//! The two ways in which the lock grows.

use std::{fs, io};

use contracts::EventKind;
use jiff::civil::Date;
use serde_json::Value;

use crate::{
    Folder, Lock, LockError, Record, asyncapi,
    frozen::{Violation, violations},
};

/// The lock stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The lock cannot be read.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file cannot be read or written.
    #[error("{name}: {source}")]
    Io {
        /// Which.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// There is no such version of an event.
    #[error("{0} is not in the catalogue")]
    Unknown(String),
    /// It cannot be retired: it is not in the lock, or retired already.
    #[error("{0} is not published")]
    NotPublished(String),
    /// It was published once and is gone; its name is not used again.
    #[error("{0} was retired: make a new version")]
    Retired(String),
    /// A service names it still.
    #[error("{event_type} is still {}: end that first (docs/events.md)", uses.join(", "))]
    InUse {
        /// The version.
        event_type: String,
        /// All that is done with it, as in `consumed by Pennypost delivery`.
        uses: Vec<String>,
    },
    /// The schema is not the type's, or an example is not read.
    #[error("it would not hold: {0}")]
    WouldNotHold(Violation),
}

/// Records the version `event_type` in the lock: its schema and all of its
/// examples that the lock does not have yet. Says what was added.
///
/// # Errors
/// As [`ReleaseError`] says; then nothing was written.
pub fn release(
    folder: &Folder,
    kinds: &[EventKind],
    event_type: &str,
    on: Date,
) -> Result<Vec<Record>, ReleaseError> {
    if !kinds.iter().any(|kind| kind.event_type == event_type) {
        return Err(ReleaseError::Unknown(event_type.to_owned()));
    }
    let mut lock = Lock::read(folder)?;
    if lock.retired().any(|it| it == event_type) {
        return Err(ReleaseError::Retired(event_type.to_owned()));
    }
    let mut names = vec![Folder::schema(event_type), Folder::example(event_type)];
    names.extend(folder.examples(event_type).map_err(at("examples"))?);
    let mut added = Vec::new();
    for name in names {
        let is_there = |(locked, _): (&str, &str)| locked == name;
        if lock.frozen().any(is_there) {
            continue;
        }
        let sha256 = folder.sha256(&name).map_err(at(&name))?;
        let record = Record::Published { on, name, sha256 };
        lock.push(record.clone());
        added.push(record);
    }
    let mut broken = violations(folder, &lock, kinds).into_iter();
    if let Some(violation) = broken.find(|it| it.event_type == event_type) {
        return Err(ReleaseError::WouldNotHold(violation));
    }
    lock.write(folder).map_err(at(Folder::LOCK))?;
    Ok(added)
}

/// Records that the published version `event_type` is gone, and deletes its
/// schema and examples. `documents` are the AsyncAPI documents of all services.
///
/// # Errors
/// As [`ReleaseError`] says; [`ReleaseError::InUse`] as long as a service
/// declares that it publishes or consumes it.
pub fn retire(
    folder: &Folder,
    documents: &[Value],
    event_type: &str,
    on: Date,
) -> Result<(), ReleaseError> {
    let mut lock = Lock::read(folder)?;
    if !lock.published().contains(event_type) {
        return Err(ReleaseError::NotPublished(event_type.to_owned()));
    }
    let uses = uses(documents, event_type);
    let event_type = event_type.to_owned();
    if !uses.is_empty() {
        return Err(ReleaseError::InUse { event_type, uses });
    }
    let mut names = folder.examples(&event_type).map_err(at("examples"))?;
    names.push(Folder::schema(&event_type));
    lock.push(Record::Retired { on, event_type });
    lock.write(folder).map_err(at(Folder::LOCK))?;
    for name in names {
        fs::remove_file(folder.path().join(&name)).map_err(at(&name))?;
    }
    Ok(())
}

/// What the services of `documents` do with `event_type`.
fn uses(documents: &[Value], event_type: &str) -> Vec<String> {
    let of = |document| {
        let service = asyncapi::title(document);
        let operations = asyncapi::operations(document).into_iter();
        operations
            .filter(|(_, of)| of == event_type)
            .map(move |(action, _)| format!("{} by {service}", action.participle()))
    };
    documents.iter().flat_map(of).collect()
}

fn at(name: &str) -> impl FnOnce(io::Error) -> ReleaseError + '_ {
    move |source| ReleaseError::Io {
        name: name.to_owned(),
        source,
    }
}
