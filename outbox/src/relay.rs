//! From the outbox to the bus.

use std::{collections::HashSet, sync::Arc, time::Duration};

use dynamo::Table;
use uuid::Uuid;

use crate::{
    bus::{EntryOutcome, EventBus, MAX_CALL_BYTES, MAX_ENTRIES},
    row::OutboxRow,
    stream::{BatchResponse, StreamBatch},
};

/// How often an entry that the bus did not take is put again before it is
/// reported as failed.
const MAX_ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it doubles before the third.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Publishes outbox rows, and deletes those that the bus has.
#[derive(Clone)]
pub struct Relay {
    table: Table,
    bus: Arc<dyn EventBus>,
}

impl Relay {
    /// Publishes the rows of `table` to `bus`.
    pub fn new(table: Table, bus: Arc<dyn EventBus>) -> Self {
        Self { table, bus }
    }

    /// Handles a batch of the table's stream and reports exactly the records
    /// whose row is not on the bus. Records of other items are passed over.
    pub async fn handle(&self, batch: StreamBatch) -> BatchResponse {
        let mut response = BatchResponse::default();
        let mut rows = Vec::new();
        let mut sequence_numbers = Vec::new();
        for record in batch.into_records() {
            let sequence_number = record.sequence_number().to_owned();
            match record.outbox_row() {
                Ok(None) => {}
                Ok(Some(row)) => {
                    sequence_numbers.push((row.id, sequence_number));
                    rows.push(row);
                }
                Err(error) => {
                    tracing::error!(%sequence_number, %error, "a stream record is no outbox row");
                    response.fail(sequence_number);
                }
            }
        }
        let failed = self.publish(rows).await;
        for (id, sequence_number) in sequence_numbers {
            if failed.contains(&id) {
                response.fail(sequence_number);
            }
        }
        response
    }

    /// Publishes `rows`; tells the ids of those that are not on the bus.
    pub async fn publish(&self, rows: Vec<OutboxRow>) -> HashSet<Uuid> {
        let mut failed = HashSet::new();
        for call in calls(rows) {
            failed.extend(self.publish_call(call).await);
        }
        failed
    }

    /// Publishes what fits into one call; tells the ids that are not on the
    /// bus.
    async fn publish_call(&self, mut waiting: Vec<OutboxRow>) -> Vec<Uuid> {
        let mut refused = Vec::new();
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1..=MAX_ATTEMPTS {
            let sorted = self.put(waiting).await;
            self.delete(&sorted.published).await;
            refused.extend(sorted.refused);
            waiting = sorted.try_again;
            if waiting.is_empty() || attempt == MAX_ATTEMPTS {
                break;
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        refused
            .into_iter()
            .chain(waiting)
            .map(|row| row.id)
            .collect()
    }

    /// One call to the bus.
    async fn put(&self, rows: Vec<OutboxRow>) -> Sorted {
        let entries: Vec<_> = rows.iter().map(OutboxRow::entry).collect();
        let mut sorted = Sorted::default();
        match self.bus.put(&entries).await {
            Ok(outcomes) if outcomes.len() == rows.len() => {
                for (row, outcome) in rows.into_iter().zip(outcomes) {
                    sorted.add(row, &outcome);
                }
            }
            Ok(outcomes) => {
                tracing::error!(
                    entries = rows.len(),
                    outcomes = outcomes.len(),
                    "the bus did not answer for every entry"
                );
                sorted.try_again = rows;
            }
            Err(error) => {
                tracing::warn!(%error, entries = rows.len(), "events were not published");
                sorted.try_again = rows;
            }
        }
        sorted
    }

    /// Deletes published rows. A row that stays is published again by the
    /// sweeper, which readers bear: so a fault here fails nothing.
    async fn delete(&self, published: &[OutboxRow]) {
        let keys: Vec<_> = published.iter().map(OutboxRow::key).collect();
        if let Err(error) = self.table.discard(&keys).await {
            tracing::warn!(%error, rows = keys.len(), "published outbox rows stay for now");
        }
    }
}

/// The rows of a call by what became of them.
#[derive(Default)]
struct Sorted {
    published: Vec<OutboxRow>,
    try_again: Vec<OutboxRow>,
    refused: Vec<OutboxRow>,
}

impl Sorted {
    fn add(&mut self, row: OutboxRow, outcome: &EntryOutcome) {
        match outcome {
            EntryOutcome::Accepted => {
                tracing::info!(event_id = %row.id, event_type = %row.detail_type, "event published");
                self.published.push(row);
            }
            EntryOutcome::TryAgain(code) => {
                tracing::warn!(event_id = %row.id, event_type = %row.detail_type, code, "the bus did not take an event");
                self.try_again.push(row);
            }
            EntryOutcome::Refused(code) => {
                tracing::error!(event_id = %row.id, event_type = %row.detail_type, code, "the bus refuses an event");
                self.refused.push(row);
            }
        }
    }
}

/// `rows` in groups that fit into one call each.
fn calls(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let mut calls: Vec<Vec<OutboxRow>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let size = row.entry().size();
        match calls.last_mut() {
            Some(call) if call.len() < MAX_ENTRIES && bytes + size <= MAX_CALL_BYTES => {
                call.push(row);
                bytes += size;
            }
            _ => {
                calls.push(vec![row]);
                bytes = size;
            }
        }
    }
    calls
}
