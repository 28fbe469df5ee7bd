//! `pennypost.email.bounced.v1`

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventData, Source};

/// A mail could not be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmailBouncedV1 {
    /// Whom this is about.
    pub subscriber_id: Uuid,
    /// The issue whose mail it was; none for a confirmation mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<Uuid>,
    /// Whether trying again could help.
    pub kind: BounceKind,
    /// What the receiving side said, without the address.
    pub diagnostic: String,
    /// When it happened.
    pub at: Timestamp,
}

impl EventData for EmailBouncedV1 {
    const TYPE: &'static str = "pennypost.email.bounced.v1";
    const SOURCE: Source = Source::Delivery;

    fn subject(&self) -> String {
        self.subscriber_id.to_string()
    }
}

/// Whether trying again could help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BounceKind {
    /// The address does not take mail: send nothing there again.
    Permanent,
    /// A passing fault, such as a full mailbox.
    Transient,
}
