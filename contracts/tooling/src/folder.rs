//! The folder `contracts/`, or a copy of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use contracts::BusEvent;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Between the type and what makes an example special, in a file's name.
const CASE: &str = "--";

/// Where schemas, examples and the lock are.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The name of the lock in it.
    pub const LOCK: &'static str = "published.lock";

    /// The folder at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder `contracts/` of this workspace.
    pub fn of_the_workspace() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self(here.parent().unwrap_or(here).to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The file at `name`, such as `schemas/x.json`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(name))
    }

    /// The SHA-256 of the file at `name`, in hexadecimal.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn sha256(&self, name: &str) -> io::Result<String> {
        Ok(hex::encode(Sha256::digest(self.read(name)?)))
    }

    /// The name of the schema of `event_type`.
    pub fn schema(event_type: &str) -> String {
        format!("schemas/{event_type}.json")
    }

    /// The name of the example that every version of an event has.
    pub fn example(event_type: &str) -> String {
        format!("examples/{event_type}.json")
    }

    /// The event type that the schema or example at `name` is of:
    /// `examples/x.json` and `examples/x--unusual.json` are of `x`.
    pub fn event_type(name: &str) -> &str {
        let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
        let stem = file.strip_suffix(".json").unwrap_or(file);
        stem.split_once(CASE).map_or(stem, |(of, _)| of)
    }

    /// The names of all examples of `event_type`, in order.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn examples(&self, event_type: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.0.join("examples"))? {
            let name = format!("examples/{}", entry?.file_name().to_string_lossy());
            if Self::event_type(&name) == event_type {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Every example of `event_type`, as a queue's message.
    ///
    /// # Errors
    /// One cannot be read, or is no event.
    pub fn messages(&self, event_type: &str) -> io::Result<Vec<String>> {
        let names = self.examples(event_type)?.into_iter();
        let messages = names.map(|name| body(&self.read(&name)?).map_err(io::Error::other));
        messages.collect()
    }
}

/// `example`, a serialised event, as it arrives from the bus.
///
/// # Errors
/// A sentence that says why it is none.
pub(crate) fn arrived(example: &[u8]) -> Result<BusEvent, String> {
    BusEvent::parse(&body(example)?).map_err(|error| error.to_string())
}

fn body(example: &[u8]) -> Result<String, String> {
    let detail = std::str::from_utf8(example).map_err(|error| error.to_string())?;
    let event: serde_json::Value =
        serde_json::from_str(detail).map_err(|error| error.to_string())?;
    let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
    BusEvent::wrap(
        Uuid::nil(),
        Timestamp::UNIX_EPOCH,
        &text("type"),
        &text("source"),
        detail,
    )
    .map_err(|error| error.to_string())
}
