//! `pennypost.issue.held-resolution-requested.v1`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// An admin decided what becomes of recipients whose mail may or may not have left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueHeldResolutionRequestedV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// The order of this issue's resolutions, counted apart from the control events; by it
    /// delivery knows one that comes again.
    pub version: u64,
    /// What is to be done.
    pub action: HeldAction,
    /// Whom it is about.
    pub subscriber_ids: HeldSelection,
}

impl EventData for IssueHeldResolutionRequestedV1 {
    const TYPE: &'static str = "pennypost.issue.held-resolution-requested.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}

/// What becomes of held recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldAction {
    /// Send again, which may mail somebody twice.
    Resend,
    /// Send nothing: they count as failed.
    Drop,
}

/// Which of the held recipients are meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum HeldSelection {
    /// These.
    These(Vec<Uuid>),
    /// All that are held when delivery hears of it.
    All(AllHeld),
}

/// The word `"all"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllHeld {
    /// Written `"all"`.
    All,
}
