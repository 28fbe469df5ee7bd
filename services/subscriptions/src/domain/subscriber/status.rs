//! Where subscribers stand.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriberStatus {
    /// Asked, and has not confirmed.
    Pending,
    /// Gets the issues.
    Confirmed,
    /// Does not want them any more.
    Unsubscribed,
    /// The address does not take mail.
    Bounced,
    /// Marked a mail as spam.
    Complained,
}

impl SubscriberStatus {
    /// Every status there is.
    pub(crate) const ALL: [Self; 5] = [
        Self::Pending,
        Self::Confirmed,
        Self::Unsubscribed,
        Self::Bounced,
        Self::Complained,
    ];

    /// The status as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads what programs write; none if it is no status.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for SubscriberStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_back_and_is_stored_as_programs_read_it() {
        for status in SubscriberStatus::ALL {
            assert_eq!(SubscriberStatus::parse(status.as_str()), Some(status));
            let stored = serde_json::to_value(status).expect("plain data");
            assert_eq!(stored, status.as_str());
        }
        for text in ["", "Pending", "pending ", "erased"] {
            assert_eq!(SubscriberStatus::parse(text), None, "{text}");
        }
    }
}
