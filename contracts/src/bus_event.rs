//! An event as EventBridge hands it to a queue.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{CloudEvent, EventData, EventType, NotConsumed};

/// What a bus that is not AWS's says for `account`.
const NO_ACCOUNT: &str = "000000000000";

/// What a bus that is not AWS's says for `region`.
const NO_REGION: &str = "local";

/// The part of EventBridge's envelope that readers use; a queue message's body
/// is one of these.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>
#[derive(Serialize, Deserialize)]
pub struct BusEvent {
    /// The CloudEvents `type`.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// The CloudEvents `source`.
    pub source: String,
    /// The [`CloudEvent`], not yet looked into.
    pub detail: Box<RawValue>,
}

impl fmt::Debug for BusEvent {
    /// Shows a type that has the shape of ours, and nothing else: whoever sent
    /// the event chose the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusEvent")
            .field("detail_type", &EventType::parse(&self.detail_type))
            .finish_non_exhaustive()
    }
}

/// What arrived is no event that we know. Trying again does not help. The
/// text tells the place of the fault and never a value.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The body is not an EventBridge event.
    #[error("the message is not an EventBridge event (line {line}, column {column})")]
    Envelope {
        /// Where in the text, from 1.
        line: usize,
        /// Where in the line, from 1.
        column: usize,
    },
    /// The detail does not fit the type it says it has.
    #[error("the detail is not a valid {event_type} ({category}, line {line}, column {column})")]
    Detail {
        /// The type that was expected.
        event_type: &'static str,
        /// `syntax`, `data` or `eof`: serde's own text can hold a value.
        category: &'static str,
        /// Where in the text, from 1.
        line: usize,
        /// Where in the line, from 1.
        column: usize,
    },
    /// The reader does not consume events of this type.
    #[error(transparent)]
    NotConsumed(#[from] NotConsumed),
    /// `detail-type` and the CloudEvents `type` differ.
    #[error("detail-type says {expected}, the event inside says another type")]
    TypeMismatch {
        /// The `detail-type`.
        expected: &'static str,
    },
    /// The event says it comes from a service that does not publish its type.
    #[error("the {event_type} says it comes from another service than the one that publishes it")]
    SourceMismatch {
        /// The type.
        event_type: &'static str,
    },
}

impl BusEvent {
    /// Writes the body of a queue message as EventBridge does, for buses that
    /// stand in for it. `id` and `time` are the bus's own; `detail` is the
    /// serialised [`CloudEvent`], taken over byte by byte.
    ///
    /// # Errors
    /// `detail` is not JSON.
    pub fn wrap(
        id: Uuid,
        time: Timestamp,
        detail_type: &str,
        source: &str,
        detail: &str,
    ) -> Result<String, serde_json::Error> {
        serde_json::to_string(&EventBridgeEvent {
            version: "0",
            id,
            detail_type,
            source,
            account: NO_ACCOUNT,
            time,
            region: NO_REGION,
            resources: [],
            detail: serde_json::from_str(detail)?,
        })
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`DecodeError::Envelope`] if it is none.
    pub fn parse(body: &str) -> Result<Self, DecodeError> {
        serde_json::from_str(body).map_err(|error| DecodeError::Envelope {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Reads the detail as the event `D`, ignoring fields it does not know.
    ///
    /// # Errors
    /// [`DecodeError::Detail`] if a field is missing or of another kind,
    /// [`DecodeError::TypeMismatch`] or [`DecodeError::SourceMismatch`] if the
    /// envelope inside names another type or the wrong service.
    pub fn decode<D: EventData>(&self) -> Result<CloudEvent<D>, DecodeError> {
        let event: CloudEvent<D> =
            serde_json::from_str(self.detail.get()).map_err(|error| DecodeError::Detail {
                event_type: D::TYPE,
                category: match error.classify() {
                    serde_json::error::Category::Syntax => "syntax",
                    serde_json::error::Category::Eof => "eof",
                    _ => "data",
                },
                line: error.line(),
                column: error.column(),
            })?;
        if event.event_type != D::TYPE {
            return Err(DecodeError::TypeMismatch { expected: D::TYPE });
        }
        if event.source != D::SOURCE {
            return Err(DecodeError::SourceMismatch {
                event_type: D::TYPE,
            });
        }
        Ok(event)
    }
}

/// EventBridge's envelope, whole.
#[derive(Serialize)]
struct EventBridgeEvent<'a> {
    version: &'static str,
    id: Uuid,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'static str,
    time: Timestamp,
    region: &'static str,
    resources: [&'static str; 0],
    detail: &'a RawValue,
}
