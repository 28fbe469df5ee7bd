//! From the outbox to the bus.

use std::{collections::HashSet, sync::Arc, time::Duration};

use dynamo::Table;
use tracing::Span;
use uuid::Uuid;

use crate::{
    bus::{BusEntry, EntryOutcome, EventBus, MAX_CALL_BYTES, MAX_ENTRIES},
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
    ///
    /// The stream then brings these again, and in its order.
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
        let unpublished = self.publish(rows).await;
        for (id, sequence_number) in sequence_numbers {
            if unpublished.contains(id) {
                response.fail(sequence_number);
            }
        }
        response
    }

    /// Publishes `rows` in their order; tells which are not on the bus. Behind
    /// one that the bus did not take for now, nothing is published.
    pub async fn publish(&self, rows: Vec<OutboxRow>) -> Unpublished {
        let mut unpublished = Unpublished::default();
        let mut calls = calls(rows.into_iter().map(Outgoing::new).collect()).into_iter();
        for call in calls.by_ref() {
            unpublished.extend(self.publish_call(call).await);
            if unpublished.is_bus_away() {
                break;
            }
        }
        let behind = calls.flatten().map(|outgoing| outgoing.row.id);
        unpublished.waiting.extend(behind);
        unpublished
    }

    /// Publishes what fits into one call.
    async fn publish_call(&self, mut waiting: Vec<Outgoing>) -> Unpublished {
        let mut unpublished = Unpublished::default();
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1..=MAX_ATTEMPTS {
            let sorted = self.put(waiting).await;
            self.delete(&sorted.published).await;
            let refused = sorted.refused.iter().map(|outgoing| outgoing.row.id);
            unpublished.refused.extend(refused);
            waiting = sorted.try_again;
            if waiting.is_empty() || attempt == MAX_ATTEMPTS {
                break;
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        let waiting = waiting.iter().map(|outgoing| outgoing.row.id);
        unpublished.waiting.extend(waiting);
        unpublished
    }

    /// One call to the bus.
    async fn put(&self, outgoing: Vec<Outgoing>) -> Sorted {
        let entries: Vec<_> = outgoing.iter().map(|one| one.entry.clone()).collect();
        let mut sorted = Sorted::default();
        match self.bus.put(&entries).await {
            Ok(outcomes) if outcomes.len() == outgoing.len() => {
                for (one, outcome) in outgoing.into_iter().zip(outcomes) {
                    sorted.add(one, &outcome);
                }
            }
            Ok(outcomes) => {
                tracing::error!(
                    entries = outgoing.len(),
                    outcomes = outcomes.len(),
                    "the bus did not answer for every entry"
                );
                sorted.try_again = outgoing;
            }
            Err(error) => {
                tracing::warn!(%error, entries = outgoing.len(), "events were not published");
                sorted.try_again = outgoing;
            }
        }
        sorted
    }

    /// Deletes published rows. A row that stays is published again by the
    /// sweeper, which readers bear: so a fault here fails nothing.
    async fn delete(&self, published: &[Outgoing]) {
        let keys: Vec<_> = published.iter().map(|one| one.row.key()).collect();
        if let Err(error) = self.table.discard(&keys).await {
            tracing::warn!(%error, rows = keys.len(), "published outbox rows stay for now");
        }
    }
}

/// Rows that are not on the bus, by their ids.
#[derive(Debug, Default)]
pub struct Unpublished {
    /// The bus will never take them as they are.
    pub refused: HashSet<Uuid>,
    /// The bus did not take them for now, or was not asked: they stand behind
    /// such a row.
    pub waiting: HashSet<Uuid>,
}

impl Unpublished {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.refused.len() + self.waiting.len()
    }

    /// Whether all rows are on the bus.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the bus did not take something for now.
    pub fn is_bus_away(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn contains(&self, id: Uuid) -> bool {
        self.refused.contains(&id) || self.waiting.contains(&id)
    }

    fn extend(&mut self, other: Self) {
        self.refused.extend(other.refused);
        self.waiting.extend(other.waiting);
    }
}

/// A row on its way, and the PRODUCER span of its sending.
struct Outgoing {
    row: OutboxRow,
    entry: BusEntry,
    span: Span,
}

impl Outgoing {
    fn new(row: OutboxRow) -> Self {
        let parent = row.traceparent.as_deref();
        let span = telemetry::producer_span(&row.detail_type, row.id, parent);
        let entry = row.entry(telemetry::traceparent_of(&span));
        Self { row, entry, span }
    }
}

/// The rows of a call by what became of them.
#[derive(Default)]
struct Sorted {
    published: Vec<Outgoing>,
    try_again: Vec<Outgoing>,
    refused: Vec<Outgoing>,
}

impl Sorted {
    fn add(&mut self, outgoing: Outgoing, outcome: &EntryOutcome) {
        let (event_id, event_type) = (outgoing.row.id, &outgoing.row.detail_type);
        let logged = outgoing.span.clone();
        let _in_span = logged.enter();
        let group = match outcome {
            EntryOutcome::Accepted => {
                tracing::info!(%event_id, event_type, "event published");
                &mut self.published
            }
            EntryOutcome::TryAgain(code) => {
                tracing::warn!(%event_id, event_type, code, "the bus did not take an event");
                &mut self.try_again
            }
            EntryOutcome::Refused(code) => {
                telemetry::record_error(&outgoing.span, code);
                tracing::error!(%event_id, event_type, code, "the bus refuses an event");
                &mut self.refused
            }
        };
        group.push(outgoing);
    }
}

/// `outgoing` in groups that fit into one call each.
fn calls(outgoing: Vec<Outgoing>) -> Vec<Vec<Outgoing>> {
    let mut calls: Vec<Vec<Outgoing>> = Vec::new();
    let mut bytes = 0;
    for one in outgoing {
        let size = one.entry.size();
        match calls.last_mut() {
            Some(call) if call.len() < MAX_ENTRIES && bytes + size <= MAX_CALL_BYTES => {
                call.push(one);
                bytes += size;
            }
            _ => {
                calls.push(vec![one]);
                bytes = size;
            }
        }
    }
    calls
}
