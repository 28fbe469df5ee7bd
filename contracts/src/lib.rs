//! The one thing that joins `subscriptions` and `delivery`: every event that
//! crosses between them, and the envelope it travels in.
//!
//! An event is CloudEvents 1.0 structured JSON ([`CloudEvent`]) and rides as
//! the `detail` of an EventBridge event ([`BusEvent`]). Each version of each
//! event has a file of its own in [`events`], a JSON Schema in `schemas/` and
//! an example in `examples/`. Readers ignore fields they do not know. A version
//! that stands in `published.lock` is frozen.

mod bus_event;
mod catalogue;
mod cloud_event;
mod content_hash;
mod declaration;
mod event_type;
pub mod events;
mod personal;

pub use bus_event::{BusEvent, DecodeError};
pub use catalogue::{AnyEvent, EventKind, catalogue};
pub use cloud_event::{CloudEvent, EventData, Source, SpecVersion};
pub use content_hash::{ContentHash, NotAContentHash};
pub use declaration::{NotConsumed, Queue};
pub use event_type::EventType;
pub use personal::Personal;

/// The most bytes a serialised event may have. EventBridge takes 256 KB a
/// call; this leaves room for its own envelope and for SQS's.
pub const MAX_EVENT_BYTES: usize = 180 * 1024;
