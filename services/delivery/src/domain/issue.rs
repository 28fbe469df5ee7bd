//! An issue on its way to its readers.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    shard::PerShard,
    tally::{Counts, Tally},
};

/// For how long after its publication a confirmation that was given before
/// it, but arrives late, still gets the issue.
pub(crate) const LATE_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is decided about an issue; its content lies beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) issue_id: Uuid,
    /// Grows with every change to this.
    pub(crate) version: u64,
    pub(crate) published_at: Timestamp,
    /// The newest run that was asked for.
    pub(crate) newest_run: u64,
    /// The newest run that was planned; 0 before the first.
    pub(crate) planned_run: u64,
    /// The runs that have not finished.
    pub(crate) open_runs: BTreeSet<u64>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
    /// How many recipients each shard has: counted when the first run was
    /// planned, and exact when the last one has finished.
    #[serde(default)]
    pub(crate) planned: PerShard<u64>,
    /// The version of the last report on this issue.
    pub(crate) report: u64,
    /// When that was.
    #[serde(default)]
    pub(crate) reported_at: Option<Timestamp>,
    /// What it said.
    #[serde(default)]
    pub(crate) reported: Counts,
}

/// What is to be told when a run was planned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    /// Sending begins: report it.
    First,
    /// A further run: nothing to report until it ends.
    Further,
    /// It was planned before.
    Already,
}

/// What is to be told when a run has finished.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finished {
    /// Everybody has an outcome, for the first time.
    Delivered { started_at: Timestamp },
    /// A late run changed the counts.
    Recounted,
    /// Another run is still open and will report.
    Awaiting,
    /// It had finished before.
    Already,
}

impl Issue {
    /// A published issue, and its first run.
    pub(crate) fn published(issue_id: Uuid, published_at: Timestamp) -> Self {
        Self {
            issue_id,
            version: 1,
            published_at,
            newest_run: 1,
            planned_run: 0,
            open_runs: BTreeSet::from([1]),
            started_at: None,
            delivered_at: None,
            planned: PerShard::default(),
            report: 0,
            reported_at: None,
            reported: Counts::default(),
        }
    }

    /// Lets the issue's content be replaced, as long as no mail can have been
    /// made of it: what is planned goes out to everybody as it is.
    pub(crate) fn reopen_content(&mut self) -> bool {
        let open = self.planned_run == 0;
        self.version += u64::from(open);
        open
    }

    /// Begins the run `generation`.
    pub(crate) fn plan(&mut self, generation: u64, now: Timestamp) -> Planned {
        if generation <= self.planned_run {
            return Planned::Already;
        }
        self.version += 1;
        self.planned_run = generation;
        if self.started_at.is_some() {
            return Planned::Further;
        }
        self.started_at = Some(now);
        Planned::First
    }

    /// The run that is sure to see a recipient that is stored by now: one that
    /// is not planned yet, or else a further one, which is then new.
    pub(crate) fn run_for_late_recipient(&mut self) -> LateRun {
        if self.newest_run > self.planned_run {
            return LateRun::Coming(self.newest_run);
        }
        self.version += 1;
        self.newest_run += 1;
        self.open_runs.insert(self.newest_run);
        LateRun::Further(self.newest_run)
    }

    /// Ends the run `generation`.
    pub(crate) fn finish(&mut self, generation: u64, now: Timestamp) -> Finished {
        if !self.open_runs.remove(&generation) {
            return Finished::Already;
        }
        self.version += 1;
        if !self.open_runs.is_empty() {
            return Finished::Awaiting;
        }
        if self.delivered_at.is_some() {
            return Finished::Recounted;
        }
        self.delivered_at = Some(now);
        Finished::Delivered {
            started_at: self.started_at.unwrap_or(now),
        }
    }

    /// Whether the run `generation` has begun and not finished.
    pub(crate) fn is_sending(&self, generation: u64) -> bool {
        generation <= self.planned_run && self.open_runs.contains(&generation)
    }

    /// Whether the last report is `interval` ago, or in the future by as much:
    /// a clock that was set back silences nothing.
    pub(crate) fn is_report_due(&self, now: Timestamp, interval: Duration) -> bool {
        self.reported_at
            .is_none_or(|last| now.duration_since(last).unsigned_abs() >= interval)
    }

    /// How far the issue is, where so many are settled in each shard.
    pub(crate) fn counts(&self, settled: &PerShard<Tally>) -> Counts {
        let shards = self.planned.iter().zip(settled);
        shards
            .map(|(planned, settled)| Counts::of(*planned, *settled))
            .sum()
    }

