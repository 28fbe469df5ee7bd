//! `pennypost.issue.delivery-progressed.v1`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DeliveryCounts, DeliveryStatus};

use crate::{EventData, Source};

/// How far the sending of an issue is; an older version never overwrites a newer one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueDeliveryProgressedV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// Grows with every report on this issue.
    pub version: u64,
    /// Where the issue stands.
    pub status: DeliveryStatus,
    /// Why it is paused, where it paused itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The recipients by outcome.
    pub counts: DeliveryCounts,
}

impl EventData for IssueDeliveryProgressedV1 {
    const TYPE: &'static str = "pennypost.issue.delivery-progressed.v1";
    const SOURCE: Source = Source::Delivery;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}
