//! "Did they get the issue?"

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::{fold::Fold, outcomes::Outcome, row::Removal};

/// What became of one recipient of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Failed { reason: Arc<str>, at: Timestamp },
    Suppressed { reason: Arc<str>, at: Timestamp },
    Skipped { reason: Arc<str>, at: Timestamp },
    Held { reason: Arc<str>, at: Timestamp },
    NotYet,
    NotARecipient,
}

impl Fold {
    /// What became of `id`; `is_recipient` if the projection has the issue for
    /// them.
    pub(super) fn answer(&self, id: Uuid, is_recipient: bool) -> Answer {
        if let Some(exception) = self.exception(id) {
            let (reason, at) = (exception.reason.clone(), exception.at);
            return match exception.outcome {
                Outcome::Failed => Answer::Failed { reason, at },
                Outcome::Suppressed => Answer::Suppressed { reason, at },
                Outcome::Skipped => Answer::Skipped { reason, at },
                Outcome::Held(_) => Answer::Held { reason, at },
            };
        }
        let is_open = self.open().is_some_and(|open| open.ids.contains(&id));
        if is_open || self.retry(id).is_some() || self.is_late(id) {
            Answer::NotYet
        } else if self.was_claimed(id) {
            Answer::Accepted
        } else if is_recipient && self.removal(id) != Some(Removal::Erased) && !self.is_done() {
            Answer::NotYet
        } else {
            Answer::NotARecipient
        }
    }
}
