//! `LOG#<issue>#<shard>` / `<number>`: the logs. See
//! [`shard_log`](crate::shard_log) for what stands in them.

use dynamo::{CommitError, Condition, Query, ReadError, Table, Transaction};
use uuid::Uuid;

use crate::{
    domain::shard::Shard,
    shard_log::{CorruptRow, Row, Stored, item, key, partition},
};

/// How many rows are read at once; the store ends a page at 1 MB anyway.
const PAGE: u16 = 1_000;

/// Names a row's action in a failed transaction: its number is taken.
pub(crate) const LABEL: &str = "log row";

/// The log of one issue in one shard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShardLog<'a> {
    pub(crate) table: &'a Table,
    pub(crate) issue_id: Uuid,
    pub(crate) shard: Shard,
}

/// The log's last rows.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The number of the row to come.
    pub(crate) next: u64,
    pub(crate) newest_first: Vec<Row>,
}

/// A log was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Corrupt(#[from] CorruptRow),
}

impl ShardLog<'_> {
    /// What reads the rows from number `from` on.
    pub(crate) fn rows_from(&self, from: u64) -> Query {
        self.pages_from(from, PAGE)
    }

    /// The same, so many at a time: for who needs a few of them.
    pub(crate) fn pages_from(&self, from: u64, most: u16) -> Query {
        let query = Query::partition(partition(self.issue_id, self.shard), most);
        match from.checked_sub(1) {
            None => query,
            Some(before) => query.after(&key(self.issue_id, self.shard, before)),
        }
    }

    /// One page of rows, strongly consistent, and what reads the next.
    pub(crate) async fn page(
        &self,
        query: Query,
    ) -> Result<(Vec<(u64, Row)>, Option<Query>), LogError> {
        let page = self.table.query::<Stored>(query).await?;
        let rows = page.items.into_iter().map(Stored::numbered);
        Ok((rows.collect::<Result<_, _>>()?, page.next))
    }

    /// The newest rows, at most so many.
    pub(crate) async fn tail(&self, most: u16) -> Result<Tail, LogError> {
        let partition = partition(self.issue_id, self.shard);
        let query = Query::partition(partition, most).descending();
        let (rows, _) = self.page(query).await?;
        Ok(Tail {
            next: rows.first().map_or(0, |(number, _)| number + 1),
            newest_first: rows.into_iter().map(|(_, row)| row).collect(),
        })
    }

    /// Appends `row` by itself.
    ///
    /// # Errors
    /// [`LABEL`] failed: the number is taken, perhaps by an earlier try.
    pub(crate) async fn append(&self, number: u64, row: &Row) -> Result<(), CommitError> {
        let item = item(self.issue_id, self.shard, number, row);
        self.table.append(LABEL, item).await
    }

    /// Adds the appending of `row` to a transaction.
    pub(crate) fn write(&self, transaction: &mut Transaction, number: u64, row: &Row) {
        let item = item(self.issue_id, self.shard, number, row);
        transaction.put(LABEL, item, Condition::Absent);
    }
}
