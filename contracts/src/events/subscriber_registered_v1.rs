//! `pennypost.subscriber.registered.v1`

use crate::Personal;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// Somebody asked to be subscribed and is to confirm it by the link in a mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubscriberRegisteredV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The subscriber's version after this change; it only grows, and a reader applies only newer ones.
    pub version: u64,
    /// The address as it was typed; mail goes there.
    pub email: Personal,
    /// The name as it was typed.
    pub name: Personal,
    /// The link that confirms; whoever holds it can confirm.
    pub confirmation_url: Personal,
    /// The link that unsubscribes this subscriber; it never expires.
    pub unsubscribe_url: Personal,
    /// When the link stops to confirm.
    pub expires_at: Timestamp,
}

impl EventData for SubscriberRegisteredV1 {
    const TYPE: &'static str = "pennypost.subscriber.registered.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}
