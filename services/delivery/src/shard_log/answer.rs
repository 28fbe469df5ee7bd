//! "Did they get the issue?"

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    fold::Fold,
    outcomes::Outcome,
    row::{Body, Removal, Row},
};

/// What became of one recipient of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// See [`accepted_at`] for when.
    Accepted,
    Failed {
        reason: Arc<str>,
        at: Timestamp,
    },
    Suppressed {
        reason: Arc<str>,
        at: Timestamp,
    },
    Skipped {
        reason: Arc<str>,
        at: Timestamp,
    },
    Held {
        reason: Arc<str>,
        at: Timestamp,
    },
    NotYet,
    NotARecipient,
}

impl Fold {
    /// What became of `id`; `is_recipient` if the projection has the issue for
    /// them.
    pub(crate) fn answer(&self, id: Uuid, is_recipient: bool) -> Answer {
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

/// When the mail side took over the mail to `id`: the moment of the row that
/// settled the last claim of it among `rows`, the whole log.
pub(crate) fn accepted_at<'a>(
    rows: impl IntoIterator<Item = (u64, &'a Row)>,
    id: Uuid,
) -> Option<Timestamp> {
    let mut claim = None;
    let mut at = None;
    for (number, row) in rows {
        if claim.is_some() && row.settled_claim() == claim {
            at = Some(row.at);
        }
        if let Body::Claim(claimed) = &row.body
            && claimed.ids.contains(&id)
        {
            claim = Some(number);
            at = None;
        }
    }
    at
}
