//! Counts that feedback changes reach subscriptions, and not one by one.

use std::time::Duration;

use contracts::events::DeliveryStatus;
use delivery::mail::Email;
use tokio::time::advance;

use crate::{
    feedback::{bounced, last},
    support::{PROGRESS_INTERVAL, SesEvent, World, cancel, confirmed, pause, published, second},
};

/// Two in each of some shards.
const READERS: u8 = 24;

async fn published_to_all() -> World {
    let world = World::new().await;
    for number in 0..READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.takes(&published(second(1))).await;
    world
}

fn bounce(mail: &Email) -> SesEvent {
    SesEvent::bounce("Permanent", mail, second(7))
}

#[tokio::test(start_paused = true)]
async fn many_bounces_after_the_end_make_few_reports_and_no_run() {
    let world = published_to_all().await;
    world.walk_started().await;
    let before = world.progress().await.len();
    let mails = world.mailbox.mails();
    let (at_once, later) = mails.split_at(mails.len() - 1);
    for mail in at_once {
        world.hears(&bounce(mail)).await;
    }
    assert_eq!(world.progress().await.len(), before, "the end was just now");
    advance(PROGRESS_INTERVAL).await;
    world.hears(&bounce(&later[0])).await;
    assert_eq!(world.progress().await.len(), before + 1);
    let report = last(&world).await;
    assert_eq!(report.status, DeliveryStatus::Delivered);
    assert_eq!(report.counts.bounced, u64::from(READERS));
    assert_eq!(report.counts.accepted, u64::from(READERS));
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
    assert_eq!(bounced(&world).await.len(), usize::from(READERS));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_reported_for_it_was_not_time_the_sweep_reports() {
    let world = published_to_all().await;
    world.walk_started().await;
    let before = world.progress().await.len();
    for mail in world.mailbox.mails() {
        world.hears(&bounce(&mail)).await;
    }
    world.app.sweep_issues().await.expect("swept");
    assert_eq!(world.progress().await.len(), before, "not yet");
    advance(PROGRESS_INTERVAL).await;
    world.app.sweep_issues().await.expect("swept");
    assert_eq!(last(&world).await.counts.bounced, u64::from(READERS));
    let items = world.stored_items().await;
    advance(PROGRESS_INTERVAL).await;
    world.app.sweep_issues().await.expect("swept");
    assert_eq!(world.progress().await.len(), before + 1);
    assert_eq!(world.stored_items().await, items, "nothing is left over");
}

#[tokio::test(start_paused = true)]
async fn bounces_under_way_are_in_the_reports_of_the_run() {
    let world = published_to_all().await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    // This shard is at its end, and the others have not begun.
    world.send(&run, 1).await.expect("sent");
    for mail in world.mailbox.mails() {
        world.hears(&bounce(&mail)).await;
    }
    assert_eq!(world.progress().await.len(), 1, "the plan's own");
    advance(PROGRESS_INTERVAL).await;
    world.app.steps().report(&run).await.expect("reported");
    assert_eq!(last(&world).await.counts.bounced, 2);
    world.walk(&run).await.expect("walked");
    assert_eq!(last(&world).await.counts.bounced, 2);
    let reports = world.progress().await.len();
    advance(PROGRESS_INTERVAL).await;
    world.app.sweep_issues().await.expect("swept");
    assert_eq!(world.progress().await.len(), reports, "no news");
}

#[tokio::test(start_paused = true)]
async fn of_a_paused_or_cancelled_issue_bounces_are_reported_too() {
    for (request, status) in [
        (pause(1), DeliveryStatus::Paused),
        (cancel(1), DeliveryStatus::Cancelled),
    ] {
        let world = published_to_all().await;
        let run = world.started().remove(0);
        world.app.steps().plan(&run).await.expect("planned");
        world.send(&run, 1).await.expect("sent");
        world.takes(&request).await;
        world.walk(&run).await.expect("walked");
        world.walk_started().await;
        assert_eq!(last(&world).await.status, status);
        advance(PROGRESS_INTERVAL).await;
        let mail = world.mailbox.mails().remove(0);
        world.hears(&bounce(&mail)).await;
        let report = last(&world).await;
        assert_eq!((report.status, report.counts.bounced), (status, 1));
        assert_eq!(report.counts.recipients, u64::from(READERS));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bounces_at_the_same_moment_are_each_published_and_counted() {
    let world = published_to_all().await;
    world.walk_started().await;
    let mut heard = tokio::task::JoinSet::new();
    for mail in world.mailbox.mails() {
        for _ in 0..2 {
            let (feedback, body) = (world.app.feedback(), bounce(&mail).body());
            heard.spawn(async move {
                while feedback.handle(&body).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    }
    heard.join_all().await;
    tokio::time::sleep(PROGRESS_INTERVAL).await;
    world.app.sweep_issues().await.expect("swept");
    assert_eq!(bounced(&world).await.len(), usize::from(READERS));
    assert_eq!(last(&world).await.counts.bounced, u64::from(READERS));
}
