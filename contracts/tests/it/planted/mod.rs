//! The check is tried: changes are planted in a copy, and it must see those that
//! break readers, and let the others be.

mod files;
mod history;
mod releases;
mod types;

use std::fs;

use contract_tooling::{Folder, Lock, frozen, release};
use contracts::{EventKind, catalogue};
use jiff::civil::date;
use tempfile::TempDir;

use crate::ROOT;

/// A version that is published in every copy, and one that is a draft there.
const PUBLISHED: &str = "pennypost.issue.published.v1";
const DRAFT: &str = "pennypost.issue.published.v2";

/// A copy of `contracts/` to spoil, with a lock of its own.
struct Copy {
    dir: TempDir,
    folder: Folder,
}

impl Copy {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for part in ["schemas", "examples"] {
            fs::create_dir(dir.path().join(part)).unwrap();
            for entry in fs::read_dir(format!("{ROOT}/{part}")).unwrap() {
                let entry = entry.unwrap();
                let to = dir.path().join(part).join(entry.file_name());
                fs::copy(entry.path(), to).unwrap();
            }
        }
        let folder = Folder::at(dir.path());
        release(&folder, catalogue(), PUBLISHED, date(2026, 11, 22)).unwrap();
        Self { dir, folder }
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.dir.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "{name} has no {from}");
        fs::write(&path, edited).unwrap();
    }

    fn lock(&self) -> Lock {
        Lock::read(&self.folder).unwrap()
    }

    /// What the check says, with these types.
    fn sentences(&self, kinds: &[EventKind]) -> Vec<String> {
        let violations = frozen::violations(&self.folder, &self.lock(), kinds);
        violations.iter().map(ToString::to_string).collect()
    }
}

/// The catalogue with another type in the place of one.
fn with(planted: EventKind) -> Vec<EventKind> {
    let mut kinds = catalogue().to_vec();
    let place = kinds
        .iter_mut()
        .find(|it| it.event_type == planted.event_type);
    *place.unwrap() = planted;
    kinds
}

/// The catalogue without one type.
fn without(event_type: &str) -> Vec<EventKind> {
    let kinds = catalogue().iter().copied();
    kinds.filter(|it| it.event_type != event_type).collect()
}

fn assert_refused(sentences: &[String], instead: &str) {
    assert!(!sentences.is_empty(), "nothing was seen");
    for sentence in sentences {
        assert!(sentence.starts_with(PUBLISHED), "{sentence}");
        assert!(
            sentence.contains(&format!("make it {instead}:")),
            "{sentence}"
        );
        assert!(sentence.contains("docs/events.md"), "{sentence}");
    }
}
