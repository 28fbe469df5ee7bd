//! `COUNTS#<issue>` / `<shard>`: how many recipients of a shard have which
//! outcome, so that a report on progress need not read every claim.
//!
//! A counter grows in the transaction that settles a claim, so that it is never
//! ahead of the claims nor behind them.

use dynamo::{Condition, Key, Query, ReadError, Table, Transaction};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::{
    shard::{PerShard, SHARDS, Shard},
    tally::{Settled, Tally},
};

#[derive(Deserialize)]
struct Row {
    /// The sort key: the shard.
    sk: String,
    #[serde(flatten)]
    tally: Tally,
}

/// How many recipients of the issue have which outcome, by shard.
pub(crate) async fn of_issue(table: &Table, issue_id: Uuid) -> Result<PerShard<Tally>, ReadError> {
    let mut tallies = PerShard::default();
    let mut next = Some(Query::partition(partition(issue_id), SHARDS));
    while let Some(query) = next {
        let page = table.query::<Row>(query).await?;
        for row in page.items {
            let number = row.sk.parse().ok();
            let shard = number.and_then(Shard::numbered).ok_or(ReadError::Corrupt {
                kind: std::any::type_name::<Row>(),
            })?;
            tallies[shard.index()] = row.tally;
        }
        next = page.next;
    }
    Ok(tallies)
}

/// Counts one more recipient of `shard` with that outcome.
pub(crate) fn add(transaction: &mut Transaction, issue_id: Uuid, shard: Shard, outcome: Settled) {
    let counter = match outcome {
        Settled::Accepted => "accepted",
        Settled::Failed => "failed",
        Settled::Skipped => "skipped",
        Settled::Held => "held",
    };
    let key = Key::new(partition(issue_id), shard.to_string());
    // The first one of a shard makes the item.
    transaction.add("shard count", &key, counter, 1, Condition::Always);
}

fn partition(issue_id: Uuid) -> String {
    format!("COUNTS#{issue_id}")
}
