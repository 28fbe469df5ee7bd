//! Addresses that are not to be mailed unless their owner asks for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why an address is not to be mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuppressionKind {
    /// A mail came back for good.
    Bounced,
    /// A mail was marked as spam.
    Complained,
}

/// An address bounced or complained, and has not been confirmed since. It
/// outlives the subscriber's erasure, beside the keyed hash of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suppression {
    /// Which of the two, the last time.
    pub(crate) kind: SuppressionKind,
    /// When.
    pub(crate) at: Timestamp,
}
