//! `pennypost.subscriber.confirmed.v1`

use crate::Personal;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// A subscriber confirmed: issues published from now on go to this address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubscriberConfirmedV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The subscriber's version after this change; it only grows, and a reader applies only newer ones.
    pub version: u64,
    /// The address as it was typed; mail goes there.
    pub email: Personal,
    /// The name as it was typed.
    pub name: Personal,
    /// The link that unsubscribes this subscriber; it never expires.
    pub unsubscribe_url: Personal,
    /// When the subscriber confirmed; issues published at or after this moment are for them.
    pub confirmed_at: Timestamp,
}

impl EventData for SubscriberConfirmedV1 {
    const TYPE: &'static str = "pennypost.subscriber.confirmed.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}
