//! The role that puts outbox rows on the bus.

use std::sync::Arc;

use dynamo::Table;
use outbox::{BatchResponse, EventBus, Relay, StreamBatch};

use crate::{Host, StartError};

/// Takes the batches of the table's stream, from a Pipe or an event source
/// mapping, and answers which records are to come again.
pub struct RelayRole {
    relay: Relay,
}

impl RelayRole {
    /// The name of the role.
    pub const NAME: &'static str = "relay";

    /// Publishes the outbox of `table` on `bus`.
    pub fn new(table: Table, bus: Arc<dyn EventBus>) -> Self {
        Self {
            relay: Relay::new(table, bus),
        }
    }

    /// Serves the role.
    ///
    /// # Errors
    /// See [`Host::serve`].
    pub async fn serve(self, host: &Host) -> Result<(), StartError> {
        let relay = &self.relay;
        host.serve(Self::NAME, async |batch: StreamBatch, _| {
            let response: BatchResponse = relay.handle(batch).await;
            if !response.batch_item_failures.is_empty() {
                let records = response.batch_item_failures.len();
                tracing::error!(records, "records are to come again");
            }
            Ok(response)
        })
        .await
    }
}
