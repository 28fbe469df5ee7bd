//! The outbox row.

use std::fmt;

use contracts::CloudEvent;
use dynamo::{Item, Key};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::bus::BusEntry;

/// Rows are spread over this many partitions: one takes about 1,000 write
/// units a second.
pub const PARTITIONS: u8 = 16;
/// What every row's partition key starts with; the stream is filtered by it.
pub const PARTITION_PREFIX: &str = "OUTBOX#";

/// A row that nobody could publish is deleted after this long, so that what an
/// event says about a person does not outlive their erasure.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event as it waits in the table for the relay.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The event's id.
    pub id: Uuid,
    /// The publishing service.
    pub source: String,
    /// The event's type.
    pub detail_type: String,
    /// The CloudEvent as JSON.
    pub detail: String,
    /// W3C Trace Context of the span in which the event happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
}

impl OutboxRow {
    /// The partition of rows whose id falls to `number`, which is below
    /// [`PARTITIONS`].
    pub(crate) fn partition(number: u8) -> String {
        format!("{PARTITION_PREFIX}{number:02}")
    }

    /// Where the row stands: in its partition the oldest comes first.
    pub(crate) fn key(&self) -> Key {
        // The last byte of a version 4 UUID is random.
        let number = self.id.as_bytes()[15] % PARTITIONS;
        let since_epoch = self.created_at.as_millisecond();
        Key::new(
            Self::partition(number),
            format!("{since_epoch:015}#{}", self.id),
        )
    }

    pub(crate) fn item(&self) -> Item {
        Item::new(&self.key(), self).expiring(self.created_at + LIFETIME)
    }

    /// The row as an entry for the bus, sent within the span that
    /// `traceparent` names: what handles the event is that span's child.
    pub(crate) fn entry(&self, traceparent: Option<String>) -> BusEntry {
        BusEntry {
            source: self.source.clone(),
            detail_type: self.detail_type.clone(),
            trace_header: traceparent
                .as_deref()
                .and_then(telemetry::xray_trace_header),
            detail: self.detail_within(traceparent),
        }
    }

    fn detail_within(&self, traceparent: Option<String>) -> String {
        let within = || {
            let mut event: CloudEvent<Box<RawValue>> = serde_json::from_str(&self.detail).ok()?;
            event.traceparent = Some(traceparent?);
            serde_json::to_string(&event).ok()
        };
        // Where there is no trace, or no event, the row goes as it is.
        within().unwrap_or_else(|| self.detail.clone())
    }
}

/// Without the detail, which tells who somebody is.
impl fmt::Debug for OutboxRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxRow")
            .field("id", &self.id)
            .field("detail_type", &self.detail_type)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
