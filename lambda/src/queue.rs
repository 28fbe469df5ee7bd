//! The role that handles the messages of SQS queues.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use futures::{FutureExt, StreamExt, stream};
use outbox::{BatchItemFailure, BatchResponse, HandleError, MessageHandler};
use tracing::{Instrument, Span};

use crate::{
    BadVariable, Failure, Host, StartError,
    visibility::{Queues, Unhandled, backoff},
};

/// How many messages of a batch are handled at the same time: as many as a
/// mapping without a batching window hands over.
const CONCURRENT_MESSAGES: usize = 10;

/// Handles batches of messages, and answers which of them are to come again.
pub struct QueueRole {
    queues: Queues,
}

impl QueueRole {
    /// Reads which queues the function has.
    ///
    /// # Errors
    /// [`BadVariable`] if the environment does not say.
    pub fn new(host: &Host) -> Result<Self, BadVariable> {
        let queues = Queues::new(host.sdk(), host.environment())?;
        Ok(Self { queues })
    }

    /// Serves the role called `name`; `handler` answers with what handles the
    /// messages, or why there is nothing yet, in which case all come again.
    ///
    /// # Errors
    /// See [`Host::serve`].
    pub async fn serve<F>(
        self,
        host: &Host,
        name: &'static str,
        handler: impl Fn() -> F,
    ) -> Result<(), StartError>
    where
        F: Future<Output = Result<Arc<dyn MessageHandler>, Failure>>,
    {
        host.serve(name, async |batch: SqsEvent, _| {
            for message in &batch.records {
                let traceparent = traceparent_of(message);
                telemetry::add_link(&Span::current(), traceparent.as_deref());
            }
            Ok(self.handle(&*handler().await?, &batch.records).await)
        })
        .await
    }

    async fn handle(&self, handler: &dyn MessageHandler, batch: &[SqsMessage]) -> BatchResponse {
        let failed = stream::iter(batch)
            .map(|message| async move {
                let span = receive_span(message);
                let handled = handle_one(handler, message).instrument(span.clone()).await;
                match handled {
                    Ok(()) => None,
                    Err(error) => {
                        self.give_back(message, &error).instrument(span).await;
                        // An id that is none has Lambda bring the whole batch again.
                        Some(message.message_id.clone().unwrap_or_default())
                    }
                }
            })
            .buffer_unordered(CONCURRENT_MESSAGES)
            .filter_map(async |failed| failed);
        BatchResponse {
            batch_item_failures: failed
                .map(|item_identifier| BatchItemFailure { item_identifier })
                .collect()
                .await,
        }
    }

    /// Has the message come again soon, or at once where it belongs to the dead
    /// letters: the queue has it there after so many receipts.
    async fn give_back(&self, message: &SqsMessage, error: &HandleError) {
        let received = received(message);
        let after = match error {
            HandleError::Transient(_) => {
                tracing::warn!(received, %error, "a message is to be tried again");
                backoff(received)
            }
            HandleError::Permanent(_) => {
                tracing::error!(received, %error, "a message belongs to the dead letters");
                Duration::ZERO
            }
        };
        let (Some(queue), Some(receipt)) = (&message.event_source_arn, &message.receipt_handle)
        else {
            return;
        };
        let message = Unhandled {
            queue,
            receipt,
            after,
        };
        self.queues.put_back(message).await;
    }
}

/// Handles one message. A panic is its own and not the batch's.
async fn handle_one(handler: &dyn MessageHandler, message: &SqsMessage) -> Result<(), HandleError> {
    // No body is no event, which the handler says as of any other.
    let body = message.body.as_deref().unwrap_or_default();
    let handled = AssertUnwindSafe(handler.handle(body)).catch_unwind().await;
    handled.unwrap_or_else(|_| Err(HandleError::Transient("the handler panicked".to_owned())))
}

fn received(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// X-Ray's header as SQS carries it, as a `traceparent`.
fn traceparent_of(message: &SqsMessage) -> Option<String> {
    telemetry::traceparent_from_xray(message.attributes.get("AWSTraceHeader")?)
}

/// What becomes of a message, in the trace that its header continues: what is
/// logged of it has the trace's id, also if no handler can read it.
fn receive_span(message: &SqsMessage) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "receive",
        messaging.message.id = message.message_id,
        received = received(message),
    );
    telemetry::set_parent(&span, traceparent_of(message).as_deref());
    span
}

#[cfg(test)]
mod tests;
