//! From a table's stream to the relay, and the sweep for what it missed.

use std::time::Duration;

use ambient::SharedClock;
use dynamo::Table;
use engine::{Stream, StreamRecord};
use jiff::SignedDuration;
use outbox::{PARTITION_PREFIX, Relay, StreamBatch, Sweeper};

use crate::shutdown::Stopping;

/// The most stream records that the relay gets at once.
const BATCH: usize = 100;
/// How often leftover rows are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// How old a row is before the sweep takes it from the stream.
const SWEEP_MIN_AGE: SignedDuration = SignedDuration::from_secs(5);
/// The longest wait between sweeps while they fail.
const MAX_SWEEP_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Hands what is put into the table to the relay until it is time to stop.
/// What the relay could not publish stays in the outbox, for [`sweep`].
pub(crate) async fn pump(mut stream: Stream, relay: Relay, mut stopping: Stopping) {
    loop {
        let records = tokio::select! {
            records = stream.next_batch(BATCH) => records,
            () = stopping.wait() => return,
        };
        if records.is_empty() {
            // The engine is gone.
            return;
        }
        match batch(&records) {
            Ok(batch) => {
                let response = relay.handle(batch).await;
                if !response.batch_item_failures.is_empty() {
                    let events = response.batch_item_failures.len();
                    tracing::warn!(events, "events stay in the outbox for now");
                }
            }
            Err(error) => tracing::error!(%error, "stream records cannot be read"),
        }
    }
}

/// Publishes leftover rows: first, all that a former process left, then now
/// and then those that the stream did not bring.
pub(crate) async fn sweep(table: Table, relay: Relay, clock: SharedClock, mut stopping: Stopping) {
    let mut min_age = SignedDuration::ZERO;
    let mut interval = SWEEP_INTERVAL;
    while !stopping.is_now() {
        let sweeper = Sweeper::new(table.clone(), relay.clone(), min_age);
        match sweeper.sweep(clock.now()).await {
            Ok(_published) => {
                min_age = SWEEP_MIN_AGE;
                interval = SWEEP_INTERVAL;
            }
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be swept");
                interval = (interval * 2).min(MAX_SWEEP_INTERVAL);
            }
        }
        stopping.sleep(interval).await;
    }
}

/// The records of outbox rows, in the form that a Pipe with its filter has.
fn batch(records: &[StreamRecord]) -> Result<StreamBatch, serde_json::Error> {
    let rows: Vec<_> = records
        .iter()
        .filter(|record| is_outbox_row(record))
        .collect();
    serde_json::from_value(serde_json::to_value(rows)?)
}

fn is_outbox_row(record: &StreamRecord) -> bool {
    record.dynamodb.new_image["pk"]["S"]
        .as_str()
        .is_some_and(|key| key.starts_with(PARTITION_PREFIX))
}
