//! What takes messages from a queue and has them handled.

use std::{convert::Infallible, sync::Arc, time::Duration};

use outbox::{HandleError, MessageHandler};
use tokio::task::JoinSet;
use tracing::instrument::WithSubscriber;

use crate::{
    queue::{DatabaseError, MAX_RECEIVED_AT_ONCE, Message, Queue, VISIBILITY_TIMEOUT},
    shutdown::Stopping,
};

/// How many messages of one queue are handled at the same time.
const CONCURRENT_MESSAGES: usize = 8;
/// How often a message that is still being handled is kept invisible: well
/// before its [`VISIBILITY_TIMEOUT`] ends.
const EXTENSION_INTERVAL: Duration = Duration::from_secs(VISIBILITY_TIMEOUT.as_secs() / 3);
/// The queue is asked no more often than this without having been told of a
/// message.
const SHORTEST_IDLE: Duration = Duration::from_secs(1);
/// And at least this often.
const LONGEST_IDLE: Duration = Duration::from_secs(20);

/// Handles the messages of one queue, a few at a time.
pub(crate) struct Consumer {
    queue: Queue,
    handler: Arc<dyn MessageHandler>,
}

impl Consumer {
    pub(crate) fn new(queue: Queue, handler: Arc<dyn MessageHandler>) -> Self {
        Self { queue, handler }
    }

    /// Runs until it is time to stop, and finishes what it has begun by then.
    pub(crate) async fn run(self, mut stopping: Stopping) {
        let mut running = JoinSet::new();
        while !stopping.is_now() {
            let free = CONCURRENT_MESSAGES - running.len();
            if free == 0 {
                note_end(running.join_next().await);
                continue;
            }
            let received = self.receive(free.min(MAX_RECEIVED_AT_ONCE)).await;
            if received.is_empty() {
                let idle = self.idle().await;
                tokio::select! {
                    () = self.queue.wait_for_messages(idle) => {}
                    ended = running.join_next(), if !running.is_empty() => note_end(ended),
                    () = stopping.wait() => {}
                }
            }
            for message in received {
                let settling = settle(self.queue.clone(), Arc::clone(&self.handler), message);
                running.spawn(settling.with_current_subscriber());
            }
        }
        while let Some(ended) = running.join_next().await {
            note_end(Some(ended));
        }
    }

    async fn receive(&self, most: usize) -> Vec<Message> {
        match self.queue.receive(most).await {
            Ok(messages) => messages,
            Err(error) => {
                tracing::error!(queue = self.queue.name(), %error, "messages cannot be received");
                Vec::new()
            }
        }
    }

    /// How long to wait for messages if none is sent.
    async fn idle(&self) -> Duration {
        match self.queue.until_next().await {
            Ok(Some(next)) => next.clamp(SHORTEST_IDLE, LONGEST_IDLE),
            Ok(None) => LONGEST_IDLE,
            Err(error) => {
                tracing::error!(queue = self.queue.name(), %error, "the queue cannot be read");
                LONGEST_IDLE
            }
        }
    }
}

/// A handler that panicked left its message invisible: it comes again.
fn note_end(ended: Option<Result<(), tokio::task::JoinError>>) {
    if let Some(Err(error)) = ended {
        // The panic's own text stays out of the log: it can quote a value.
        tracing::error!(panicked = error.is_panic(), "a message was left unhandled");
    }
}

/// Has one message handled, and settles it by the answer.
async fn settle(queue: Queue, handler: Arc<dyn MessageHandler>, message: Message) {
    let outcome = tokio::select! {
        outcome = handler.handle(&message.body) => outcome,
        never = keep_invisible(&queue, &message) => match never {},
    };
    if let Err(error) = apply(&queue, &message, outcome).await {
        // The message becomes visible again by itself.
        tracing::error!(queue = queue.name(), message = message.id, %error, "a message is not settled");
    }
}

async fn apply(
    queue: &Queue,
    message: &Message,
    outcome: Result<(), HandleError>,
) -> Result<(), DatabaseError> {
    match outcome {
        Ok(()) => queue.delete(&message.receipt).await,
        Err(error) if error.is_permanent() => {
            tracing::error!(
                queue = queue.name(), message = message.id, %error,
                "a message became a dead letter"
            );
            queue.bury(message, error.to_string()).await
        }
        Err(error) => {
            tracing::warn!(
                queue = queue.name(), message = message.id,
                received = message.receive_count, %error,
                "a message is tried again later"
            );
            queue.retry_later(message, error.to_string()).await
        }
    }
}

/// Nobody else gets a message for as long as it is being handled here.
async fn keep_invisible(queue: &Queue, message: &Message) -> Infallible {
    loop {
        tokio::time::sleep(EXTENSION_INTERVAL).await;
        if let Err(error) = queue.extend(&message.receipt).await {
            tracing::warn!(queue = queue.name(), message = message.id, %error, "a message may come twice");
        }
    }
}
