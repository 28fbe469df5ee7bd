//! `HEAD#<shard>`: which issues a change of a recipient is about.
//!
//! Storing an issue changes every head, and a recipient's change is let through
//! only with the head as it was read: so a confirmation and a publication
//! cannot overlook each other.

use dynamo::{Condition, Item, Key, ReadError, Table, Transaction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::shard::Shard;

/// Names a head's action in a failed transaction.
pub(crate) const LABEL: &str = "head";

/// The head of one shard; without a version there is no item yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Grows with every change; 0 before the first.
    pub(crate) version: u64,
    pub(crate) issues: Vec<Listed>,
}

/// An issue that is not finished, or was published in the last 7 days. It leaves
/// the head some time after both have ceased to be so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) issue_id: Uuid,
    pub(crate) published_at: Timestamp,
}

impl Head {
    /// Lists `listed`, without those for whom `is_over`.
    pub(crate) fn list(&mut self, listed: Listed, is_over: impl Fn(&Listed) -> bool) {
        self.version += 1;
        self.issues
            .retain(|one| !is_over(one) && one.issue_id != listed.issue_id);
        self.issues.push(listed);
    }
}

/// The heads of `shards`, in their order.
pub(crate) async fn find(table: &Table, shards: &[Shard]) -> Result<Vec<Head>, ReadError> {
    let keys: Vec<_> = shards.iter().copied().map(key).collect();
    let mut found = table.get_many::<Head>(&keys).await?;
    let heads = keys.iter().map(|key| found.remove(key).unwrap_or_default());
    Ok(heads.collect())
}

/// Writes a head over the version before it.
pub(crate) fn write(transaction: &mut Transaction, shard: Shard, head: &Head) {
    let condition = as_it_was(head.version - 1);
    transaction.put(LABEL, Item::new(&key(shard), head), condition);
}

/// Lets the transaction through only if the head is as it was read.
pub(crate) fn check(transaction: &mut Transaction, shard: Shard, head: &Head) {
    transaction.check(LABEL, &key(shard), as_it_was(head.version));
}

fn as_it_was(version: u64) -> Condition {
    match version {
        0 => Condition::Absent,
        version => Condition::Version(version),
    }
}

fn key(shard: Shard) -> Key {
    Key::alone(format!("HEAD#{shard}"))
}
