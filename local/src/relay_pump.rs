//! From a table's outbox to the bus, in the order in which things happened.
//!
//! The stream tells of new rows. While the bus is away they wait in the table,
//! and once it is back they leave it by their age before anything newer: who
//! unsubscribed before an issue was published is known as such when it comes.

use std::{future::Future, time::Duration};

use ambient::SharedClock;
use dynamo::Table;
use engine::{Stream, StreamRecord};
use jiff::SignedDuration;
use outbox::{OutboxRow, PARTITION_PREFIX, Relay, StreamBatch, Sweeper};
use tokio::time::Instant;

use crate::shutdown::Stopping;

/// The most stream records that the relay gets at once.
const BATCH: usize = 100;
/// How often rows are looked for that the stream did not bring, or that the
/// bus refused.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// How old a row is before the sweep takes it from the stream.
const SWEEP_MIN_AGE: SignedDuration = SignedDuration::from_secs(5);
/// The wait before the bus, or the table, is tried again; it doubles up to
/// [`MAX_BACKOFF`].
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
/// The longest such wait.
const MAX_BACKOFF: Duration = Duration::from_secs(5);
/// How long a call under way may take once it is time to stop. What it did not
/// tell by then is published again by the next start.
const LAST_CALL: Duration = Duration::from_secs(1);

/// Publishes what is in one table's outbox.
pub(crate) struct Pump {
    pub(crate) table: Table,
    pub(crate) stream: Stream,
    pub(crate) relay: Relay,
    pub(crate) clock: SharedClock,
    pub(crate) stopping: Stopping,
}

/// It is time to stop, or the engine is gone.
struct End;

impl Pump {
    /// Publishes until it is time to stop; first, all that a former process
    /// left. What is not on the bus stays in the table.
    pub(crate) async fn run(mut self) {
        // Both ways to end are in order.
        let End = match self.publish_for_ever().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
    }

    async fn publish_for_ever(&mut self) -> Result<std::convert::Infallible, End> {
        self.empty().await?;
        let mut next_sweep = Instant::now() + SWEEP_INTERVAL;
        loop {
            tokio::select! {
                records = self.stream.next_batch(BATCH) => {
                    if records.is_empty() {
                        return Err(End);
                    }
                    self.publish(rows(&records)).await?;
                }
                () = tokio::time::sleep_until(next_sweep) => {}
                () = self.stopping.wait() => return Err(End),
            }
            if Instant::now() >= next_sweep {
                if !self.sweep(SWEEP_MIN_AGE).await? {
                    self.empty().await?;
                }
                next_sweep = Instant::now() + SWEEP_INTERVAL;
            }
        }
    }

    /// Publishes what the stream brought; if the bus is away, all of the table.
    async fn publish(&mut self, rows: Vec<OutboxRow>) -> Result<(), End> {
        let relay = self.relay.clone();
        let unpublished = self.unless_stopped(relay.publish(rows)).await?;
        if !unpublished.refused.is_empty() {
            let events = unpublished.refused.len();
            tracing::warn!(events, "events stay in the outbox for now");
        }
        if unpublished.is_bus_away() {
            let events = unpublished.waiting.len();
            tracing::warn!(events, "events wait until the bus is back");
            self.empty().await?;
        }
        Ok(())
    }

    /// Publishes the whole outbox, the oldest row first, for as long as it
    /// takes. Only what the bus refuses is left.
    async fn empty(&mut self) -> Result<(), End> {
        let mut backoff = FIRST_BACKOFF;
        loop {
            self.pass_over().await;
            if self.sweep(SignedDuration::ZERO).await? {
                return Ok(());
            }
            self.stopping.sleep(backoff).await;
            backoff = (backoff * 2).min(MAX_BACKOFF);
        }
    }

    /// Passes over what the stream has by now: its rows are in the table.
    async fn pass_over(&mut self) {
        loop {
            tokio::select! {
                biased;
                records = self.stream.next_batch(BATCH) => if records.is_empty() { return },
                () = std::future::ready(()) => return,
            }
        }
    }

    /// Publishes rows by their age; tells whether no older one is left that
    /// the bus would take later.
    async fn sweep(&mut self, min_age: SignedDuration) -> Result<bool, End> {
        let sweeper = Sweeper::new(self.table.clone(), self.relay.clone(), min_age);
        let now = self.clock.now();
        match self.unless_stopped(sweeper.sweep(now)).await? {
            Ok(swept) => Ok(!swept.is_bus_away),
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be swept");
                Ok(false)
            }
        }
    }

    /// Does `work`, but not for long once it is time to stop: a peer that
    /// hangs holds up nobody's end, and the rows are safe.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, End> {
        let mut stopping = self.stopping.clone();
        if stopping.is_now() {
            return Err(End);
        }
        let last_call = async {
            stopping.wait().await;
            tokio::time::sleep(LAST_CALL).await;
        };
        tokio::select! {
            done = work => Ok(done),
            () = last_call => Err(End),
        }
    }
}

/// The outbox rows among the records.
fn rows(records: &[StreamRecord]) -> Vec<OutboxRow> {
    let records: Vec<_> = records
        .iter()
        .filter(|record| is_outbox_row(record))
        .collect();
    let batch = serde_json::to_value(records).and_then(serde_json::from_value::<StreamBatch>);
    match batch {
        Ok(batch) => batch.into_rows(),
        Err(error) => {
            tracing::error!(%error, "stream records cannot be read");
            Vec::new()
        }
    }
}

fn is_outbox_row(record: &StreamRecord) -> bool {
    record.dynamodb.new_image["pk"]["S"]
        .as_str()
        .is_some_and(|key| key.starts_with(PARTITION_PREFIX))
}

#[cfg(test)]
mod tests;
