//! The check is tried: changes are planted in a copy, and it must see those that
//! break readers, and let the others be.

mod files;
mod history;
mod releases;
mod sample;
mod types;

use std::fs;

use contract_tooling::{Folder, Lock, frozen, release};
use contracts::EventKind;
use jiff::civil::date;
use serde_json::Value;
use tempfile::TempDir;

use crate::ROOT;
use sample::{DRAFT, PUBLISHED, kinds};

/// A folder like `contracts/` to spoil, with sample events and a lock of its own.
struct Copy {
    dir: TempDir,
    folder: Folder,
}

impl Copy {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for part in ["schemas", "examples"] {
            fs::create_dir(dir.path().join(part)).unwrap();
        }
        let write = |name: String, value: &Value| {
            fs::write(dir.path().join(name), format!("{value:#}\n")).unwrap();
        };
        for kind in kinds() {
            let event_type = kind.event_type;
            write(Folder::schema(event_type), &kind.schema().into());
            write(Folder::example(event_type), &sample::example(event_type));
        }
        let folder = Folder::at(dir.path());
        release(&folder, &kinds(), PUBLISHED, date(2026, 11, 22)).unwrap();
        Self { dir, folder }
    }

    /// The events of ours, with a lock in which none is published.
    fn of_ours() -> Self {
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

/// The sample events with another type in the place of one.
fn with(planted: EventKind) -> Vec<EventKind> {
    let mut kinds = kinds();
    let place = kinds
        .iter_mut()
        .find(|it| it.event_type == planted.event_type);
    *place.unwrap() = planted;
    kinds
}

/// The sample events without one type.
fn without(event_type: &str) -> Vec<EventKind> {
    let kinds = kinds().into_iter();
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
