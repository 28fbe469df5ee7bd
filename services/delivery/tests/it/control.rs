//! Pause, resume and cancel, at whatever moment.

use std::time::Duration;

use contracts::events::{DeliveryCounts, DeliveryStatus, IssueDeliveryProgressedV1};
use delivery::mail::SendResult;

use crate::support::{
    Fault, Reply, World, address, cancel, confirmed, pause, published, resume, second,
};

const DAY: i64 = 24 * 60 * 60;

/// Eight in one shard, and one in another.
const READERS: [u8; 9] = [1, 17, 33, 49, 65, 81, 97, 113, 2];

async fn world_with_readers() -> World {
    let world = World::new().await;
    for number in READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world
}

async fn last(world: &World) -> IssueDeliveryProgressedV1 {
    world.progress().await.pop().expect("a report")
}

fn assert_adds_up(counts: DeliveryCounts) {
    let settled = counts.accepted + counts.failed + counts.suppressed + counts.skipped;
    assert_eq!(counts.recipients, counts.pending + settled + counts.held);
}

fn mails_to_each(world: &World) -> Vec<usize> {
    let count = |number: &u8| world.mailbox.count(&address(*number));
    READERS.iter().map(count).collect()
}

#[tokio::test(start_paused = true)]
async fn a_pause_lets_nobody_be_claimed_any_more_and_a_resume_goes_on_with_the_rest() {
    let world = world_with_readers().await;
    for number in &READERS[..4] {
        let slowly = Reply::Slowly(Duration::from_secs(1));
        world.mailbox.script(&address(*number), [slowly]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let pausing = async {
        world.mailbox.reaches(5).await;
        world.takes(&pause(1)).await;
    };
    let (walked, ()) = tokio::join!(world.walk(&run), pausing);
    walked.expect("walked");
    assert_eq!(world.mailbox.mails().len(), 5, "what was claimed has left");
    let report = last(&world).await;
    assert_eq!(
        (report.status, report.reason),
        (DeliveryStatus::Paused, None)
    );
    assert_eq!((report.counts.accepted, report.counts.pending), (5, 4));
    assert_eq!(report.counts.held, 0);
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
    world.takes(&pause(1)).await;
    assert!(world.started().is_empty());
    world.takes(&resume(2)).await;
    assert_eq!(last(&world).await.status, DeliveryStatus::Sending);
    world.takes(&resume(2)).await;
    world.takes(&pause(1)).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.accepted, 9);
    assert_eq!(mails_to_each(&world), [1; 9]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_records_everybody_unclaimed_as_skipped_and_is_final() {
    let world = world_with_readers().await;
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.send(&run, 2).await.expect("sent");
    world.takes(&cancel(1)).await;
    world.walk(&run).await.expect("walked");
    world.walk_started().await;
    let report = last(&world).await;
    assert_eq!(report.status, DeliveryStatus::Cancelled);
    assert_adds_up(report.counts);
    assert_eq!((report.counts.accepted, report.counts.skipped), (1, 8));
    assert!(world.delivered().await.is_empty());
    world.takes(&resume(2)).await;
    world.takes(&confirmed(3, 2, second(0))).await;
    world.walk_started().await;
    let report = last(&world).await;
    assert_eq!(report.status, DeliveryStatus::Cancelled);
    assert_eq!((report.counts.accepted, report.counts.skipped), (1, 9));
    assert_eq!(world.mailbox.mails().len(), 1);
    let exceptions = world.exceptions().await.into_iter();
    assert_eq!(exceptions.flat_map(|one| one.entries).count(), 9);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_before_the_issue_came_counts_and_the_newest_wins() {
    for (requests, mails) in [
        (vec![pause(1)], 0),
        (vec![pause(1), resume(2)], 9),
        (vec![resume(2), pause(1)], 9),
        (vec![resume(2), pause(3)], 0),
        (vec![cancel(1)], 0),
        (vec![cancel(2), pause(1), cancel(2)], 0),
    ] {
        let world = world_with_readers().await;
        for request in &requests {
            world.takes(request).await;
        }
        world.takes(&published(second(1))).await;
        world.walk_started().await;
        assert_eq!(world.mailbox.mails().len(), mails, "{requests:?}");
        assert_eq!(last(&world).await.counts.recipients, 9);
        if mails == 0 {
            assert!(world.delivered().await.is_empty());
            world.takes(&resume(9)).await;
            world.walk_started().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_comes_with_the_end_keeps_no_late_reader_waiting() {
    let world = world_with_readers().await;
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    for shard in 0..16 {
        world.send(&run, shard).await.expect("sent");
    }
    world.takes(&pause(1)).await;
    world.app.steps().finish(&run).await.expect("finished");
    assert_eq!(last(&world).await.status, DeliveryStatus::Delivered);
    world.takes(&confirmed(3, 2, second(0))).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(3)), 1);
    assert_eq!(last(&world).await.counts.accepted, 10);
}

#[tokio::test(start_paused = true)]
async fn an_issue_that_comes_a_day_late_waits_for_an_admin() {
    let world = world_with_readers().await;
    tokio::time::advance(Duration::from_secs(2 * DAY.unsigned_abs())).await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let report = last(&world).await;
    assert_eq!(report.status, DeliveryStatus::Paused);
    assert_eq!(report.reason.as_deref(), Some("stale"));
    assert_eq!((report.counts.recipients, report.counts.pending), (9, 9));
    assert_eq!(world.mailbox.mails().len(), 0);
    world.takes(&resume(1)).await;
    world.walk_started().await;
    assert_eq!(mails_to_each(&world), [1; 9]);
    assert_eq!(world.delivered().await[0].counts.accepted, 9);
}

/// A pause, then its resume, or a cancel, while the issue goes out; everything
/// twice.
async fn live(world: &World, requests: &[String]) {
    if world.handle(&published(second(1))).await.is_err() {
        return;
    }
    let runs = world.app.unfinished_runs().await.unwrap_or_default();
    for run in &runs {
        if world.app.steps().plan(run).await.is_err() {
            return;
        }
        if world.send(run, 2).await.is_err() {
            return;
        }
    }
    for request in requests {
        if world.handle(request).await.is_err() {
            return;
        }
        for run in world.app.unfinished_runs().await.unwrap_or_default() {
            if world.walk(&run).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_over_requests_they_have_their_effect_once() {
    let requests = [vec![pause(1), resume(2)], vec![pause(1), cancel(2)]];
    for (requests, is_cancel) in requests.iter().zip([false, true]) {
        // Every ninth: there are many, and they are alike.
        for effect in (usize::from(is_cancel)..).step_by(9) {
            let mut world = World::new().await;
            for number in &READERS[6..] {
                world.takes(&confirmed(*number, 2, second(0))).await;
            }
            let fault = Fault::at(effect);
            world.restart_mortal(&fault);
            let lived = tokio::time::timeout(Duration::from_secs(60), live(&world, requests));
            let lived = lived.await.is_ok();
            let died = fault.is_dead();
            assert!(died || lived);
            world.restart();
            live(&world, requests).await;
            let report = last(&world).await;
            let counts = report.counts;
            assert_adds_up(counts);
            assert_eq!(
                (counts.recipients, counts.pending),
                (3, 0),
                "effect {effect}"
            );
            let mails = mails_to_each(&world);
            assert!(mails.iter().all(|mails| *mails <= 1), "effect {effect}");
            let status = match is_cancel {
                true => DeliveryStatus::Cancelled,
                false => DeliveryStatus::Delivered,
            };
            assert_eq!(report.status, status, "effect {effect}");
            assert_eq!(world.delivered().await.len(), usize::from(!is_cancel));
            let skipped = if is_cancel { 2 } else { 0 };
            assert_eq!(
                counts.accepted + counts.held,
                3 - skipped,
                "effect {effect}"
            );
            assert!(world.app.unfinished_runs().await.expect("read").is_empty());
            if !died {
                assert_eq!(counts.held, 0);
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_its_own_is_told_while_other_shards_are_still_at_work() {
    let world = world_with_readers().await;
    let fault = SendResult::AccountFault {
        reason: "the account is shut".into(),
    };
    world.mailbox.script(&address(2), [Reply::Is(fault)]);
    let slowly = Reply::Slowly(Duration::from_secs(60));
    world.mailbox.script(&address(1), [slowly]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let telling = async {
        world.mailbox.reaches(2).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        last(&world).await
    };
    let (walked, told) = tokio::join!(world.walk(&run), telling);
    walked.expect("walked");
    assert_eq!(told.status, DeliveryStatus::Paused);
    assert_eq!(told.reason.as_deref(), Some("the account is shut"));
    let report = last(&world).await;
    assert_eq!((report.status, report.reason), (told.status, told.reason));
    assert_adds_up(report.counts);
    world.takes(&resume(1)).await;
    world.walk_started().await;
    assert_eq!(mails_to_each(&world), [1, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert_eq!(world.delivered().await[0].counts.accepted, 9);
}
