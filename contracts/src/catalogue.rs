//! All events in one list, for what treats them alike: schemas, the rules of
//! the bus, documentation.

use std::fmt;

use schemars::{JsonSchema, Schema, schema_for};
use serde_json::{Value, json};

use crate::{BusEvent, CloudEvent, DecodeError, EventData, Source, events};

/// One version of one event.
#[derive(Debug, Clone, Copy)]
pub struct EventKind {
    /// The CloudEvents `type`, also EventBridge's `detail-type`.
    pub event_type: &'static str,
    /// The service that publishes it.
    pub source: Source,
    schema: fn() -> Schema,
    decode: fn(&BusEvent) -> Result<Box<dyn AnyEvent>, DecodeError>,
}

/// An event of whatever kind, decoded.
pub trait AnyEvent: fmt::Debug {
    /// Writes it as JSON again.
    ///
    /// # Errors
    /// As [`serde_json::to_string`].
    fn to_json(&self) -> Result<String, serde_json::Error>;

    /// Writes it as its publisher writes it: the same data, in an envelope of
    /// today.
    ///
    /// # Errors
    /// As [`serde_json::to_string`].
    fn published_anew(self: Box<Self>) -> Result<String, serde_json::Error>;
}

impl<D: EventData + fmt::Debug> AnyEvent for CloudEvent<D> {
    fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn published_anew(self: Box<Self>) -> Result<String, serde_json::Error> {
        let event = *self;
        serde_json::to_string(&Self::new(
            event.id,
            event.time,
            &event.stage,
            event.traceparent,
            event.data,
        ))
    }
}

/// Every version of every event, in the order of the documentation.
pub fn catalogue() -> &'static [EventKind] {
    static ALL: &[EventKind] = &[
        EventKind::of::<events::SubscriberRegisteredV1>(),
        EventKind::of::<events::SubscriberConfirmedV1>(),
        EventKind::of::<events::SubscriberUnsubscribedV1>(),
        EventKind::of::<events::SubscriberErasedV1>(),
        EventKind::of::<events::IssuePublishedV1>(),
        EventKind::of::<events::IssuePublishedV2>(),
        EventKind::of::<events::SubscribersImportedV1>(),
        EventKind::of::<events::IssuePauseRequestedV1>(),
        EventKind::of::<events::IssueResumeRequestedV1>(),
        EventKind::of::<events::IssueCancelRequestedV1>(),
        EventKind::of::<events::IssueHeldResolutionRequestedV1>(),
        EventKind::of::<events::IssueDeliveryProgressedV1>(),
        EventKind::of::<events::IssueExceptionsRecordedV1>(),
        EventKind::of::<events::IssueDeliveredV1>(),
        EventKind::of::<events::EmailBouncedV1>(),
        EventKind::of::<events::EmailComplainedV1>(),
    ];
    ALL
}

impl EventKind {
    /// The kind of events that carry `D`.
    pub const fn of<D: EventData + fmt::Debug + 'static>() -> Self {
        Self {
            event_type: D::TYPE,
            source: D::SOURCE,
            schema: schema::<D>,
            decode: decode::<D>,
        }
    }

    /// The JSON Schema (2020-12) of the whole [`CloudEvent`]; `type`, `source`
    /// and the like are constants, so that it fits this kind alone.
    pub fn schema(&self) -> Schema {
        (self.schema)()
    }

    /// Reads `event` as this kind.
    ///
    /// # Errors
    /// As [`BusEvent::decode`].
    pub fn decode(&self, event: &BusEvent) -> Result<Box<dyn AnyEvent>, DecodeError> {
        (self.decode)(event)
    }
}

fn decode<D: EventData + fmt::Debug + 'static>(
    event: &BusEvent,
) -> Result<Box<dyn AnyEvent>, DecodeError> {
    Ok(Box::new(event.decode::<D>()?))
}

fn schema<D: EventData>() -> Schema {
    let mut schema = schema_for!(CloudEvent<D>);
    schema.insert("$id".to_owned(), CloudEvent::<D>::schema_name().into());
    schema.insert("title".to_owned(), D::TYPE.into());
    for (property, constant) in [
        ("type", D::TYPE),
        ("source", D::SOURCE.as_str()),
        ("datacontenttype", CloudEvent::<D>::CONTENT_TYPE),
        ("dataschema", &CloudEvent::<D>::schema_name()),
    ] {
        if let Some(described) = schema.pointer_mut(&format!("/properties/{property}")) {
            let description = described.get("description").cloned();
            *described = json!({ "const": constant });
            if let (Some(it), Some(text)) = (described.as_object_mut(), description) {
                it.insert("description".to_owned(), text);
            }
        }
    }
    // No property refers to it any more.
    if let Some(defs) = schema.pointer_mut("/$defs").and_then(Value::as_object_mut) {
        defs.remove(Source::schema_name().as_ref());
    }
    schema
}
