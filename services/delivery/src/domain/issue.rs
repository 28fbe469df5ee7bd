//! An issue on its way to its readers: what is known of it as a whole. Who has
//! it is in its shards' logs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::counts::Counts;
use super::{rate::SendRate, shard::PerShard, tally::Tally};

/// For how long after its publication a confirmation that was given before
/// it, but arrives late, still gets the issue.
pub(crate) const LATE_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An issue that arrives later than this after its publication waits for an
/// admin: it comes from an old dead letter, or the table was rebuilt.
pub(crate) const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Why such an issue is paused.
pub(crate) const STALE: &str = "stale";

/// For how long after its publication a head lists a finished issue, so that a
/// confirmation that is too late for it is told: as long as dead letters are
/// kept.
pub(crate) const LISTED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is decided about an issue; its content lies beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) issue_id: Uuid,
    /// Grows with every change that is stored.
    pub(crate) version: u64,
    pub(crate) published_at: Timestamp,
    pub(crate) status: Status,
    /// The newest of the admins' pauses, resumes and cancels that every shard
    /// has.
    #[serde(default)]
    pub(crate) controlled: u64,
    pub(crate) started_at: Option<Timestamp>,
    /// When every shard was at its end for the first time.
    pub(crate) finished_at: Option<Timestamp>,
    /// How many recipients each shard has: counted when sending began, and
    /// exact when every shard is at its end.
    #[serde(default)]
    pub(crate) planned: PerShard<u64>,
    /// How fast the mail side takes issues, read when a run began.
    #[serde(default)]
    pub(crate) send_rate: Option<SendRate>,
    /// The version of the last report on this issue.
    pub(crate) report: u64,
    /// When that was.
    #[serde(default)]
    pub(crate) reported_at: Option<Timestamp>,
    /// What it said.
    #[serde(default)]
    pub(crate) reported: Option<(Status, Tally)>,
}

/// Where an issue stands, as admins are told. The last two are final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum Status {
    Sending,
    Paused { reason: Option<String> },
    Cancelled,
    Delivered,
}

/// How an issue came to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finished {
    /// Everybody has an outcome, for the first time: report it.
    Delivered { started_at: Timestamp },
    /// As it was reported to be: delivered or cancelled.
    Otherwise,
}

impl Issue {
    /// A published issue.
    pub(crate) fn published(issue_id: Uuid, published_at: Timestamp) -> Self {
        Self {
            issue_id,
            version: 1,
            published_at,
            status: Status::Sending,
            controlled: 0,
            started_at: None,
            finished_at: None,
            planned: PerShard::default(),
            send_rate: None,
            report: 0,
            reported_at: None,
            reported: None,
        }
    }

