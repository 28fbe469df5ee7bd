//! The CloudEvents 1.0 envelope.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// What one version of one event carries.
pub trait EventData: Serialize + DeserializeOwned + JsonSchema {
    /// The CloudEvents `type`, also EventBridge's `detail-type`.
    const TYPE: &'static str;
    /// The service that publishes it.
    const SOURCE: Source;

    /// The id of what the event is about: the CloudEvents `subject`.
    fn subject(&self) -> String;
}

/// A service that publishes events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Source {
    /// Subscribers, admins, issues.
    #[serde(rename = "pennypost.subscriptions")]
    Subscriptions,
    /// Recipients and mail.
    #[serde(rename = "pennypost.delivery")]
    Delivery,
}

impl Source {
    /// As it stands in CloudEvents' and EventBridge's `source`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subscriptions => "pennypost.subscriptions",
            Self::Delivery => "pennypost.delivery",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The version of CloudEvents: always `1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SpecVersion {
    /// CloudEvents 1.0.
    #[serde(rename = "1.0")]
    V1,
}

/// An event in its CloudEvents 1.0 structured JSON form.
///
/// Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>,
/// with the `traceparent` extension of its distributed tracing document and an
/// extension of ours, `stage`, that the bus rules match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CloudEvent<D> {
    /// The version of the envelope.
    pub specversion: SpecVersion,
    /// Names the event: it is also the outbox row's id and the key by which a
    /// reader knows that it has seen it.
    pub id: Uuid,
    /// Who published it.
    pub source: Source,
    /// Event name and version, such as `pennypost.subscriber.confirmed.v1`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When it happened.
    pub time: Timestamp,
    /// The id of what it is about.
    pub subject: String,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Names the schema of `data`.
    pub dataschema: String,
    /// W3C Trace Context of the span that published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The deployment it belongs to, such as `local` or `production`; one bus
    /// can carry several.
    pub stage: String,
    /// What happened.
    pub data: D,
}

impl<D: EventData> CloudEvent<D> {
    /// The only `datacontenttype`.
    pub const CONTENT_TYPE: &'static str = "application/json";

    /// The `dataschema` of this kind of event, also the `$id` of its schema.
    pub fn schema_name() -> String {
        format!("urn:pennypost:schema:{}", D::TYPE)
    }

    /// Wraps `data`.
    pub fn new(
        id: Uuid,
        time: Timestamp,
        stage: &str,
        traceparent: Option<String>,
        data: D,
    ) -> Self {
        Self {
            specversion: SpecVersion::V1,
            id,
            source: D::SOURCE,
            event_type: D::TYPE.to_owned(),
            time,
            subject: data.subject(),
            datacontenttype: Self::CONTENT_TYPE.to_owned(),
            dataschema: Self::schema_name(),
            traceparent,
            stage: stage.to_owned(),
            data,
        }
    }
}
