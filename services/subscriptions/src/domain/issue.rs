//! An issue: what was published, and how its sending goes.

mod agreement;
mod control;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::title::Title;

pub(crate) use agreement::Agreement;
pub(crate) use control::{ControlAction, NotPossible, Requested};

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IssueStatus {
    /// Published; sending has not begun.
    Queued,
    /// Going out.
    Sending,
    /// Waiting for an admin.
    Paused,
    /// Ended before everybody had it.
    Cancelled,
    /// Every recipient has an outcome.
    Delivered,
}

impl IssueStatus {
    /// Whether it never changes again.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Cancelled | Self::Delivered)
    }

    /// The status as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Delivered => "delivered",
        }
    }
}

impl std::fmt::Display for IssueStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An issue's recipients by outcome: `recipients` is the sum of `pending`,
/// `accepted`, `failed`, `suppressed`, `skipped` and `held`; the bounced and
/// the complained are among the accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Everybody the issue is for.
    pub(crate) recipients: u64,
    /// Not yet attempted.
    pub(crate) pending: u64,
    /// Taken over by the mail side.
    pub(crate) accepted: u64,
    /// Refused for good.
    pub(crate) failed: u64,
    /// Not attempted: the address bounced or complained before.
    pub(crate) suppressed: u64,
    /// Not attempted: unsubscribed or erased before, or the issue was cancelled.
    pub(crate) skipped: u64,
    /// Attempted, and nobody knows whether the mail left.
    pub(crate) held: u64,
    /// Accepted, and came back.
    pub(crate) bounced: u64,
    /// Accepted, and marked as spam.
    pub(crate) complained: u64,
}

impl Counts {
    /// Recipients who have an outcome.
    pub(crate) fn settled(&self) -> u64 {
        self.recipients.saturating_sub(self.pending)
    }
}

/// An issue as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Issue {
    /// Names the issue.
    pub(crate) id: Uuid,
    /// The mail's subject.
    pub(crate) title: Title,
    /// Where it stands, by delivery's last report.
    pub(crate) status: IssueStatus,
    /// When it was published.
    pub(crate) published_at: Timestamp,
    /// When the last recipient was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) finished_at: Option<Timestamp>,
    /// Why it is paused, where delivery paused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The recipients by outcome, by delivery's last report.
    #[serde(default)]
    pub(crate) counts: Counts,
    /// The version of delivery's last report; 0 before the first.
    pub(crate) delivery_version: u64,
    /// How often an admin asked to pause, resume or cancel it.
    #[serde(default)]
    pub(crate) control_version: u64,
    /// What an admin asked for last, until delivery's reports show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) requested: Option<Requested>,
    /// How often an admin decided about held recipients.
    #[serde(default)]
    pub(crate) held_version: u64,
    /// The epoch of the audience that it closed: everybody in it or before is a
    /// recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<u64>,
    /// How many subscribers were confirmed when it was published, as this
    /// service counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<u64>,
    /// Grows with every change.
    pub(crate) version: u64,
}

/// Those who are confirmed at some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    /// Grows with every publication: see [`Membership`](super::Membership).
    pub(crate) epoch: u64,
    /// How many they are.
    pub(crate) size: u64,
}

/// What delivery reports of an issue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Progress {
    /// Grows with every report on the issue.
    pub(crate) version: u64,
    /// Where the issue stands.
    pub(crate) status: IssueStatus,
    /// Why it is paused, where delivery paused it.
    pub(crate) reason: Option<String>,
    /// The recipients by outcome.
    pub(crate) counts: Counts,
    /// In a report with a final status: when that was reached, or later.
    pub(crate) finished_at: Option<Timestamp>,
}

impl Issue {
    /// An issue as first stored; it is for the `audience` there is.
    pub(crate) fn published(id: Uuid, title: Title, audience: Audience, now: Timestamp) -> Self {
        Self {
            id,
            title,
            status: IssueStatus::Queued,
            published_at: now,
            finished_at: None,
            reason: None,
            counts: Counts::default(),
            delivery_version: 0,
            control_version: 0,
            requested: None,
            held_version: 0,
            epoch: Some(audience.epoch),
            audience: Some(audience.size),
            version: 1,
        }
    }

    /// The issue after a report; none if the report tells nothing new.
    ///
    /// Reports come repeatedly and in any order: only a newer one counts. A
    /// final status stays (a late pass changes counts only), and it was reached
    /// when the first report with it says.
    pub(crate) fn apply_progress(&self, progress: &Progress) -> Option<Self> {
        let mut issue = self.clone();
        if progress.version > self.delivery_version {
            issue.delivery_version = progress.version;
            issue.counts = progress.counts;
            if !self.status.is_final() {
                issue.status = progress.status;
                issue.reason.clone_from(&progress.reason);
                issue.requested = self
                    .requested
                    .filter(|asked| asked.is_open(progress.status));
            }
        }
        if issue.status.is_final() && issue.status == progress.status {
            let known = self.finished_at.into_iter().chain(progress.finished_at);
            issue.finished_at = known.min();
        }
        if issue == *self {
            return None;
        }
        issue.version += 1;
        Some(issue)
    }
}

#[cfg(test)]
mod tests;