    /// Whether it is too old to be sent without being asked for.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.published_at) > STALE_AFTER
    }

    /// Whether nothing but its counts changes any more.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.status, Status::Cancelled | Status::Delivered)
    }

    /// Whether the issue's content may be replaced: as long as no mail can have
    /// been made of it. What is planned goes out to everybody as it is.
    pub(crate) fn is_content_open(&self) -> bool {
        self.started_at.is_none()
    }

    /// Begins; tells whether it had not begun.
    pub(crate) fn plan(&mut self, now: Timestamp) -> bool {
        let is_first = self.started_at.is_none();
        self.started_at.get_or_insert(now);
        is_first
    }

    /// Goes to `status`, unless it is at its end.
    pub(crate) fn turn(&mut self, status: Status) {
        if !self.is_final() {
            self.status = status;
        }
    }

    /// Comes to its end: every shard is at its own.
    pub(crate) fn finish(&mut self, cancelled: bool, now: Timestamp) -> Finished {
        let is_first = self.finished_at.is_none();
        self.finished_at.get_or_insert(now);
        if cancelled {
            self.turn(Status::Cancelled);
        } else if is_first {
            self.turn(Status::Delivered);
            let started_at = self.started_at.unwrap_or(now);
            return Finished::Delivered { started_at };
        }
        Finished::Otherwise
    }

    /// Whether the last report is `interval` ago, or in the future by as much:
    /// a clock that was set back silences nothing.
    pub(crate) fn is_report_due(&self, now: Timestamp, interval: Duration) -> bool {
        self.reported_at
            .is_none_or(|last| now.duration_since(last).unsigned_abs() >= interval)
    }

    /// How far the issue is, where so many are settled in each shard.
    pub(crate) fn tally(&self, settled: &PerShard<Counts>) -> Tally {
        let shards = self.planned.iter().zip(settled);
        shards
            .map(|(planned, settled)| Tally::of(*planned, *settled))
            .sum()
    }

    /// Whether status and counts are other than what was reported.
    pub(crate) fn is_news(&self, tally: Tally) -> bool {
        self.reported.as_ref() != Some(&(self.status.clone(), tally))
    }

    /// Notes a report of these counts; its version.
    pub(crate) fn next_report(&mut self, tally: Tally, now: Timestamp) -> u64 {
        self.report += 1;
        self.reported_at = Some(now);
        self.reported = Some((self.status.clone(), tally));
        self.report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn issue() -> Issue {
        Issue::published(Uuid::from_u128(1), at(1))
    }

    #[test]
    fn an_issue_begins_and_is_delivered_once() {
        let mut issue = issue();
        assert!(issue.plan(at(2)));
        assert!(!issue.plan(at(3)));
        let delivered = issue.finish(false, at(4));
        assert_eq!(delivered, Finished::Delivered { started_at: at(2) });
        assert_eq!(issue.finish(false, at(5)), Finished::Otherwise);
        assert_eq!(issue.finished_at, Some(at(4)));
        assert_eq!(issue.status, Status::Delivered);
    }

    #[test]
    fn what_was_cancelled_is_never_delivered_and_what_was_delivered_never_cancelled() {
        let mut cancelled = issue();
        assert_eq!(cancelled.finish(true, at(4)), Finished::Otherwise);
        cancelled.turn(Status::Sending);
        assert_eq!(cancelled.finish(true, at(5)), Finished::Otherwise);
        assert_eq!(cancelled.status, Status::Cancelled);
        let mut delivered = issue();
        delivered.finish(false, at(4));
        delivered.finish(true, at(5));
        assert_eq!(delivered.status, Status::Delivered);
    }

    #[test]
    fn the_content_is_open_until_the_issue_begins_and_never_again() {
        let mut issue = issue();
        assert!(issue.is_content_open());
        issue.plan(at(2));
        assert!(!issue.is_content_open());
    }

    #[test]
    fn an_issue_is_stale_a_day_after_its_publication() {
        let day = STALE_AFTER.as_secs();
        assert!(!issue().is_stale(at(1 + day)));
        assert!(issue().is_stale(at(2 + day)));
    }

    #[test]
    fn a_report_is_due_after_the_interval_and_after_a_clock_was_set_back_by_more() {
        let interval = Duration::from_secs(5);
        let mut issue = issue();
        assert!(issue.is_report_due(at(100), interval));
        issue.next_report(Tally::default(), at(100));
        for (now, due) in [
            (100, false),
            (104, false),
            (105, true),
            (99, false),
            (50, true),
        ] {
            assert_eq!(issue.is_report_due(at(now), interval), due, "{now}");
        }
    }

    #[test]
    fn what_was_reported_is_no_news_until_counts_or_status_change() {
        let mut issue = issue();
        issue.planned[3] = 2;
        let mut settled = PerShard::<Counts>::default();
        assert!(issue.is_news(issue.tally(&settled)), "never reported");
        issue.next_report(issue.tally(&settled), at(1));
        assert!(!issue.is_news(issue.tally(&settled)));
        settled[3].accepted += 1;
        assert!(issue.is_news(issue.tally(&settled)));
        issue.next_report(issue.tally(&settled), at(2));
        issue.turn(Status::Paused { reason: None });
        assert!(issue.is_news(issue.tally(&settled)));
    }
}
