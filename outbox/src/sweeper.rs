//! What the relay missed.

use dynamo::{Query, ReadError, Table};
use jiff::{SignedDuration, Timestamp};

use crate::{
    relay::Relay,
    row::{OutboxRow, PARTITIONS},
};

/// The most rows that are read at once.
const PAGE: u16 = 100;
/// The most pages of a partition in one sweep; the next one goes on.
const MAX_PAGES: usize = 50;

/// Publishes rows that have been in the outbox for too long: the stream's
/// record of them was lost, expired, or given up on.
#[derive(Clone)]
pub struct Sweeper {
    table: Table,
    relay: Relay,
    min_age: SignedDuration,
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

    /// Goes over all partitions once. Tells how many rows were published.
    ///
    /// # Errors
    /// See [`ReadError`]; what was published by then stays published.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, ReadError> {
        let mut published = 0;
        for number in 0..PARTITIONS {
            published += self.sweep_partition(number, now).await?;
        }
        if published > 0 {
            tracing::warn!(published, "outbox rows were left over");
        }
        Ok(published)
    }

    async fn sweep_partition(&self, number: u8, now: Timestamp) -> Result<usize, ReadError> {
        let mut published = 0;
        let mut next = Some(Query::partition(OutboxRow::partition(number), PAGE));
        for _ in 0..MAX_PAGES {
            let Some(query) = next else { break };
            let page = self.table.query::<OutboxRow>(query).await?;
            let read = page.items.len();
            let due: Vec<_> = page
                .items
                .into_iter()
                .filter(|row| row.created_at + self.min_age <= now)
                .collect();
            // The oldest come first: behind a row that is too young are younger ones.
            let all_due = due.len() == read;
            published += due.len();
            published -= self.relay.publish(due).await.len();
            next = page.next.filter(|_| all_due);
        }
        Ok(published)
    }
}
