//! Readers who are put off, and a mail side that is out of order.

use std::time::Duration;

use contracts::events::{DeliveryStatus, ExceptionOutcome};
use delivery::workflow::{IssueRun, ShardOutcome, WorkerId};
use uuid::Uuid;

use crate::support::{
    Fault, World, address, confirmed, pause, published, resume, second, subscriber, unavailable,
    unsent,
};

#[tokio::test(start_paused = true)]
async fn who_is_put_off_holds_up_nobody_else() {
    let world = World::new().await;
    // Sixteen in one shard; all but the last are put off.
    let numbers: Vec<u8> = (1..=241).step_by(16).collect();
    for number in &numbers {
        world.takes(&confirmed(*number, 2, second(0))).await;
    }
    for number in &numbers[..15] {
        world
            .mailbox
            .script(&address(*number), [unsent(), unsent()]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    let began = tokio::time::Instant::now();
    let outcome = world.send(&run, 1).await.expect("sent");
    assert_eq!(world.mailbox.mails().len(), 16);
    assert!(began.elapsed() < Duration::from_millis(1), "it waited");
    let ShardOutcome::More {
        not_before: Some(not_before),
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert!(
        second(0) < not_before && not_before <= second(1),
        "{not_before}"
    );
    world.walk(&run).await.expect("walked");
    assert_eq!(world.delivered().await[0].counts.accepted, 16);
}

#[tokio::test(start_paused = true)]
async fn a_store_out_of_order_for_a_while_holds_nobody_whose_answer_is_known() {
    // The claim is put and its put answered, the mail leaves and has left.
    const SETTLING: usize = 4;
    let mut world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    let outage = Fault::at(SETTLING);
    world.restart_mortal(&outage);
    let back = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(outage.is_dead(), "it began");
        outage.is_over();
    };
    let (sent, ()) = tokio::join!(world.send(&run, 1), back);
    sent.expect("its result is written down");
    world.restart();
    world.walk(&run).await.expect("walked");
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.accepted, counts.held), (1, 0));
    assert_eq!(world.mailbox.mails().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_worker_knows_that_was_given_up_is_reported_after_the_end() {
    // The claim is put and its put answered, the mail leaves and has left.
    const SETTLING: usize = 4;
    const LEASE: Duration = Duration::from_secs(120);
    let mut world = World::new().await;
    world.sole_process = false;
    world.restart();
    world.takes(&confirmed(1, 2, second(0))).await;
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    let outage = Fault::at(SETTLING);
    world.restart_mortal(&outage);
    let cut_off = world.app.steps();
    world.restart();
    let worker = WorkerId(Uuid::from_u128(1));
    let others = async {
        tokio::time::sleep(LEASE + Duration::from_millis(10)).await;
        world.walk(&run).await.expect("walked");
        assert_eq!(world.delivered().await[0].counts.held, 1);
        outage.is_over();
    };
    let (sent, ()) = tokio::join!(cut_off.send_shard(&run, 1, worker, LEASE * 2), others);
    sent.expect("it tells what it knows");
    for run in world.app.unfinished_runs().await.expect("read") {
        world.walk(&run).await.expect("walked");
    }
    let counts = world.progress().await.pop().expect("a report").counts;
    assert_eq!((counts.accepted, counts.held), (1, 0));
    assert_eq!(world.mailbox.mails().len(), 1);
}

/// Publishes to forty readers and breaks the mail side.
async fn broken() -> (World, IssueRun) {
    let world = World::new().await;
    for number in 0..40 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.mailbox.breaks();
    (world, run)
}

#[tokio::test(start_paused = true)]
async fn a_mail_side_out_of_order_is_waited_for_and_costs_nobody() {
    let (world, run) = broken().await;
    let out_of_order = Duration::from_secs(30 * 60);
    let walk = tokio::time::timeout(out_of_order, world.walk(&run));
    walk.await.expect_err("nobody is mailed");
    // One claim of a shard at a time, and longer and longer waits.
    assert!(world.mailbox.mails().len() <= 16 * 4 * 40);
    assert!(world.delivered().await.is_empty());
    world.mailbox.works();
    let before = world.mailbox.mails().len();
    world.walk(&run).await.expect("walked");
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.recipients, counts.accepted), (40, 40));
    assert_eq!(world.mailbox.mails().len() - before, 40);
}

#[tokio::test(start_paused = true)]
async fn after_an_hour_out_of_order_the_issue_pauses_and_goes_on_when_it_is_resumed() {
    let (world, run) = broken().await;
    let walked = tokio::time::timeout(Duration::from_secs(2 * 60 * 60), world.walk(&run));
    walked.await.expect("in time").expect("paused");
    let report = world.progress().await.pop().expect("a report");
    assert_eq!(report.status, DeliveryStatus::Paused);
    let reason = report.reason.expect("a reason");
    assert!(reason.contains("out of order"), "{reason}");
    assert_eq!((report.counts.pending, report.counts.held), (40, 0));
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
    world.mailbox.works();
    world.takes(&resume(1)).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.accepted, 40);
}

#[tokio::test(start_paused = true)]
async fn a_mail_side_that_fails_after_some_mails_is_soon_tried_again() {
    let world = World::new().await;
    for number in [1, 17, 33, 49, 65] {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.mailbox.script(&address(65), [unavailable()]);
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.accepted, 5);
    assert_eq!(world.mailbox.count(&address(65)), 2);
}

#[tokio::test(start_paused = true)]
async fn a_recipient_who_cannot_be_read_is_an_exception_and_holds_up_nobody() {
    let world = World::new().await;
    for number in [1, 17] {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.corrupt_recipient(1).await;
    world.plant_recipient("no id at all").await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.recipients, counts.accepted), (2, 1));
    assert_eq!((counts.skipped, counts.pending), (1, 0));
    let told = world.exceptions().await.remove(0).entries.remove(0);
    assert_eq!(told.subscriber_id, subscriber(1));
    assert_eq!(told.outcome, ExceptionOutcome::Skipped);
    assert_eq!(told.reason, "unreadable");
    assert_eq!(world.mailbox.count(&address(17)), 1);
}

#[tokio::test(start_paused = true)]
async fn somebody_to_be_tried_again_who_cannot_be_read_any_more_holds_up_nobody() {
    let world = World::new().await;
    for number in [1, 17] {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.mailbox.script(&address(1), [unsent()]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.send(&run, 1).await.expect("sent");
    world.corrupt_recipient(1).await;
    world.walk(&run).await.expect("walked");
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.accepted, counts.skipped), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_cannot_be_read_stops_no_other_issue() {
    let world = World::new().await;
    world.plant_run().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.takes(&published(second(1))).await;
    world.takes(&pause(1)).await;
    world.takes(&resume(2)).await;
    assert_eq!(world.app.unfinished_runs().await.expect("read").len(), 1);
    world.app.sweep_issues().await.expect("swept");
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.accepted, 1);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_reached_for_long_counts_as_failed() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world
        .mailbox
        .script(&address(1), (0..100).map(|_| unsent()));
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.failed, 1);
    assert_eq!(world.mailbox.count(&address(1)), 20);
}
