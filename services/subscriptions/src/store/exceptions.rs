//! Exceptions: what delivery recorded of single recipients of an issue.
//!
//! | item | partition key | sort key | listed |
//! |---|---|---|---|
//! | exception | `EXCEPTION#<issue>#<subscriber>` | `-` | in `EXCEPTIONS#<issue>#<shard>` by outcome and subscriber; not if it turned out to be accepted |
//! | how many | `ISSUE#<issue>` | `RECORDED#<shard>` | |
//!
//! An exception has its partition to itself, and a list is that of a shard: a
//! cancelled issue may make one of each recipient at once.

use std::fmt;

use dynamo::{Condition, Item, Key, Page, Query, ReadError, Transaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write, issues};
use crate::domain::{
    SubscriberId,
    exception::{Exception, ExceptionOutcome, Recorded},
};

/// More shards than there are: their counts come in one page.
const ALL_SHARDS: u16 = 1_000;

/// How many exceptions one shard has recorded, as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecordedOfShard {
    /// The shard.
    pub(crate) shard: u16,
    /// How many.
    #[serde(flatten)]
    pub(crate) recorded: Recorded,
    /// 0 as long as it is not stored.
    version: u64,
}

/// Exceptions of one shard, with the newer count. None of them is older than
/// what is known.
pub(crate) struct RecordExceptions {
    pub(crate) issue_id: Uuid,
    /// The next count; its version is the one that was read.
    pub(crate) counted: RecordedOfShard,
    /// Each with the row that was known of the recipient before.
    pub(crate) exceptions: Vec<(Exception, Option<u64>)>,
}

impl Write for RecordExceptions {
    fn stage(self, transaction: &mut Transaction) {
        for (exception, known) in self.exceptions {
            let key = key(exception.issue_id, exception.subscriber_id);
            let mut item = Item::new(&key, &exception);
            if exception.outcome.is_listed() {
                let place = ExceptionPlace::of(&exception);
                item = item.listed(list(exception.issue_id, place.shard), place.order());
            }
            let before = match known {
                None => Condition::Absent,
                Some(_) => Condition::Below("row", exception.row),
            };
            transaction.put("exception", item, before);
        }
        let read = self.counted.version;
        let before = match read {
            0 => Condition::Absent,
            version => Condition::Version(version),
        };
        let counted = RecordedOfShard {
            version: read + 1,
            ..self.counted
        };
        let key = recorded_key(self.issue_id, counted.shard);
        transaction.put("recorded", Item::new(&key, &counted), before);
    }
}

impl Store {
    /// What is recorded of one recipient.
    pub(crate) async fn exception(
        &self,
        issue_id: Uuid,
        subscriber_id: SubscriberId,
    ) -> Result<Option<Exception>, ReadError> {
        self.table().get(&key(issue_id, subscriber_id)).await
    }

    /// What is recorded of those of `ids` of whom something is, in no order.
    pub(crate) async fn exceptions_among(
        &self,
        issue_id: Uuid,
        ids: &[SubscriberId],
    ) -> Result<Vec<Exception>, ReadError> {
        let keys: Vec<_> = ids.iter().map(|id| key(issue_id, *id)).collect();
        let found = self.table().get_many(&keys).await?;
        Ok(found.into_values().collect())
    }

    /// How many exceptions `shard` has recorded.
    pub(crate) async fn recorded_of(
        &self,
        issue_id: Uuid,
        shard: u16,
    ) -> Result<RecordedOfShard, ReadError> {
        let found = self.table().get(&recorded_key(issue_id, shard)).await?;
        Ok(found.unwrap_or(RecordedOfShard {
            shard,
            recorded: Recorded::default(),
            version: 0,
        }))
    }

    /// How many exceptions each shard has recorded, those without any left out.
    pub(crate) async fn recorded(&self, issue_id: Uuid) -> Result<Vec<RecordedOfShard>, ReadError> {
        let partition = issues::partition(issue_id);
        let query = Query::partition(partition, ALL_SHARDS).starting_with("RECORDED#");
        Ok(self.table().query(query).await?.items)
    }

    /// A page of at most `limit` exceptions of a shard, of one outcome or of
    /// any; those behind the place `after`, which is of that shard.
    pub(crate) async fn exceptions(
        &self,
        issue_id: Uuid,
        shard: u16,
        outcome: Option<ExceptionOutcome>,
        after: Option<&ExceptionPlace>,
        limit: u16,
    ) -> Result<Page<Exception>, ReadError> {
        let mut query = Query::list(list(issue_id, shard), limit);
        if let Some(outcome) = outcome {
            query = query.starting_with(format!("{outcome}."));
        }
        if let Some(after) = after {
            query = query.after_listed(&key(issue_id, after.subscriber_id), &after.order());
        }
        self.table().query(query).await
    }
}

/// An exception's place among all of its issue. It stays a place when it is
/// none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExceptionPlace {
    /// The shard whose list it is in.
    pub(crate) shard: u16,
    outcome: ExceptionOutcome,
    subscriber_id: SubscriberId,
}

impl ExceptionPlace {
    /// The place of `exception`.
    pub(crate) fn of(exception: &Exception) -> Self {
        Self {
            shard: exception.shard,
            outcome: exception.outcome,
            subscriber_id: exception.subscriber_id,
        }
    }

    /// Reads a place as it stands in a link; none if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let place = Self {
            shard: parts.next()?.parse().ok()?,
            outcome: ExceptionOutcome::parse(parts.next()?)?,
            subscriber_id: SubscriberId(parts.next()?.parse().ok()?),
        };
        // Another spelling would stand elsewhere in the list.
        (place.to_string() == text).then_some(place)
    }

    /// Whether the list of `outcome`, or of any, has such a place.
    pub(crate) fn is_of(&self, outcome: Option<ExceptionOutcome>) -> bool {
        outcome.is_none_or(|outcome| outcome == self.outcome)
    }

    fn order(&self) -> String {
        format!("{}.{}", self.outcome, self.subscriber_id)
    }
}

impl fmt::Display for ExceptionPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.shard, self.order())
    }
}

fn key(issue_id: Uuid, subscriber_id: SubscriberId) -> Key {
    Key::alone(format!("EXCEPTION#{issue_id}#{subscriber_id}"))
}

fn recorded_key(issue_id: Uuid, shard: u16) -> Key {
    Key::new(issues::partition(issue_id), format!("RECORDED#{shard:05}"))
}

fn list(issue_id: Uuid, shard: u16) -> String {
    format!("EXCEPTIONS#{issue_id}#{shard:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nonsense_is_none() {
        let place = ExceptionPlace {
            shard: 3,
            outcome: ExceptionOutcome::Held,
            subscriber_id: SubscriberId(Uuid::from_u128(0xABC)),
        };
        let text = place.to_string();
        assert_eq!(ExceptionPlace::parse(&text), Some(place));
        let upper = text.to_uppercase();
        let other = text.replace("held", "accepted");
        for text in [
            "",
            ".",
            "3",
            "3.held",
            "x.held.1",
            "03.held.1",
            &upper,
            &other,
        ] {
            assert_eq!(ExceptionPlace::parse(text), None, "{text}");
        }
    }
}
