//! An event that waits for its transaction.

use contracts::{CloudEvent, EventData, MAX_EVENT_BYTES};
use dynamo::{Condition, Transaction};
use jiff::Timestamp;
use uuid::Uuid;

use crate::row::OutboxRow;

/// The label of an outbox row's action in a transaction.
const LABEL: &str = "outbox row";

/// The circumstances of an event.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// The event's id, fresh and random.
    pub id: Uuid,
    /// When it happens.
    pub at: Timestamp,
    /// The deployment it happens in.
    pub stage: &'a str,
}

/// An event, serialised, that can only be written in a transaction.
#[derive(Debug)] // names the event, as its row does
pub struct OutboxEvent {
    row: OutboxRow,
}

/// The event would not fit on the bus.
#[derive(Debug, thiserror::Error)]
#[error("the event has {bytes} bytes, {} more than the {MAX_EVENT_BYTES} that fit", self.excess())]
pub struct EventTooLarge {
    /// How large it is.
    pub bytes: usize,
}

impl EventTooLarge {
    /// By how many bytes it is too large.
    pub fn excess(&self) -> usize {
        self.bytes.saturating_sub(MAX_EVENT_BYTES)
    }
}

impl OutboxEvent {
    /// Wraps `data` and remembers the present span. The relay's PRODUCER span
    /// becomes its child: an event that is never committed leaves no trace.
    ///
    /// # Errors
    /// [`EventTooLarge`] beyond [`MAX_EVENT_BYTES`].
    ///
    /// # Panics
    /// If `data` does not serialise: its types are ours, so that is a mistake
    /// in the program that any test of it shows.
    pub fn new<D: EventData>(data: D, happening: Happening<'_>) -> Result<Self, EventTooLarge> {
        let traceparent = telemetry::current_traceparent();
        let event = CloudEvent::new(
            happening.id,
            happening.at,
            happening.stage,
            traceparent.clone(),
            data,
        );
        let detail = serde_json::to_string(&event).expect("an event is plain data");
        if detail.len() > MAX_EVENT_BYTES {
            return Err(EventTooLarge {
                bytes: detail.len(),
            });
        }
        Ok(Self {
            row: OutboxRow {
                id: happening.id,
                source: D::SOURCE.as_str().to_owned(),
                detail_type: D::TYPE.to_owned(),
                detail,
                traceparent,
                created_at: happening.at,
            },
        })
    }

    /// The event's id.
    pub fn id(&self) -> Uuid {
        self.row.id
    }

    /// The event's type.
    pub fn event_type(&self) -> &str {
        &self.row.detail_type
    }

    /// The serialised event.
    pub fn detail(&self) -> &str {
        &self.row.detail
    }

    /// Adds the event to the transaction that makes it true.
    pub fn write(&self, transaction: &mut Transaction) {
        transaction.put(LABEL, self.row.item(), Condition::Absent);
    }
}
