//! `UNREPORTED` / `<issue>#<shard>`: a row of the shard's log changed the counts of
//! an issue of which nobody at work reports. It is written in the transaction of
//! the row, and deleted in that of the report.

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::shard::Shard;

const PARTITION: &str = "UNREPORTED";

/// How many are read at once.
const PAGE: u16 = 100;

/// Names such an item's action in a failed transaction.
const LABEL: &str = "unreported row";

/// What no report may have yet, of one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unreported {
    pub(crate) issue_id: Uuid,
    shard: u16,
    /// The number of the newest such row: a report that was made without it does
    /// not delete this.
    version: u64,
}

/// Notes that row `number` of that log is to be reported.
pub(crate) fn note(transaction: &mut Transaction, issue_id: Uuid, shard: Shard, number: u64) {
    let noted = Unreported {
        issue_id,
        shard: shard.number(),
        version: number,
    };
    let item = Item::new(&key(&noted), &noted);
    transaction.put(LABEL, item, Condition::Always);
}

/// What is to be reported of an issue.
pub(crate) async fn of_issue(table: &Table, issue_id: Uuid) -> Result<Vec<Unreported>, ReadError> {
    let query = Query::partition(PARTITION, PAGE).starting_with(format!("{issue_id}#"));
    read(table, query).await
}

/// The same, of all issues.
pub(crate) async fn all(table: &Table) -> Result<Vec<Unreported>, ReadError> {
    read(table, Query::partition(PARTITION, PAGE)).await
}

/// Takes what was read off the list, if no further row has come.
pub(crate) fn clear(transaction: &mut Transaction, reported: &[Unreported]) {
    for noted in reported {
        let condition = Condition::Version(noted.version);
        transaction.delete(LABEL, &key(noted), condition);
    }
}

async fn read(table: &Table, query: Query) -> Result<Vec<Unreported>, ReadError> {
    let mut found = Vec::new();
    let mut next = Some(query);
    while let Some(query) = next {
        let page = table.query::<Unreported>(query).await?;
        found.extend(page.items);
        next = page.next;
    }
    Ok(found)
}

fn key(noted: &Unreported) -> Key {
    let Unreported {
        issue_id, shard, ..
    } = noted;
    Key::new(PARTITION, format!("{issue_id}#{shard:02}"))
}
