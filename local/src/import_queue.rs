//! The queue of imports, as subscriptions sends to it.

use async_trait::async_trait;
use subscriptions::ports::{ImportQueue, QueueUnavailable};

use crate::queue::{NewMessage, Queues};

/// The queue's name.
pub(crate) const IMPORTS_QUEUE: &str = "subscriptions-imports";

/// Sends to the durable queue of this process.
pub(crate) struct LocalImportQueue(pub(crate) Queues);

#[async_trait]
impl ImportQueue for LocalImportQueue {
    async fn send(&self, body: String) -> Result<(), QueueUnavailable> {
        let message = NewMessage {
            queue: IMPORTS_QUEUE,
            body,
            trace_header: None,
        };
        let sent = self.0.send(vec![message]).await;
        sent.map_err(|error| QueueUnavailable(error.to_string()))
    }
}
