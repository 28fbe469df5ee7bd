//! What progress reports on an issue share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An issue's recipients by outcome.
///
/// `recipients` = `pending` + `accepted` + `failed` + `suppressed` + `skipped`
/// + `held`; the bounced and the complained are among the accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryCounts {
    /// Everybody the issue is for.
    pub recipients: u64,
    /// Not yet attempted.
    pub pending: u64,
    /// Taken over by the mail side.
    pub accepted: u64,
    /// Refused for good.
    pub failed: u64,
    /// Not attempted: the address bounced or complained before.
    pub suppressed: u64,
    /// Not attempted: unsubscribed or erased before, or the issue was cancelled.
    pub skipped: u64,
    /// Attempted, and nobody knows whether the mail left.
    pub held: u64,
    /// Accepted, and came back.
    pub bounced: u64,
    /// Accepted, and marked as spam.
    pub complained: u64,
}

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Published; sending has not begun.
    Queued,
    /// Going out.
    Sending,
    /// Waiting for an admin.
    Paused,
    /// Ended before everybody had it.
    Cancelled,
    /// Every recipient has an outcome.
    Delivered,
}