    /// Goes on to these counts; tells whether they are news.
    pub(crate) fn progress(&mut self, counts: Counts) -> bool {
        let changed = counts != self.reported;
        self.version += u64::from(changed);
        changed
    }

    /// Notes a report of these counts; its version.
    pub(crate) fn next_report(&mut self, counts: Counts, now: Timestamp) -> u64 {
        self.report += 1;
        self.reported_at = Some(now);
        self.reported = counts;
        self.report
    }
}

/// The run that takes late recipients.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LateRun {
    /// It was asked for and has not begun.
    Coming(u64),
    /// It is to be stored and started.
    Further(u64),
}

#[cfg(test)]
mod tests {
    use super::{super::tally::Settled, *};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn issue() -> Issue {
        Issue::published(Uuid::from_u128(1), at(1))
    }

    #[test]
    fn an_issue_is_planned_and_delivered_once() {
        let mut issue = issue();
        assert_eq!(issue.plan(1, at(2)), Planned::First);
        assert_eq!(issue.plan(1, at(3)), Planned::Already);
        assert_eq!(
            issue.finish(1, at(4)),
            Finished::Delivered { started_at: at(2) }
        );
        assert_eq!(issue.finish(1, at(5)), Finished::Already);
        assert_eq!(issue.delivered_at, Some(at(4)));
    }

    #[test]
    fn the_content_is_open_until_the_first_plan_and_never_again() {
        let mut issue = issue();
        assert!(issue.reopen_content());
        assert_eq!(
            issue.version, 2,
            "a plan made upon what was there before is void"
        );
        issue.plan(1, at(2));
        assert!(!issue.reopen_content());
        assert_eq!(issue.version, 3);
    }

    #[test]
    fn who_comes_before_the_plan_needs_no_further_run() {
        assert_eq!(issue().run_for_late_recipient(), LateRun::Coming(1));
    }

    #[test]
    fn who_comes_after_the_plan_gets_a_further_run_shared_until_it_begins() {
        let mut issue = issue();
        issue.plan(1, at(2));
        assert_eq!(issue.run_for_late_recipient(), LateRun::Further(2));
        assert_eq!(issue.run_for_late_recipient(), LateRun::Coming(2));
        assert_eq!(issue.plan(2, at(3)), Planned::Further);
        assert_eq!(issue.run_for_late_recipient(), LateRun::Further(3));
    }

    #[test]
    fn the_last_open_run_reports_and_delivered_comes_once() {
        let mut issue = issue();
        issue.plan(1, at(2));
        issue.run_for_late_recipient();
        assert_eq!(issue.finish(1, at(3)), Finished::Awaiting);
        issue.plan(2, at(3));
        assert_eq!(
            issue.finish(2, at(4)),
            Finished::Delivered { started_at: at(2) }
        );
        issue.run_for_late_recipient();
        issue.plan(3, at(5));
        assert_eq!(issue.finish(3, at(6)), Finished::Recounted);
        assert_eq!(issue.delivered_at, Some(at(4)));
    }

    #[test]
    fn a_report_is_due_after_the_interval_and_after_a_clock_was_set_back_by_more() {
        let interval = Duration::from_secs(5);
        let mut issue = issue();
        assert!(issue.is_report_due(at(100), interval));
        issue.next_report(Counts::default(), at(100));
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
    fn an_issue_is_being_sent_while_one_of_its_runs_is_planned_and_open() {
        let mut issue = issue();
        assert!(!issue.is_sending(1));
        issue.plan(1, at(2));
        assert!(issue.is_sending(1) && !issue.is_sending(2));
        issue.finish(1, at(3));
        assert!(!issue.is_sending(1));
    }

    #[test]
    fn counts_that_were_reported_are_no_progress() {
        let mut issue = issue();
        issue.planned[3] = 2;
        let mut settled = PerShard::<Tally>::default();
        assert!(
            issue.progress(issue.counts(&settled)),
            "it was never reported"
        );
        issue.next_report(issue.counts(&settled), at(1));
        assert!(!issue.progress(issue.counts(&settled)));
        settled[3] = settled[3].with(Settled::Accepted);
        assert!(issue.progress(issue.counts(&settled)));
        assert_eq!(issue.version, 3);
    }

    #[test]
    fn every_change_has_a_version_of_its_own() {
        let mut issue = issue();
        issue.plan(1, at(2));
        issue.run_for_late_recipient();
        issue.finish(1, at(3));
        assert_eq!(issue.version, 4);
    }
}
