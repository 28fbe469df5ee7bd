//! `published.lock`: what is frozen, a line for each file.

use std::{collections::BTreeSet, fmt, io, str::FromStr};

use jiff::civil::Date;

use crate::Folder;

/// What the file begins with.
const HEADING: &str = "\
# The published versions of events. They are frozen, and this file only grows.
# Written by: cargo run -p contract-tooling --bin release-contracts -- TYPE...
";

/// One line of the lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Record {
    /// The file is part of a published version.
    Published {
        /// When it was recorded, in UTC.
        on: Date,
        /// `schemas/<type>.json` or `examples/<type>….json`.
        name: String,
        /// Its SHA-256, in hexadecimal.
        sha256: String,
    },
    /// Nobody publishes or consumes the version any more, and it is gone.
    Retired {
        /// When, in UTC.
        on: Date,
        /// Which.
        event_type: String,
    },
}

/// All lines of the lock, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock(Vec<Record>);

/// The lock cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The file cannot be read.
    #[error("published.lock cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is none.
    #[error("line {0} of published.lock is none that release-contracts writes")]
    Line(usize),
}

impl Lock {
    /// Reads the lock in `folder`; there being none is an empty one.
    ///
    /// # Errors
    /// As [`LockError`] says.
    pub fn read(folder: &Folder) -> Result<Self, LockError> {
        match folder.read(Folder::LOCK) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).parse(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes it to `folder`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, folder: &Folder) -> io::Result<()> {
        std::fs::write(folder.path().join(Folder::LOCK), self.to_string())
    }

    /// Every line.
    pub fn records(&self) -> &[Record] {
        &self.0
    }

    /// The files that are published and not retired, with their hashes.
    pub fn frozen(&self) -> impl Iterator<Item = (&str, &str)> {
        let retired: BTreeSet<&str> = self.retired().collect();
        self.0.iter().filter_map(move |record| match record {
            Record::Published { name, sha256, .. }
                if !retired.contains(Folder::event_type(name)) =>
            {
                Some((name.as_str(), sha256.as_str()))
            }
            _ => None,
        })
    }

    /// The types that are published and not retired.
    pub fn published(&self) -> BTreeSet<&str> {
        self.frozen()
            .map(|(name, _)| Folder::event_type(name))
            .collect()
    }

    /// The types that were published once and are gone.
    pub fn retired(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|record| match record {
            Record::Retired { event_type, .. } => Some(event_type.as_str()),
            Record::Published { .. } => None,
        })
    }

    /// What can be read of `text`, a lock as it once was: a line that was broken
    /// then, and repaired since, hides none of the others.
    pub(crate) fn lenient(text: &str) -> Self {
        Self(text.lines().filter_map(record).collect())
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, record: Record) {
        self.0.push(record);
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Published { on, name, sha256 } => write!(f, "{on} published {sha256} {name}"),
            Self::Retired { on, event_type } => write!(f, "{on} retired {event_type}"),
        }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADING)?;
        self.0.iter().try_for_each(|record| writeln!(f, "{record}"))
    }
}

impl FromStr for Lock {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let records = lines.map(|(at, line)| record(line).ok_or(LockError::Line(at + 1)));
        Ok(Self(records.collect::<Result<_, _>>()?))
    }
}

fn record(line: &str) -> Option<Record> {
    let mut words = line.split(' ');
    let on = words.next()?.parse().ok()?;
    let record = match (words.next()?, words.next()?, words.next()) {
        ("published", sha256, Some(name)) => Record::Published {
            on,
            name: name.to_owned(),
            sha256: sha256.to_owned(),
        },
        ("retired", event_type, None) => Record::Retired {
            on,
            event_type: event_type.to_owned(),
        },
        _ => return None,
    };
    words.next().is_none().then_some(record)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TEXT: &str = "\
2026-11-22 published 00ff schemas/pennypost.a.b.v1.json
2026-11-22 published 11ee examples/pennypost.a.b.v1.json
2026-11-23 published 22dd examples/pennypost.a.b.v1--unusual.json
2026-11-23 published 33cc schemas/pennypost.a.b.v2.json
2026-12-01 retired pennypost.a.b.v1
";

    #[test]
    fn a_lock_is_written_as_it_was_read() {
        let lock: Lock = TEXT.parse().unwrap();
        assert_eq!(lock.to_string(), format!("{HEADING}{TEXT}"));
        assert_eq!(lock.to_string().parse::<Lock>().unwrap(), lock);
    }

    #[test]
    fn what_is_retired_is_not_frozen_any_more() {
        let lock: Lock = TEXT.parse().unwrap();
        assert_eq!(lock.published(), BTreeSet::from(["pennypost.a.b.v2"]));
        assert_eq!(lock.retired().collect::<Vec<_>>(), ["pennypost.a.b.v1"]);
    }

    #[test]
    fn a_line_of_another_form_is_named() {
        for line in [
            "<<<<<<< HEAD",
            "2026-11-22 published 00ff",
            "2026-11-22 retired a b",
            "2026-13-22 retired a",
            "2026-11-22 published 00ff a b",
        ] {
            let error = format!("# a comment\n{line}\n")
                .parse::<Lock>()
                .unwrap_err();
            assert!(matches!(error, LockError::Line(2)), "{line}: {error}");
        }
    }
}
