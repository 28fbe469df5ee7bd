//! `pennypost.subscriber.erased.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// A subscriber and all that was known of them is to be forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubscriberErasedV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The subscriber's version after this change; it only grows, and a reader applies only newer ones.
    pub version: u64,
    /// When it happened.
    pub at: Timestamp,
}

impl EventData for SubscriberErasedV1 {
    const TYPE: &'static str = "pennypost.subscriber.erased.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}
