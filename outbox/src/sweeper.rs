//! What the relay missed.

use std::collections::VecDeque;

use dynamo::{Query, ReadError, Table};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    bus::MAX_ENTRIES,
    relay::Relay,
    row::{OutboxRow, PARTITIONS},
};

/// The most rows that are read of a partition at once.
const PAGE: u16 = 100;

/// Publishes rows that have been in the outbox for too long: the stream's
/// record of them was lost, expired, or given up on.
#[derive(Clone)]
pub struct Sweeper {
    table: Table,
    relay: Relay,
    min_age: SignedDuration,
}

/// What became of one sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// How many rows were published.
    pub published: usize,
    /// Whether it ended early because the bus took nothing: older rows than
    /// any that is published next may be left.
    pub is_bus_away: bool,
}

impl Sweeper {
    /// Sweeps rows of `table` older than `min_age`; younger ones are the
    /// stream's business.
    pub fn new(table: Table, relay: Relay, min_age: SignedDuration) -> Self {
        Self {
            table,
            relay,
            min_age,
        }
    }

    /// Goes over all partitions once, the oldest row of all of them first, and
    /// stops where the bus does not take one for now: what happened later must
    /// not overtake it.
    ///
    /// # Errors
    /// See [`ReadError`]; what was published by then stays published.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, ReadError> {
        let mut merge = Merge::new(&self.table, now - self.min_age);
        let mut swept = Swept {
            published: 0,
            is_bus_away: false,
        };
        while !swept.is_bus_away {
            let rows = merge.next_rows(MAX_ENTRIES).await?;
            if rows.is_empty() {
                break;
            }
            swept.published += rows.len();
            let unpublished = self.relay.publish(rows).await;
            swept.published -= unpublished.len();
            swept.is_bus_away = unpublished.is_bus_away();
        }
        if swept.published > 0 {
            tracing::warn!(published = swept.published, "outbox rows were left over");
        }
        Ok(swept)
    }
}

/// The rows of all partitions, by when they happened; a page of each is in
/// memory.
struct Merge<'a> {
    table: &'a Table,
    /// Of the last rows that are due.
    until: Timestamp,
    partitions: Vec<Partition>,
}

/// The rest of one partition, whose oldest row comes first.
struct Partition {
    rows: VecDeque<OutboxRow>,
    next: Option<Query>,
}

/// An item among the outbox rows.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Row(OutboxRow),
    /// Unreadable: it must not keep the others.
    Other(IgnoredAny),
}

impl<'a> Merge<'a> {
    fn new(table: &'a Table, until: Timestamp) -> Self {
        let partition = |number| Partition {
            rows: VecDeque::new(),
            next: Some(Query::partition(OutboxRow::partition(number), PAGE)),
        };
        Self {
            table,
            until,
            partitions: (0..PARTITIONS).map(partition).collect(),
        }
    }

    /// Up to `most` rows; none at the end.
    async fn next_rows(&mut self, most: usize) -> Result<Vec<OutboxRow>, ReadError> {
        let mut rows = Vec::new();
        while rows.len() < most {
            for partition in &mut self.partitions {
                partition.fill(self.table, self.until).await?;
            }
            let oldest = self
                .partitions
                .iter_mut()
                .filter(|partition| !partition.rows.is_empty())
                .min_by_key(|partition| partition.rows.front().map(|row| row.created_at));
            match oldest.and_then(|partition| partition.rows.pop_front()) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }
}

impl Partition {
    /// Reads on where nothing read is left.
    async fn fill(&mut self, table: &Table, until: Timestamp) -> Result<(), ReadError> {
        while self.rows.is_empty() {
            let Some(query) = self.next.take() else { break };
            let page = table.query::<Stored>(query.clone()).await;
            // What fails is read again by who asks again.
            let page = page.inspect_err(|_| self.next = Some(query))?;
            self.next = page.next;
            for stored in page.items {
                match stored {
                    Stored::Row(row) if row.created_at <= until => self.rows.push_back(row),
                    // Behind a row that is too young are younger ones.
                    Stored::Row(_) => self.next = None,
                    Stored::Other(_) => tracing::error!("an item of the outbox is no row"),
                }
            }
        }
        Ok(())
    }
}
