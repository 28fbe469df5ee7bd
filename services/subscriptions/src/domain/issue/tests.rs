use super::*;

fn issue() -> Issue {
    let title = Title::parse(" Issue one ").expect("valid");
    Issue::published(
        Uuid::nil(),
        title,
        Audience::default(),
        Timestamp::UNIX_EPOCH,
    )
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
fn the_end_is_dated_by_the_first_report_of_it_in_whatever_order_they_come() {
    let at = |version, seconds| Progress {
        finished_at: Some(later(seconds)),
        ..report(version, IssueStatus::Delivered, 3)
    };
    let done = issue().apply_progress(&at(5, 90)).expect("newer");
    assert_eq!(done.finished_at, Some(later(90)), "never without a date");
    let mut first = at(4, 60);
    first.counts.accepted = 2;
    let done = done.apply_progress(&first).expect("an earlier date");
    assert_eq!(done.finished_at, Some(later(60)));
    assert_eq!(done.counts.accepted, 3, "the newer report's counts stay");
    assert_eq!(done.apply_progress(&at(3, 70)), None);
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
    let at = |seconds, report| Progress {
        finished_at: Some(later(seconds)),
        ..report
    };
    let late_pass = Counts {
        recipients: 4,
        accepted: 4,
        ..Counts::default()
    };
    let reports = [
        report(1, IssueStatus::Sending, 0),
        paused,
        report(3, IssueStatus::Sending, 2),
        at(60, report(4, IssueStatus::Delivered, 3)),
        at(60, report(5, IssueStatus::Delivered, 3)),
        Progress {
            counts: late_pass,
            ..at(90, report(6, IssueStatus::Delivered, 0))
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
