//! `pennypost.issue.published.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// An issue was published: everybody confirmed by then gets it, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssuePublishedV1 {
    /// The issue.
    pub issue_id: Uuid,
    /// The title, which is the mail's subject.
    pub title: String,
    /// The HTML part.
    pub html_content: String,
    /// The plain text part.
    pub text_content: String,
    /// When it was published; who had confirmed by then is a recipient.
    pub published_at: Timestamp,
}

impl EventData for IssuePublishedV1 {
    const TYPE: &'static str = "pennypost.issue.published.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}
