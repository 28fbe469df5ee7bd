//! An issue: what was published, and how its sending goes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::title::Title;

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
    /// Grows with every change.
    pub(crate) version: u64,
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
    /// When the last recipient was settled, in a report that knows.
    pub(crate) finished_at: Option<Timestamp>,
}

impl Issue {
    /// An issue as first stored.
    pub(crate) fn published(id: Uuid, title: Title, now: Timestamp) -> Self {
        Self {
            id,
            title,
            status: IssueStatus::Queued,
            published_at: now,
            finished_at: None,
            reason: None,
            counts: Counts::default(),
            delivery_version: 0,
            version: 1,
        }
    }

    /// The issue after a report; none if the report tells nothing new.
    ///
    /// Reports come repeatedly and in any order: only a newer one counts. A
    /// final status stays (a late pass changes counts only), and the moment it
    /// was reached is taken from any report that knows it.
    pub(crate) fn apply_progress(&self, progress: &Progress) -> Option<Self> {
        let mut issue = self.clone();
        if progress.version > self.delivery_version {
            issue.delivery_version = progress.version;
            issue.counts = progress.counts;
            if !self.status.is_final() {
                issue.status = progress.status;
                issue.reason.clone_from(&progress.reason);
            }
        }
        if issue.status.is_final() && issue.status == progress.status {
            issue.finished_at = self.finished_at.or(progress.finished_at);
        }
        if issue == *self {
            return None;
        }
        issue.version += 1;
        Some(issue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue() -> Issue {
        let title = Title::parse(" Issue one ").expect("valid");
        Issue::published(Uuid::nil(), title, Timestamp::UNIX_EPOCH)
    }

    fn report(version: u64, status: IssueStatus, accepted: u64) -> Progress {
        let counts = Counts {
            recipients: 3,
            pending: 3 - accepted,
            accepted,
            ..Counts::default()
        };
        Progress {
            version,
            status,
            reason: None,
            counts,
            finished_at: None,
        }
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("in range")
    }

    #[test]
    fn a_newer_report_counts_and_an_older_or_repeated_one_does_not() {
        let sending = issue()
            .apply_progress(&report(2, IssueStatus::Sending, 2))
            .expect("newer");
        assert_eq!(
            (sending.status, sending.counts.accepted),
            (IssueStatus::Sending, 2)
        );
        assert_eq!((sending.delivery_version, sending.version), (2, 2));
        assert_eq!(
            sending.apply_progress(&report(2, IssueStatus::Sending, 2)),
            None
        );
        assert_eq!(
            sending.apply_progress(&report(1, IssueStatus::Sending, 1)),
            None
        );
    }

    #[test]
    fn a_final_status_stays_while_counts_still_change() {
        for status in [IssueStatus::Delivered, IssueStatus::Cancelled] {
            let done = issue()
                .apply_progress(&report(3, status, 3))
                .expect("newer");
            let late = done
                .apply_progress(&report(4, IssueStatus::Sending, 1))
                .expect("newer");
            assert_eq!((late.status, late.counts.accepted), (status, 1));
        }
    }

    #[test]
    fn the_end_is_dated_by_whichever_report_knows_it_even_an_older_one() {
        let done = issue()
            .apply_progress(&report(5, IssueStatus::Delivered, 3))
            .expect("newer");
        assert_eq!(done.finished_at, None);
        let mut dated = report(4, IssueStatus::Delivered, 2);
        dated.finished_at = Some(later(60));
        let done = done.apply_progress(&dated).expect("the date is new");
        assert_eq!(done.finished_at, Some(later(60)));
        assert_eq!(done.counts.accepted, 3, "the newer report's counts stay");
        dated.finished_at = Some(later(90));
        assert_eq!(done.apply_progress(&dated), None);
    }

    /// All orders of the numbers below `count`.
    fn orders(count: usize) -> Vec<Vec<usize>> {
        (0..count).fold(vec![Vec::new()], |orders, number| {
            let with_number = |order: &Vec<usize>| {
                let order = order.clone();
                (0..=order.len()).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, number);
                    order
                })
            };
            orders.iter().flat_map(with_number).collect()
        })
    }

    #[test]
    fn in_whatever_order_reports_come_and_however_often_the_issue_ends_the_same() {
        let mut paused = report(2, IssueStatus::Paused, 1);
        paused.reason = Some("stale".to_owned());
        let mut delivered = report(5, IssueStatus::Delivered, 3);
        delivered.finished_at = Some(later(60));
        let late_pass = Counts {
            recipients: 4,
            accepted: 4,
            ..Counts::default()
        };
        let reports = [
            report(1, IssueStatus::Sending, 0),
            paused,
            report(3, IssueStatus::Sending, 2),
            report(4, IssueStatus::Delivered, 3),
            delivered,
            Progress {
                counts: late_pass,
                ..report(6, IssueStatus::Delivered, 0)
            },
        ];
        for order in orders(reports.len()) {
            let mut issue = issue();
            for number in order.iter().flat_map(|number| [number, number]) {
                let before = issue.delivery_version;
                if let Some(progressed) = issue.apply_progress(&reports[*number]) {
                    assert!(progressed.delivery_version >= before, "{order:?}");
                    issue = progressed;
                }
            }
            assert_eq!(issue.status, IssueStatus::Delivered, "{order:?}");
            assert_eq!(issue.counts, late_pass, "{order:?}");
            assert_eq!(issue.finished_at, Some(later(60)), "{order:?}");
            assert_eq!(issue.reason, None, "{order:?}");
            assert_eq!(issue.delivery_version, 6, "{order:?}");
        }
    }

    #[test]
    fn a_reason_goes_away_with_the_pause() {
        let mut paused = report(1, IssueStatus::Paused, 0);
        paused.reason = Some("stale".to_owned());
        let paused = issue().apply_progress(&paused).expect("newer");
        assert_eq!(paused.reason.as_deref(), Some("stale"));
        let resumed = paused
            .apply_progress(&report(2, IssueStatus::Sending, 0))
            .expect("newer");
        assert_eq!(resumed.reason, None);
    }
}
