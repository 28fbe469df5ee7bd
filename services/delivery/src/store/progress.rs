//! `PROGRESS#<issue>` / `<shard>`: what a shard's worker has counted, now and
//! then, so that a report need not fold the logs. Nothing is decided upon it, and
//! what was counted of fewer rows overwrites nothing.

use dynamo::{CommitError, Condition, Item, Key, Query, ReadError, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    counts::Counts,
    shard::{PerShard, SHARDS, Shard},
};

/// How long counts are kept that nobody writes any more.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The attribute that tells how many rows of the log were counted.
const ROWS: &str = "rows";

#[derive(Serialize)]
struct Noted {
    #[serde(flatten)]
    counts: Counts,
    /// See [`ROWS`].
    rows: u64,
}

#[derive(Deserialize)]
struct Row {
    /// The sort key: the shard.
    sk: String,
    #[serde(flatten)]
    counts: Counts,
}

/// What the shards' workers counted last.
pub(crate) async fn of_issue(table: &Table, issue_id: Uuid) -> Result<PerShard<Counts>, ReadError> {
    let mut all = PerShard::default();
    let mut next = Some(Query::partition(partition(issue_id), SHARDS));
    while let Some(query) = next {
        let page = table.query::<Row>(query).await?;
        for row in page.items {
            let number = row.sk.parse().ok();
            let shard = number.and_then(Shard::numbered).ok_or(ReadError::Corrupt {
                kind: std::any::type_name::<Row>(),
            })?;
            all[shard.index()] = row.counts;
        }
        next = page.next;
    }
    Ok(all)
}

/// Notes what was counted of the first `rows` rows of the log of `shard`, unless
/// somebody noted as much.
pub(crate) async fn note(
    table: &Table,
    issue_id: Uuid,
    shard: Shard,
    (counts, rows): (Counts, u64),
    now: Timestamp,
) -> Result<(), CommitError> {
    let key = Key::new(partition(issue_id), shard.to_string());
    let item = Item::new(&key, &Noted { counts, rows }).expiring(now + KEPT);
    let mut transaction = Transaction::new();
    transaction.put("progress", item, Condition::NotYet(ROWS, rows));
    match table.commit(transaction).await {
        Err(error) if error.is_condition_failed() => Ok(()),
        noted => noted,
    }
}

fn partition(issue_id: Uuid) -> String {
    format!("PROGRESS#{issue_id}")
}
