//! Reports while an issue goes out.

use std::time::Duration;

use contracts::events::{DeliveryCounts, DeliveryStatus, IssueDeliveryProgressedV1};
use delivery::workflow::{IssueRun, SHARDS};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::support::{
    Fault, PROGRESS_INTERVAL, Reply, World, address, confirmed, published, refused, second,
    unclear, unsent, unsubscribed,
};

/// Numbers of readers in the shard 1.
const IN_ONE_SHARD: [u8; 8] = [1, 17, 33, 49, 65, 81, 97, 113];

/// How many ask for a report at the same moment.
const CALLERS: usize = 32;

async fn world_with(numbers: impl IntoIterator<Item = u8>) -> World {
    let world = World::new().await;
    for number in numbers {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world
}

/// Publishes, and plans the run.
async fn planned(world: &World) -> IssueRun {
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    run
}

async fn send_all(world: &World, run: &IssueRun) {
    for shard in 0..SHARDS {
        world.send(run, shard).await.expect("sent");
    }
}

/// Lets the interval pass, and reports.
async fn report_in_time(world: &World, run: &IssueRun) {
    tokio::time::sleep(PROGRESS_INTERVAL).await;
    world.app.steps().report(run).await.expect("reported");
}

fn assert_adds_up(counts: DeliveryCounts) {
    let sum = counts.pending
        + counts.accepted
        + counts.failed
        + counts.suppressed
        + counts.skipped
        + counts.held;
    assert_eq!(counts.recipients, sum, "{counts:?}");
}

async fn last(world: &World) -> IssueDeliveryProgressedV1 {
    world.progress().await.pop().expect("a report")
}

#[tokio::test(start_paused = true)]
async fn an_issue_reports_once_an_interval_at_most_and_every_report_adds_up() {
    let world = world_with(0..48).await;
    for number in 0..48 {
        let answer = match number {
            5 => refused(),
            6 => unclear(),
            7 => unsent(),
            // Three in a shard: they take one, two and three seconds and some.
            _ => Reply::Slowly(Duration::from_millis(400 + 1_100 * u64::from(number / 16))),
        };
        world.mailbox.script(&address(number), [answer]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let asking = async {
        loop {
            tokio::time::sleep(Duration::from_millis(70)).await;
            // Before the plan there is nothing to report.
            world.app.steps().report(&run).await.expect("reported");
        }
    };
    tokio::select! {
        walked = world.walk(&run) => walked.expect("walked"),
        never = asking => never,
    }
    let reports = world.dated_progress().await;
    let sending = &reports[..reports.len() - 1];
    assert!(sending.len() >= 3, "{reports:?}");
    for pair in sending.windows(2) {
        let [(earlier_at, earlier), (later_at, later)] = pair else {
            panic!("two of them")
        };
        let interval = SignedDuration::try_from(PROGRESS_INTERVAL).expect("in range");
        assert!(later_at.duration_since(*earlier_at) >= interval);
        assert_eq!(later.version, earlier.version + 1);
        assert!(later.counts.accepted > earlier.counts.accepted);
        assert!(later.counts.pending < earlier.counts.pending);
        assert_eq!(later.status, DeliveryStatus::Sending);
    }
    for (_, report) in &reports {
        assert_adds_up(report.counts);
        assert_eq!(report.counts.recipients, 48);
    }
    let (_, end) = &reports[reports.len() - 1];
    assert_eq!(end.status, DeliveryStatus::Delivered);
    assert_eq!(
        (end.counts.accepted, end.counts.failed, end.counts.held),
        (46, 1, 1)
    );
    assert_eq!(world.delivered().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_reported_where_nothing_changed_and_nothing_after_the_end() {
    let world = world_with([1, 2]).await;
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    report_in_time(&world, &run).await;
    assert!(world.progress().await.is_empty(), "it has not begun");
    world.app.steps().plan(&run).await.expect("planned");
    report_in_time(&world, &run).await;
    assert_eq!(world.progress().await.len(), 1, "the plan's own");
    world.send(&run, 1).await.expect("sent");
    report_in_time(&world, &run).await;
    report_in_time(&world, &run).await;
    assert_eq!(world.progress().await.len(), 2);
    world.walk(&run).await.expect("walked");
    report_in_time(&world, &run).await;
    assert_eq!(world.progress().await.len(), 3);
    assert_eq!(last(&world).await.status, DeliveryStatus::Delivered);
}

/// Reports by several threads; each reads the issue before another has written
/// it, now and then.
fn reports_at_once(world: &World, run: &IssueRun) -> JoinSet<()> {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (steps, run) = (world.app.steps(), run.clone());
        callers.spawn(async move {
            let reported = steps.report(&run).await;
            reported.expect("reported, or found reported");
        });
    }
    callers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_callers_at_the_same_moment_one_reports() {
    let world = world_with([1, 2, 3]).await;
    let run = planned(&world).await;
    world.send(&run, 1).await.expect("sent");
    tokio::time::sleep(PROGRESS_INTERVAL).await;
    reports_at_once(&world, &run).join_all().await;
    let versions: Vec<_> = world
        .progress()
        .await
        .iter()
        .map(|one| one.version)
        .collect();
    assert_eq!(versions, [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reports_and_the_end_at_the_same_moment_leave_the_end_as_the_newest() {
    let world = world_with([1, 2, 3]).await;
    let run = planned(&world).await;
    send_all(&world, &run).await;
    tokio::time::sleep(PROGRESS_INTERVAL).await;
    let reports = reports_at_once(&world, &run);
    let finished = world.app.steps().finish(&run).await;
    finished.expect("finished");
    reports.join_all().await;
    assert_each_reported_once(&world.dated_progress().await);
    assert_eq!(last(&world).await.status, DeliveryStatus::Delivered);
    let delivered = world.delivered().await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].version, last(&world).await.version);
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribes_before_their_turn_is_skipped() {
    let world = world_with(IN_ONE_SHARD).await;
    let run = planned(&world).await;
    world.takes(&unsubscribed(1, 3)).await;
    world.send(&run, 1).await.expect("sent");
    report_in_time(&world, &run).await;
    let counts = last(&world).await.counts;
    assert_adds_up(counts);
    assert_eq!((counts.recipients, counts.skipped), (8, 1));
    world.walk(&run).await.expect("walked");
    let counts = last(&world).await.counts;
    assert_adds_up(counts);
    assert_eq!((counts.recipients, counts.accepted), (8, 7));
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_is_a_recipient_when_they_have_their_mail() {
    let world = world_with([1]).await;
    let run = planned(&world).await;
    for number in [17, 33] {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.send(&run, 1).await.expect("sent");
    report_in_time(&world, &run).await;
    let counts = last(&world).await.counts;
    assert_adds_up(counts);
    assert_eq!((counts.recipients, counts.accepted), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_late_run_changes_the_counts_of_what_was_delivered_and_nothing_else() {
    let world = world_with(IN_ONE_SHARD).await;
    let run = planned(&world).await;
    // The plan was for one more.
    world.takes(&unsubscribed(1, 3)).await;
    world.walk(&run).await.expect("walked");
    let late = [2, 18, 34];
    for number in late {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.mailbox.script(&address(34), [unsent()]);
    world.send(&run, 2).await.expect("sent");
    report_in_time(&world, &run).await;
    let report = last(&world).await;
    assert_adds_up(report.counts);
    assert_eq!(report.status, DeliveryStatus::Delivered);
    assert_eq!((report.counts.recipients, report.counts.pending), (10, 0));
    world.walk(&run).await.expect("walked");
    let report = last(&world).await;
    assert_eq!((report.counts.recipients, report.counts.accepted), (11, 10));
    assert_eq!(world.delivered().await.len(), 1);
}

/// Confirmed, published, sent and reported, as far as the process lives.
async fn live(world: &World, run: &IssueRun) {
    let steps = world.app.steps();
    if steps.plan(run).await.is_err() {
        return;
    }
    for shard in [1, 2] {
        if world.send(run, shard).await.is_err() {
            return;
        }
        tokio::time::sleep(PROGRESS_INTERVAL).await;
        if steps.report(run).await.is_err() {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_the_counters_say_what_the_outcomes_say() {
    for effect in 0.. {
        let mut world = world_with([1, 17, 2]).await;
        world.mailbox.script(&address(17), [refused()]);
        world.takes(&published(second(1))).await;
        let run = world.started().remove(0);
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let lived = tokio::time::timeout(Duration::from_secs(60), live(&world, &run)).await;
        let died = fault.is_dead();
        assert!(died || lived.is_ok());
        world.restart();
        live(&world, &run).await;
        let counted = last(&world).await;
        assert_eq!(counted.status, DeliveryStatus::Sending, "effect {effect}");
        assert_eq!(counted.counts.pending, 0, "effect {effect}");
        world.walk(&run).await.expect("walked");
        let reports = world.dated_progress().await;
        let end = &reports[reports.len() - 1].1;
        assert_eq!(counted.counts, end.counts, "effect {effect}");
        assert_eq!(world.delivered().await[0].counts, end.counts);
        assert_each_reported_once(&reports);
        if !died {
            assert!(effect >= 20, "only {effect} effects were met");
            return;
        }
    }
}

fn assert_each_reported_once(reports: &[(Timestamp, IssueDeliveryProgressedV1)]) {
    for (place, (_, report)) in reports.iter().enumerate() {
        assert_eq!(report.version, place as u64 + 1);
        assert_adds_up(report.counts);
    }
}
