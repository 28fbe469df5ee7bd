//! `pennypost.email.complained.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// A recipient marked a mail as spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmailComplainedV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The issue whose mail it was, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<Uuid>,
    /// When it happened.
    pub at: Timestamp,
}

impl EventData for EmailComplainedV1 {
    const TYPE: &'static str = "pennypost.email.complained.v1";
    const SOURCE: Source = Source::Delivery;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}
