//! Imports, and the parts of their lists.
//!
//! | item | partition key | sort key | listed |
//! |---|---|---|---|
//! | import | `IMPORT#<id>` | `IMPORT` | in `IMPORTS` by time of its start |
//! | a part of its list | `IMPORT#<id>` | `PART#<number>` | |
//! | that it is running | `IMPORTS#RUNNING` | the id | |

use dynamo::{CommitError, Condition, Item, Key, Page, Query, ReadError, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::import::{Import, Part};

const LIST: &str = "IMPORTS";
const RUNNING: &str = "IMPORTS#RUNNING";
/// Running imports in a page.
const PAGE: u16 = 100;
/// A part says who many people are. It is deleted when its import is finished;
/// one whose import never came to be, or to its end, goes after this long.
const PART_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Stores a part of a list, before there is an import.
pub(crate) struct StorePart {
    pub(crate) import_id: Uuid,
    pub(crate) number: usize,
    pub(crate) part: Part,
    pub(crate) now: Timestamp,
}

/// Writes a new import, whose parts are stored.
pub(crate) struct BeginImport(pub(crate) Import);

/// Writes an import in place of the version before.
pub(crate) struct SaveImport(pub(crate) Import);

#[derive(Serialize, Deserialize)]
struct Running {
    import_id: Uuid,
}

impl Write for StorePart {
    fn stage(self, transaction: &mut Transaction) {
        let key = part_key(self.import_id, self.number);
        let item = Item::new(&key, &self.part).expiring(self.now + PART_LIFETIME);
        transaction.put("part", item, Condition::Absent);
    }
}

impl Write for BeginImport {
    fn stage(self, transaction: &mut Transaction) {
        let Self(import) = self;
        if import.is_running() {
            let running = Running {
                import_id: import.id,
            };
            let item = Item::new(&running_key(import.id), &running);
            transaction.put("running import", item, Condition::Always);
        }
        transaction.put("import", item_of(&import), Condition::Absent);
    }
}

impl Write for SaveImport {
    fn stage(self, transaction: &mut Transaction) {
        let Self(import) = self;
        if !import.is_running() {
            let key = running_key(import.id);
            transaction.delete("running import", &key, Condition::Always);
        }
        let before = Condition::Version(import.version - 1);
        transaction.put("import", item_of(&import), before);
    }
}

impl Store {
    /// The import with that id.
    pub(crate) async fn import(&self, id: Uuid) -> Result<Option<Import>, ReadError> {
        self.table().get(&key(id)).await
    }

    /// A part of an import's list.
    pub(crate) async fn import_part(
        &self,
        id: Uuid,
        number: usize,
    ) -> Result<Option<Part>, ReadError> {
        self.table().get(&part_key(id, number)).await
    }

    /// A page of `limit` imports, the newest first; those started before
    /// `after`.
    pub(crate) async fn imports(
        &self,
        after: Option<&ImportPlace>,
        limit: u16,
    ) -> Result<Page<Import>, ReadError> {
        let mut query = Query::list(LIST, limit).descending();
        if let Some(after) = after {
            query = query.after_listed(&key(after.id), &after.to_string());
        }
        self.table().query(query).await
    }

    /// The ids of all imports that are not at their end.
    pub(crate) async fn running_imports(&self) -> Result<Vec<Uuid>, ReadError> {
        let mut ids = Vec::new();
        let mut next = Some(Query::partition(RUNNING, PAGE));
        while let Some(query) = next {
            let page = self.table().query::<Running>(query).await?;
            ids.extend(page.items.into_iter().map(|running| running.import_id));
            next = page.next;
        }
        Ok(ids)
    }

    /// Deletes the parts of an import that needs them no more.
    pub(crate) async fn discard_parts(&self, import: &Import) -> Result<(), CommitError> {
        let numbers = 0..import.parts;
        let keys: Vec<_> = numbers.map(|number| part_key(import.id, number)).collect();
        self.table().discard(&keys).await
    }
}

/// An import's place among all imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImportPlace {
    started_at: Timestamp,
    id: Uuid,
}

impl ImportPlace {
    /// The place of `import`.
    pub(crate) fn of(import: &Import) -> Self {
        Self {
            started_at: import.started_at,
            id: import.id,
        }
    }

    /// Reads a place as it stands in a link; none if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (started_at, id) = text.split_once('.')?;
        let place = Self {
            started_at: Timestamp::from_millisecond(started_at.parse().ok()?).ok()?,
            id: id.parse().ok()?,
        };
        // Another spelling would stand elsewhere in the list.
        (place.to_string() == text).then_some(place)
    }
}

impl std::fmt::Display for ImportPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:015}.{}", self.started_at.as_millisecond(), self.id)
    }
}

fn item_of(import: &Import) -> Item {
    Item::new(&key(import.id), import).listed(LIST, ImportPlace::of(import).to_string())
}

fn key(id: Uuid) -> Key {
    Key::new(partition(id), "IMPORT")
}

fn part_key(id: Uuid, number: usize) -> Key {
    Key::new(partition(id), format!("PART#{number:03}"))
}

fn running_key(id: Uuid) -> Key {
    Key::new(RUNNING, id.to_string())
}

fn partition(id: Uuid) -> String {
    format!("IMPORT#{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nonsense_is_none() {
        let place = ImportPlace {
            started_at: Timestamp::from_millisecond(1_234).expect("in range"),
            id: Uuid::nil(),
        };
        assert_eq!(ImportPlace::parse(&place.to_string()), Some(place));
        for text in [
            "",
            ".",
            "1",
            "x.y",
            "1.2",
            "1.00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(ImportPlace::parse(text), None, "{text}");
        }
    }
}
