//! Deletes what has expired.

use std::time::Duration;

use engine::Engine;

use crate::{queue::Queues, shutdown::Stopping};

/// How often expired items, messages and dead letters are deleted.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Keeps house until it is time to stop.
pub(crate) async fn keep(engine: Engine, queues: Queues, mut stopping: Stopping) {
    while !stopping.is_now() {
        let engine = engine.clone();
        match tokio::task::spawn_blocking(move || engine.sweep_expired()).await {
            Ok(Ok(items)) => tracing::debug!(items, "expired items are deleted"),
            Ok(Err(error)) => tracing::error!(%error, "expired items cannot be deleted"),
            Err(error) => {
                tracing::error!(panicked = error.is_panic(), "expired items are not deleted");
            }
        }
        match queues.delete_expired().await {
            Ok(0) => {}
            Ok(messages) => tracing::warn!(messages, "messages past their retention are deleted"),
            Err(error) => tracing::error!(%error, "expired messages cannot be deleted"),
        }
        stopping.sleep(INTERVAL).await;
    }
}
