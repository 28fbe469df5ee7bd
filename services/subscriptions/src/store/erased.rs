//! That somebody was erased, without who it was.
//!
//! | item | key | listed |
//! |---|---|---|
//! | the tombstone | `ERASED#{id}` | in `ERASED` by time of erasure |
//!
//! It is there to tell a reader who has lost its memory of it, and is gone when
//! no such reader can be left.

use dynamo::{Condition, Item, Key, Page, Query, ReadError, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Store, SubscriberPlace, Write};
use crate::domain::{Subscriber, SubscriberId};

const LIST: &str = "ERASED";

/// The days that a table can be restored from.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html>
const BACKUP_DAYS: i64 = 35;
/// The days that a queue and then its dead letters keep an older event.
const QUEUE_DAYS: i64 = 14 + 14;
/// How long a tombstone stays, in days: whoever still knows the erased by an
/// older table or an older event can be told.
const KEPT_DAYS: i64 = 40;

const _: () = assert!(KEPT_DAYS > BACKUP_DAYS && KEPT_DAYS > QUEUE_DAYS);

/// Somebody was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    pub(crate) id: SubscriberId,
    /// The version that the erasure was told with.
    pub(crate) version: u64,
    /// When it happened.
    pub(crate) at: Timestamp,
}

impl Tombstone {
    /// Of `subscriber`, who is erased now.
    pub(crate) fn of(subscriber: &Subscriber, at: Timestamp) -> Self {
        Self {
            id: subscriber.id,
            version: subscriber.version + 1,
            at,
        }
    }

    /// The place among all who were erased.
    pub(crate) fn place(&self) -> SubscriberPlace {
        SubscriberPlace::at(self.at, self.id)
    }
}

impl Write for Tombstone {
    fn stage(self, transaction: &mut Transaction) {
        let kept_until = self.at + SignedDuration::from_hours(KEPT_DAYS * 24);
        let item = Item::new(&key(self.id), &self)
            .listed(LIST, self.place().to_string())
            .expiring(kept_until);
        transaction.put("tombstone", item, Condition::Absent);
    }
}

impl Store {
    /// A page of `limit` of those who were erased, the first first; those
    /// behind the place `after`.
    pub(crate) async fn erased(
        &self,
        after: Option<&SubscriberPlace>,
        limit: u16,
    ) -> Result<Page<Tombstone>, ReadError> {
        let mut query = Query::list(LIST, limit);
        if let Some(after) = after {
            query = query.after_listed(&key(after.id()), &after.to_string());
        }
        self.table().query(query).await
    }
}

fn key(id: SubscriberId) -> Key {
    Key::alone(format!("ERASED#{id}"))
}
