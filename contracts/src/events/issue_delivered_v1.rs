//! `pennypost.issue.delivered.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::DeliveryCounts;

use crate::{EventData, Source};

/// An issue went out: every recipient has an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueDeliveredV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// The same count as that of the progress reports.
    pub version: u64,
    /// The recipients by outcome.
    pub counts: DeliveryCounts,
    /// When sending began.
    pub started_at: Timestamp,
    /// When the last recipient was settled.
    pub finished_at: Timestamp,
}

impl EventData for IssueDeliveredV1 {
    const TYPE: &'static str = "pennypost.issue.delivered.v1";
    const SOURCE: Source = Source::Delivery;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}
