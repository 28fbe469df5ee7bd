//! What happened to a subscriber, in short.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most changes that are kept of one subscriber: the history stands in
/// the subscriber's item, and each write is paid for by the kilobyte.
pub(crate) const MAX_HISTORY: usize = 20;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    /// They asked, and had not been subscribed.
    Subscribed,
    /// They asked once more for the mail with the link.
    AskedAgain,
    /// They followed the link.
    Confirmed,
    /// An admin vouched for them.
    Imported,
    /// They used the link that ends it.
    Unsubscribed,
    /// A mail to them came back for good.
    Bounced,
    /// They marked a mail as spam.
    Complained,
}

/// One change. Says nothing of who the subscriber is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    /// When it happened.
    pub(crate) at: Timestamp,
    /// When it was decided and told of, if that was at another moment: what
    /// became of a mail is heard of later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) told_at: Option<Timestamp>,
    /// What.
    pub(crate) what: ChangeKind,
    /// The issue whose mail led to it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issue_id: Option<Uuid>,
    /// The epoch of the audience in which it made them a recipient of issues,
    /// or no longer one; none if it did neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<u64>,
}

impl Change {
    /// A change that no issue led to.
    pub(crate) fn new(what: ChangeKind, at: Timestamp) -> Self {
        Self {
            at,
            told_at: None,
            what,
            issue_id: None,
            epoch: None,
        }
    }

    /// The same, led to by an issue, if that is known.
    #[must_use]
    pub(crate) fn by_issue(self, issue_id: Option<Uuid>) -> Self {
        Self { issue_id, ..self }
    }
}

/// `history` and one more change. Of more than [`MAX_HISTORY`] the second
/// oldest goes: how it began is worth as much as what happened last.
pub(super) fn continued(history: &[Change], change: Change) -> Vec<Change> {
    let mut continued = history.to_vec();
    continued.push(change);
    while continued.len() > MAX_HISTORY {
        continued.remove(1);
    }
    continued
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_changes_and_the_first_one_are_kept() {
        let at = |second| Timestamp::from_second(second).expect("in range");
        let mut history = vec![Change::new(ChangeKind::Subscribed, at(0))];
        for second in 1..=30 {
            history = continued(&history, Change::new(ChangeKind::AskedAgain, at(second)));
        }
        assert_eq!(history.len(), MAX_HISTORY);
        assert_eq!(history[0], Change::new(ChangeKind::Subscribed, at(0)));
        let kept: Vec<_> = history[1..].iter().map(|change| change.at).collect();
        assert_eq!(kept, (12..=30).map(at).collect::<Vec<_>>());
    }
}
