//! `SENT#<issue>#<shard>` / `<subscriber id>`: who was mailed an issue.

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use uuid::Uuid;

use crate::domain::{claim::Claim, shard::Shard};

/// How many claims are read at once.
const PAGE: u16 = 1_000;

/// Names a claim's action in a failed transaction.
pub(crate) const LABEL: &str = "claim";

/// The claim on one recipient.
pub(crate) async fn find(
    table: &Table,
    issue_id: Uuid,
    subscriber_id: Uuid,
) -> Result<Option<Claim>, ReadError> {
    table.get(&key(issue_id, subscriber_id)).await
}

/// On how many of these subscribers, each named once, there is a claim.
pub(crate) async fn count_among(
    table: &Table,
    issue_id: Uuid,
    subscriber_ids: &[Uuid],
) -> Result<usize, ReadError> {
    let ids = subscriber_ids.iter().copied();
    let keys: Vec<_> = ids.map(|id| key(issue_id, id)).collect();
    Ok(table.get_many::<Claim>(&keys).await?.len())
}

/// All claims of an issue in one shard, in the order of the subscribers' ids.
pub(crate) async fn of_shard(
    table: &Table,
    issue_id: Uuid,
    shard: Shard,
) -> Result<Vec<Claim>, ReadError> {
    let mut claims = Vec::new();
    let mut next = Some(Query::partition(partition(issue_id, shard), PAGE));
    while let Some(query) = next {
        let page = table.query::<Claim>(query).await?;
        claims.extend(page.items);
        next = page.next;
    }
    Ok(claims)
}

/// Writes `claim` over the version before it; the first one over nothing.
pub(crate) fn write(transaction: &mut Transaction, issue_id: Uuid, claim: &Claim) {
    let condition = match claim.version {
        1 => Condition::Absent,
        version => Condition::Version(version - 1),
    };
    let item = Item::new(&key(issue_id, claim.subscriber_id), claim);
    transaction.put(LABEL, item, condition);
}

fn partition(issue_id: Uuid, shard: Shard) -> String {
    format!("SENT#{issue_id}#{shard}")
}

fn key(issue_id: Uuid, subscriber_id: Uuid) -> Key {
    Key::new(
        partition(issue_id, Shard::of(subscriber_id)),
        subscriber_id.to_string(),
    )
}
