//! `pennypost.issue.cancel-requested.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// An admin wants an issue to go to nobody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueCancelRequestedV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// The order of this issue's control events: pause, resume and cancel share one count.
    pub version: u64,
    /// When it happened.
    pub at: Timestamp,
}

impl EventData for IssueCancelRequestedV1 {
    const TYPE: &'static str = "pennypost.issue.cancel-requested.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}
