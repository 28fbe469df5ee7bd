//! `pennypost.issue.exceptions-recorded.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// Recipients of an issue to whom something other than an accepted mail happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueExceptionsRecordedV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// The shard of recipients this is from.
    pub shard: u16,
    /// The number of the row in the shard's log: with issue and shard it names this record.
    pub row: u64,
    /// Who, and what.
    pub entries: Vec<ExceptionEntry>,
}

impl EventData for IssueExceptionsRecordedV1 {
    const TYPE: &'static str = "pennypost.issue.exceptions-recorded.v1";
    const SOURCE: Source = Source::Delivery;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}

/// One recipient of an issue who is not simply an accepted one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExceptionEntry {
    /// Who.
    pub subscriber_id: Uuid,
    /// What happened.
    pub outcome: ExceptionOutcome,
    /// Why, without the address.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What happened to a recipient instead of an accepted mail, or before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionOutcome {
    /// The mail side refused for good.
    Failed,
    /// The address bounced or complained before.
    Suppressed,
    /// Unsubscribed or erased before the mail, or the issue was cancelled.
    Skipped,
    /// The mail may or may not have left.
    Held,
    /// Was an exception, and turned out to be accepted; or had left before the publication,
    /// which was heard of only when the mail was accepted.
    Accepted,
}
