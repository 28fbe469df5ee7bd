//! `pennypost.issue.published.v2`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ContentHash, EventData, Personal, Source};

/// An issue was published: everybody confirmed by then gets it, once. It may be
/// announced as v1 too; whoever reads both treats the pair as one issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssuePublishedV2 {
    /// The issue.
    pub issue_id: Uuid,
    /// The title, which is the mail's subject.
    pub title: String,
    /// What mail programs show beside the subject, where the admin wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// The display name of the sender, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<Personal>,
    /// The HTML part.
    pub html_content: String,
    /// The plain text part.
    pub text_content: String,
    /// The SHA-256 of title, HTML part and text part, each after its length in
    /// bytes (64 bits, big-endian), as 64 lower-case hexadecimal digits.
    pub content_sha256: ContentHash,
    /// When it was published; who had confirmed by then is a recipient.
    pub published_at: Timestamp,
}

impl IssuePublishedV2 {
    /// Whether the content is the one that was hashed.
    pub fn is_intact(&self) -> bool {
        let content = ContentHash::of(&self.title, &self.html_content, &self.text_content);
        content == self.content_sha256
    }
}

impl EventData for IssuePublishedV2 {
    const TYPE: &'static str = "pennypost.issue.published.v2";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.issue_id.to_string()
    }
}
