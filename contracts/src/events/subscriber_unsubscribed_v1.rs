//! `pennypost.subscriber.unsubscribed.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// A subscriber gets no further issue, until they subscribe and confirm again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubscriberUnsubscribedV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The subscriber's version after this change; it only grows, and a reader applies only newer ones.
    pub version: u64,
    /// Why.
    pub reason: UnsubscribeReason,
    /// The issue whose mail led to it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<Uuid>,
    /// When it happened.
    pub at: Timestamp,
}

impl EventData for SubscriberUnsubscribedV1 {
    const TYPE: &'static str = "pennypost.subscriber.unsubscribed.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}

/// Why somebody gets no further issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnsubscribeReason {
    /// They used the link.
    #[serde(rename = "self")]
    SelfService,
    /// An admin did it.
    Admin,
    /// Their address does not take mail.
    Bounce,
    /// They marked a mail as spam.
    Complaint,
}
