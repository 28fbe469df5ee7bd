//! What takes messages from a queue and has them handled.

use std::{convert::Infallible, sync::Arc, time::Duration};

use outbox::{HandleError, MessageHandler};
use tokio::task::JoinSet;
use tracing::{Instrument, Span, instrument::WithSubscriber};

use crate::{
    queue::{
        DatabaseError, MAX_RECEIVED_AT_ONCE, MAX_RECEIVES, Message, Queue, VISIBILITY_TIMEOUT,
    },
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
                let span = receive_span(&self.queue, &message);
                let settling = settle(self.queue.clone(), Arc::clone(&self.handler), message);
                running.spawn(settling.instrument(span).with_current_subscriber());
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

/// What becomes of a message, in the trace that its header continues: what is
/// logged of it has the trace's id, also if no handler can read it.
fn receive_span(queue: &Queue, message: &Message) -> Span {
    let span = tracing::info_span!(
        "receive",
        messaging.destination.name = queue.name(),
        messaging.message.id = message.id,
        received = message.receive_count,
    );
    let traceparent = message
        .trace_header
        .as_deref()
        .and_then(telemetry::traceparent_from_xray);
    telemetry::set_parent(&span, traceparent.as_deref());
    span
}

/// Has one message handled, and settles it by the answer.
async fn settle(queue: Queue, handler: Arc<dyn MessageHandler>, message: Message) {
    let outcome = tokio::select! {
        outcome = handler.handle(&message.body) => outcome,
        never = keep_invisible(&queue, &message) => match never {},
    };
    if let Err(error) = apply(&queue, &message, outcome).await {
        // The message becomes visible again by itself.
        tracing::error!(
            queue = queue.name(), message_id = message.id, %error,
            "a message is not settled"
        );
    }
}

async fn apply(
    queue: &Queue,
    message: &Message,
    outcome: Result<(), HandleError>,
) -> Result<(), DatabaseError> {
    let Err(error) = outcome else {
        return queue.delete(&message.receipt).await;
    };
    if error.is_permanent() || message.receive_count >= MAX_RECEIVES {
        queue.bury(message, error.to_string()).await?;
        tracing::error!(
            queue = queue.name(), message_id = message.id,
            received = message.receive_count, %error,
            "a message became a dead letter"
        );
    } else {
        queue.retry_later(message, error.to_string()).await?;
        tracing::warn!(
            queue = queue.name(), message_id = message.id,
            received = message.receive_count, %error,
            "a message is tried again later"
        );
    }
    Ok(())
}

/// Nobody else gets a message for as long as it is being handled here.
async fn keep_invisible(queue: &Queue, message: &Message) -> Infallible {
    loop {
        tokio::time::sleep(EXTENSION_INTERVAL).await;
        if let Err(error) = queue.extend(&message.receipt).await {
            tracing::warn!(
                queue = queue.name(), message_id = message.id, %error,
                "a message may come twice"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Mutex};

    use ambient::SystemClock;
    use async_trait::async_trait;
    use serde_json::Value;
    use telemetry::{Settings, Telemetry};

    use super::*;
    use crate::{
        queue::{NewMessage, Queues},
        shutdown::StopSwitch,
    };

    const QUEUE: &str = "a-queue";
    const TRACE_ID: &str = "5759e988bd862e3fe1be46a994272793";
    const TRACE_HEADER: &str =
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    /// Fails the first time as the message says, and handles it then.
    #[derive(Default)]
    struct Failing {
        handled: Mutex<usize>,
    }

    #[async_trait]
    impl MessageHandler for Failing {
        async fn handle(&self, body: &str) -> Result<(), HandleError> {
            let mut handled = self.handled.lock().expect("the lock");
            *handled += 1;
            match (body, *handled) {
                ("for good", _) => Err(HandleError::Permanent("no event".to_owned())),
                (_, 1) => Err(HandleError::Transient("no mail side".to_owned())),
                _ => Ok(()),
            }
        }
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the lock").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged of a message with that body until its queue is empty.
    async fn logged(body: &str) -> Vec<Value> {
        let log = Log::default();
        let writer = log.clone();
        let telemetry = Telemetry::with(&Settings::default(), "test", move || writer.clone())
            .expect("telemetry");
        let queues = Queues::open(None, &[QUEUE], Arc::new(SystemClock))
            .await
            .expect("queues");
        let message = NewMessage {
            queue: QUEUE,
            body: body.to_owned(),
            trace_header: Some(TRACE_HEADER.to_owned()),
        };
        queues.send(vec![message]).await.expect("sent");
        let (switch, stopping) = StopSwitch::new();
        let consumer = Consumer::new(queues.queue(QUEUE), Arc::new(Failing::default()));
        let running = tokio::spawn(consumer.run(stopping).with_subscriber(telemetry.dispatch()));
        let emptied = async {
            while queues
                .queue(QUEUE)
                .until_next()
                .await
                .expect("a wait")
                .is_some()
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), emptied)
            .await
            .expect("the message is settled");
        switch.stop();
        running.await.expect("it ends");
        telemetry.shutdown();
        let bytes = log.0.lock().expect("the lock");
        let lines = bytes.split(|byte| *byte == b'\n');
        lines
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("JSON"))
            .collect()
    }

    #[tokio::test]
    async fn what_becomes_of_a_message_is_logged_in_words_and_within_its_trace() {
        for (body, level, text) in [
            ("for good", "ERROR", "a message became a dead letter"),
            ("for now", "WARN", "a message is tried again later"),
        ] {
            let lines = logged(body).await;
            assert_eq!(lines.len(), 1, "{lines:?}");
            let line = &lines[0];
            assert_eq!(
                (&line["level"], &line["message"]),
                (&level.into(), &text.into())
            );
            assert_eq!(line["fields"]["message_id"], 1, "{line}");
            assert_eq!(line["trace_id"], TRACE_ID, "{line}");
        }
    }
}
