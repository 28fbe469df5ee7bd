//! `ISSUE#<id>` / `early`: what admins asked of an issue that has not arrived.

use dynamo::{Condition, Item, Key, ReadError, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::shard_log::Control;

/// Longer than queues and dead letters keep the issue.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Names its action in a failed transaction.
pub(crate) const LABEL: &str = "early requests";

/// What was asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Early {
    /// Grows with every change; 0 before the first.
    pub(crate) version: u64,
    /// The newest pause, resume or cancel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) control: Option<Control>,
}

/// What was asked for until now.
pub(crate) async fn find(table: &Table, issue_id: Uuid) -> Result<Early, ReadError> {
    Ok(table.get(&key(issue_id)).await?.unwrap_or_default())
}

/// Writes it over the version before.
pub(crate) fn write(transaction: &mut Transaction, issue_id: Uuid, early: &Early, now: Timestamp) {
    let item = Item::new(&key(issue_id), early).expiring(now + KEPT);
    transaction.put(LABEL, item, as_it_was(early.version - 1));
}

/// Takes it out, as it was read.
pub(crate) fn take(transaction: &mut Transaction, issue_id: Uuid, early: &Early) {
    transaction.delete(LABEL, &key(issue_id), as_it_was(early.version));
}

fn as_it_was(version: u64) -> Condition {
    match version {
        0 => Condition::Absent,
        version => Condition::Version(version),
    }
}

fn key(issue_id: Uuid) -> Key {
    Key::new(format!("ISSUE#{issue_id}"), "early")
}
