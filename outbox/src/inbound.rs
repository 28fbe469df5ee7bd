//! The other end: a message from a queue, handled once.

use async_trait::async_trait;
use dynamo::{CommitError, Condition, Item, Key, ReadError, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a handled event's id is remembered: longer than a queue and its
/// dead letters keep a message (14 days each).
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The label of the action that remembers an event.
const LABEL: &str = "seen event";

/// Handles the messages of one queue.
#[async_trait]
pub trait MessageHandler: Send + Sync + 'static {
    /// Handles a message by its body, an EventBridge event.
    ///
    /// MUST be idempotent: a message comes twice, late, and out of order.
    /// `Ok` MUST mean that the message can be forgotten.
    async fn handle(&self, body: &str) -> Result<(), HandleError>;
}

/// A message was not handled. The texts hold no addresses, names or tokens.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// Trying again later may help.
    #[error("for now: {0}")]
    Transient(String),
    /// It never will: the message belongs to the dead letters.
    #[error("for good: {0}")]
    Permanent(String),
}

impl HandleError {
    /// Whether the message belongs to the dead letters at once.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent(_))
    }
}

impl From<ReadError> for HandleError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(_) => Self::Transient(error.to_string()),
            ReadError::Corrupt { .. } => Self::Permanent(error.to_string()),
        }
    }
}

impl From<CommitError> for HandleError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Invalid(_) => Self::Permanent(error.to_string()),
            CommitError::ConditionFailed(_) | CommitError::Unavailable(_) => {
                Self::Transient(error.to_string())
            }
        }
    }
}

impl From<contracts::DecodeError> for HandleError {
    fn from(error: contracts::DecodeError) -> Self {
        Self::Permanent(error.to_string())
    }
}

/// The memory of an event that was handled: its row in the handling service's
/// own table, written in the transaction of the event's effect.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SeenEvent {
    /// The event's id.
    pub event_id: Uuid,
    /// When it was handled.
    pub at: Timestamp,
}

impl SeenEvent {
    /// Remembers that `event_id` was handled `at` that moment.
    pub fn new(event_id: Uuid, at: Timestamp) -> Self {
        Self { event_id, at }
    }

    /// Adds the memory to the transaction of the effect, which thereby fails
    /// if the event was handled before: see [`SeenEvent::was_repeated`].
    pub fn write(&self, transaction: &mut Transaction) {
        let item = Item::new(&Self::key(self.event_id), self).expiring(self.at + REMEMBERED);
        transaction.put(LABEL, item, Condition::Absent);
    }

    /// Lets the transaction through only if `event_id` was not handled before,
    /// without remembering it yet: see [`SeenEvent::was_repeated`].
    pub fn check_unknown(transaction: &mut Transaction, event_id: Uuid) {
        transaction.check(LABEL, &Self::key(event_id), Condition::Absent);
    }

    /// Whether a transaction failed because the event was handled before.
    pub fn was_repeated(error: &CommitError) -> bool {
        error.failed(LABEL)
    }

    /// Whether `event_id` was handled before.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn is_known(table: &Table, event_id: Uuid) -> Result<bool, ReadError> {
        Ok(table.get::<Self>(&Self::key(event_id)).await?.is_some())
    }

    fn key(event_id: Uuid) -> Key {
        Key::alone(format!("SEEN#{event_id}"))
    }
}
