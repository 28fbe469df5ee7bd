//! What the service needs done by its host, beside the store, the time and
//! randomness.

use async_trait::async_trait;

/// The queue whose messages come to the handler [`App::imports`]: at least
/// once, and again as long as the handler fails.
///
/// [`App::imports`]: crate::App::imports
#[async_trait]
pub trait ImportQueue: Send + Sync + 'static {
    /// Sends a message; `Ok` MUST mean that the queue has it for good.
    ///
    /// # Errors
    /// [`QueueUnavailable`] if the queue may not have it.
    async fn send(&self, body: String) -> Result<(), QueueUnavailable>;
}

/// The queue did not take a message. The text holds nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("the queue is unavailable: {0}")]
pub struct QueueUnavailable(pub String);
