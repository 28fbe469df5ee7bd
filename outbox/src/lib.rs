//! The transactional outbox.
//!
//! A decision and the events about it are committed in one transaction: the
//! events as rows of the service's own table ([`OutboxEvent`]). From there the
//! [`Relay`] puts them on the bus, at least once, and deletes them; what it
//! missed, the [`Sweeper`] finds. The id of the event, of its row and the key
//! by which readers know a repetition are one and the same.

mod bus;
mod event;
mod inbound;
mod relay;
mod row;
mod stream;
mod sweeper;

pub use bus::{BusEntry, BusUnavailable, EntryOutcome, EventBus, MAX_CALL_BYTES, MAX_ENTRIES};
pub use event::{EventTooLarge, Happening, OutboxEvent};
pub use inbound::{HandleError, MessageHandler, SeenEvent};
pub use relay::{Relay, Unpublished};
pub use row::{OutboxRow, PARTITION_PREFIX, PARTITIONS};
pub use stream::{BatchItemFailure, BatchResponse, StreamBatch, StreamRecord};
pub use sweeper::{Sweeper, Swept};
