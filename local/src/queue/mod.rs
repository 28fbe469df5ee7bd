//! Durable queues with the semantics of SQS: a message that is received is
//! invisible to others for a while, and comes again unless it is deleted; what
//! is received too often becomes a dead letter.

mod dead_letter;
mod depth;
mod store;

use std::{collections::HashMap, fmt, path::Path, sync::Arc, time::Duration};

use ambient::SharedClock;
use tokio::sync::Notify;

use crate::database::Database;
pub use crate::database::DatabaseError;

pub use dead_letter::DeadLetter;
pub use depth::Depth;

/// How long a received message is invisible, unless that is extended.
pub const VISIBILITY_TIMEOUT: Duration = Duration::from_secs(30);
/// The most messages of one receive.
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
pub const MAX_RECEIVED_AT_ONCE: usize = 10;
/// A message that was received so often is not received again: it becomes a
/// dead letter. With [`backoff`] between them these attempts span more than
/// half an hour, so that such an outage of the mail side loses nothing.
pub const MAX_RECEIVES: u32 = 16;
/// How long messages and dead letters are kept.
pub const RETENTION: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The wait after the first failed attempt; it doubles with each further one.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// The longest wait between two attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(5 * 60);

/// All queues: they share a database, so that one transaction can send to
/// several.
#[derive(Debug, Clone)]
pub struct Queues {
    database: Database,
    clock: Clock,
    wakers: Arc<HashMap<&'static str, Notify>>,
}

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    queues: Queues,
    name: &'static str,
}

/// A message to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The queue it goes to.
    pub queue: &'static str,
    /// What it says.
    pub body: String,
    /// SQS's attribute `AWSTraceHeader`.
    pub trace_header: Option<String>,
}

/// A received message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the message for as long as it exists.
    pub id: i64,
    /// Names this receive: a later one makes it void.
    pub receipt: String,
    /// What it says.
    pub body: String,
    /// SQS's attribute `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// Without the body, which tells who somebody is.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// Without the body, which tells who somebody is.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("receive_count", &self.receive_count)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Clock(SharedClock);

impl Clock {
    /// Milliseconds since the epoch.
    fn now(&self) -> i64 {
        self.0.now().as_millisecond()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Queues {
    /// Opens the queues `names` in the file `path`, or in memory. Whoever had
    /// received a message before is gone: all are visible.
    ///
    /// # Errors
    /// [`DatabaseError`] if the file cannot be opened or is no database.
    pub async fn open(
        path: Option<&Path>,
        names: &[&'static str],
        clock: SharedClock,
    ) -> Result<Self, DatabaseError> {
        let queues = Self {
            database: Database::open(path, store::SCHEMA)?,
            clock: Clock(clock),
            wakers: Arc::new(names.iter().map(|name| (*name, Notify::new())).collect()),
        };
        queues.make_all_visible().await?;
        Ok(queues)
    }

    /// The queue `name`, which is one of those that were opened: nobody is
    /// woken for another.
    pub fn queue(&self, name: &'static str) -> Queue {
        Queue {
            queues: self.clone(),
            name,
        }
    }

    /// All of them, by name.
    pub fn all(&self) -> Vec<Queue> {
        let mut all: Vec<_> = self.wakers.keys().map(|name| self.queue(name)).collect();
        all.sort_by_key(|queue| queue.name);
        all
    }

    fn wake(&self, name: &str) {
        if let Some(waker) = self.wakers.get(name) {
            waker.notify_one();
        }
    }
}

impl Queue {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Waits until something was sent to this queue since the last wait ended,
    /// `longest` at most. There is one waiter for each queue.
    pub async fn wait_for_messages(&self, longest: Duration) {
        if let Some(waker) = self.queues.wakers.get(self.name) {
            // Running out of time is an answer like the other.
            let _timed_out = tokio::time::timeout(longest, waker.notified())
                .await
                .is_err();
        }
    }
}

/// The wait before a message is visible again that was received
/// `receive_count` times and not handled.
pub fn backoff(receive_count: u32) -> Duration {
    let doublings = receive_count.saturating_sub(1).min(31);
    FIRST_BACKOFF
        .saturating_mul(1 << doublings)
        .min(MAX_BACKOFF)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        assert_eq!(backoff(1), Duration::from_secs(1));
        assert_eq!(backoff(2), Duration::from_secs(2));
        assert_eq!(backoff(9), Duration::from_secs(256));
        assert_eq!(backoff(10), MAX_BACKOFF);
        assert_eq!(backoff(u32::MAX), MAX_BACKOFF);
    }

    #[test]
    fn what_a_message_says_is_not_in_its_debug_form() {
        let new = NewMessage {
            queue: "a-queue",
            body: "ada@example.org".to_owned(),
            trace_header: None,
        };
        let received = Message {
            id: 7,
            receipt: "a receipt".to_owned(),
            body: new.body.clone(),
            trace_header: None,
            receive_count: 1,
        };
        let letter = DeadLetter {
            id: 8,
            queue: "a-queue".to_owned(),
            body: new.body.clone(),
            sent_at: jiff::Timestamp::UNIX_EPOCH,
            died_at: jiff::Timestamp::UNIX_EPOCH,
            receive_count: 1,
            reason: "for good".to_owned(),
        };
        let shown = format!("{new:?} {received:?} {letter:?}");
        assert!(
            !shown.contains("ada@") && shown.contains("id: 7"),
            "{shown}"
        );
    }

    #[test]
    fn a_message_outlives_half_an_hour_of_failures() {
        let total: Duration = (1..MAX_RECEIVES).map(backoff).sum();
        assert!(total > Duration::from_secs(30 * 60), "{total:?}");
    }
}
