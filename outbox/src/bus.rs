//! The event bus, as a port.

use std::fmt;

use async_trait::async_trait;

/// The most entries one call takes.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub const MAX_ENTRIES: usize = 10;
/// The most bytes of all entries of one call together: under the 256 KB of
/// PutEvents, with room for what is counted beside the detail.
pub const MAX_CALL_BYTES: usize = 250 * 1024;

/// An event on its way to the bus: an entry of PutEvents.
#[derive(Clone, PartialEq, Eq)]
pub struct BusEntry {
    /// The publishing service.
    pub source: String,
    /// The event's type.
    pub detail_type: String,
    /// The CloudEvent as JSON.
    pub detail: String,
    /// The trace it belongs to, in the form of X-Ray's `X-Amzn-Trace-Id`: the
    /// only one that EventBridge and SQS carry.
    pub trace_header: Option<String>,
}

impl BusEntry {
    /// Its size as PutEvents counts it.
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
    pub fn size(&self) -> usize {
        self.source.len() + self.detail_type.len() + self.detail.len()
    }
}

/// Without the detail, which tells who somebody is.
impl fmt::Debug for BusEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusEntry")
            .field("source", &self.source)
            .field("detail_type", &self.detail_type)
            .finish_non_exhaustive()
    }
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryOutcome {
    /// The bus has it, for good.
    Accepted,
    /// Not now: `InternalFailure` or `ThrottlingException`.
    TryAgain(String),
    /// Never, for the reason in this error code.
    Refused(String),
}

/// The call as a whole failed; some entries may be on the bus all the same.
#[derive(Debug, thiserror::Error)]
#[error("the event bus is unavailable: {0}")]
pub struct BusUnavailable(pub String);

/// Takes events and hands each to every queue whose rule matches it.
#[async_trait]
pub trait EventBus: Send + Sync + 'static {
    /// Puts up to [`MAX_ENTRIES`] entries of [`MAX_CALL_BYTES`] together.
    ///
    /// MUST answer one outcome for each entry, in their order. `Accepted` MUST
    /// mean that the entry survives a crash. An entry may be delivered more
    /// than once, and in any order.
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable>;
}
