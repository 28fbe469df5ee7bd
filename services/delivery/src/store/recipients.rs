//! `RECIPIENTS#<shard>` / `<subscriber id>`: the projection.

mod row;

use std::collections::HashMap;

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use jiff::Timestamp;
use uuid::Uuid;

use self::row::{Read, Row};
use crate::domain::{recipient::Recipient, shard::Shard};

/// How many recipients are read at once.
const PAGE: u16 = 500;
/// How many are counted at once; the store ends a page at 1 MB anyway.
const COUNTED: u16 = 5_000;

/// Names a recipient's action in a failed transaction.
pub(crate) const LABEL: &str = "recipient";

/// Those of the recipients who are there, active or removed, by their ids.
pub(crate) async fn find_many(
    table: &Table,
    subscriber_ids: &[Uuid],
) -> Result<HashMap<Uuid, Recipient>, ReadError> {
    let keys: Vec<_> = subscriber_ids.iter().copied().map(key).collect();
    let rows = table.get_many::<Row>(&keys).await?.into_values();
    Ok(rows
        .map(|row| (row.subscriber_id, Recipient::from(row)))
        .collect())
}

/// The recipient, active or removed.
pub(crate) async fn find(
    table: &Table,
    subscriber_id: Uuid,
) -> Result<Option<Recipient>, ReadError> {
    let row = table.get::<Row>(&key(subscriber_id)).await?;
    Ok(row.map(Recipient::from))
}

/// Somebody as they were read.
pub(crate) enum Found {
    Recipient(Recipient),
    /// What is stored of them is not what was written.
    Unreadable,
}

/// Those of the recipients who are there, active or removed, by their ids; who
/// cannot be read is no reason not to know the others.
pub(crate) async fn look_up(
    table: &Table,
    subscriber_ids: &[Uuid],
) -> Result<HashMap<Uuid, Found>, ReadError> {
    let keys: Vec<_> = subscriber_ids.iter().copied().map(key).collect();
    let read = table.get_many::<Read>(&keys).await?.into_values();
    Ok(read.filter_map(found).collect())
}

/// Who was read; none if they have not even an id, which is logged.
fn found(read: Read) -> Option<(Uuid, Found)> {
    match read {
        Read::Row(row) => Some((row.subscriber_id, Found::Recipient(row.into()))),
        Read::Corrupt { sk } => {
            tracing::error!(subscriber_id = sk, "the recipient is corrupt");
            let id = sk.parse().ok()?;
            Some((id, Found::Unreadable))
        }
    }
}

/// Some recipients of a shard, active or removed, in the order of their ids.
pub(crate) struct Page {
    pub(crate) recipients: Vec<(Uuid, Found)>,
    /// The last id of all that were read.
    pub(crate) last: Option<Uuid>,
    /// There is nobody beyond.
    pub(crate) is_end: bool,
}

/// The recipients of `shard` after that id, a page of them or, where a page has
/// no id at all, what comes after it.
pub(crate) async fn page(
    table: &Table,
    shard: Shard,
    after: Option<Uuid>,
) -> Result<Page, ReadError> {
    let mut query = Query::partition(partition(shard), PAGE);
    if let Some(after) = after {
        query = query.after(&Key::new(partition(shard), after.to_string()));
    }
    loop {
        let page = table.query::<Read>(query).await?;
        let recipients: Vec<_> = page.items.into_iter().filter_map(found).collect();
        match page.next {
            Some(next) if recipients.is_empty() => query = next,
            next => {
                return Ok(Page {
                    last: recipients.last().map(|(id, _)| *id).or(after),
                    recipients,
                    is_end: next.is_none(),
                });
            }
        }
    }
}

/// How many recipients of `shard` an issue of that moment has, by and large: an
/// estimate need not be strongly consistent, which is twice the price, and is
/// without those who left or whose item cannot be read.
pub(crate) async fn estimate(
    table: &Table,
    shard: Shard,
    published_at: Timestamp,
) -> Result<u64, ReadError> {
    let query = Query::partition(partition(shard), COUNTED).eventually_consistent();
    let most = row::moment(published_at);
    table.count_up_to(query, row::CONFIRMED_AT, most).await
}

/// Writes `recipient` over `present`, which must not have changed since.
pub(crate) fn write(
    transaction: &mut Transaction,
    recipient: &Recipient,
    present: Option<&Recipient>,
) {
    let item = Item::new(&key(recipient.subscriber_id), &Row::from(recipient));
    transaction.put(LABEL, item, as_it_was(present));
}

/// Lets the transaction through only if the recipient is as they were read.
pub(crate) fn check(
    transaction: &mut Transaction,
    subscriber_id: Uuid,
    present: Option<&Recipient>,
) {
    transaction.check(LABEL, &key(subscriber_id), as_it_was(present));
}

fn as_it_was(present: Option<&Recipient>) -> Condition {
    present.map_or(Condition::Absent, |present| {
        Condition::Version(present.version)
    })
}

fn partition(shard: Shard) -> String {
    format!("RECIPIENTS#{shard}")
}

fn key(subscriber_id: Uuid) -> Key {
    Key::new(
        partition(Shard::of(subscriber_id)),
        subscriber_id.to_string(),
    )
}
