//! An event that exists in these tests alone, so that no event of ours has to
//! stay for them.

use contracts::{EventData, EventKind, Source};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// A version that is published in every copy, and one that is a draft there.
pub const PUBLISHED: &str = "pennypost.sample.written.v1";
pub const DRAFT: &str = "pennypost.sample.written.v2";

/// Something was written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SampleWrittenV1 {
    /// What it is about.
    pub sample_id: Uuid,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
}

impl EventData for SampleWrittenV1 {
    const TYPE: &'static str = PUBLISHED;
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.sample_id.to_string()
    }
}

/// The same, and the preheader.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SampleWrittenV2 {
    /// What it is about.
    pub sample_id: Uuid,
    /// The title.
    pub title: String,
    /// What stands below the title.
    pub preheader: String,
}

impl EventData for SampleWrittenV2 {
    const TYPE: &'static str = DRAFT;
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.sample_id.to_string()
    }
}

/// Both versions.
pub fn kinds() -> Vec<EventKind> {
    vec![
        EventKind::of::<SampleWrittenV1>(),
        EventKind::of::<SampleWrittenV2>(),
    ]
}

/// An example of the version `event_type`.
pub fn example(event_type: &str) -> Value {
    let id = Uuid::from_u128(7);
    let data = if event_type == PUBLISHED {
        json!({
            "sample_id": id,
            "title": "The Dispossessed",
            "text": "An ambiguous utopia.",
            "at": "2026-11-02T09:00:00Z",
        })
    } else {
        json!({"sample_id": id, "title": "The Dispossessed", "preheader": "A utopia"})
    };
    json!({
        "specversion": "1.0",
        "id": Uuid::from_u128(5),
        "source": "pennypost.subscriptions",
        "type": event_type,
        "time": "2026-11-02T09:00:00Z",
        "subject": id,
        "datacontenttype": "application/json",
        "dataschema": format!("urn:pennypost:schema:{event_type}"),
        "stage": "local",
        "data": data,
    })
}
