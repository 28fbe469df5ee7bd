//! The send rate.

use std::{sync::Arc, time::Duration};

use delivery::{SendRate, mail::SendQuota};
use tokio::time::Instant;

use crate::support::{BulkMailbox, World, confirmed, pause, published, second};

async fn world(per_second: f64, recipients: u8) -> World {
    let mut world = World::new().await;
    for number in 1..=recipients {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.send_rate = Some(SendRate::new(per_second).expect("a rate"));
    world.restart();
    world
}

/// The most that left within one second.
fn busiest_second(moments: &[Instant]) -> usize {
    let within = |from: &Instant| {
        let until = *from + Duration::from_secs(1);
        moments
            .iter()
            .filter(|it| (*from..until).contains(*it))
            .count()
    };
    moments.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn as_many_leave_in_a_second_as_the_rate_says_and_never_more() {
    let world = world(10.0, 40).await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let moments = world.mailbox.moments();
    assert_eq!(moments.len(), 40);
    assert!(busiest_second(&moments) <= 10, "{moments:?}");
    let took = moments[39] - moments[0];
    assert!(took < Duration::from_millis(4_600), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn where_others_send_the_other_shards_each_keeps_to_its_share() {
    let mut world = world(16.0, 48).await;
    world.sole_process = false;
    world.restart();
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let moments = world.mailbox.moments();
    assert_eq!(moments.len(), 48);
    assert!(busiest_second(&moments) <= 17, "{moments:?}");
    let took = moments[47] - moments[0];
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_an_issue_that_waits_for_its_place_and_holds_nobody() {
    let world = world(2.0, 40).await;
    world.takes(&published(second(1))).await;
    let walking = world.walk_started();
    let pausing = async {
        world.mailbox.reaches(5).await;
        world.takes(&pause(1)).await;
        (world.mailbox.mails().len(), Instant::now())
    };
    let (walked, (mails, paused)) = tokio::join!(
        async {
            walking.await;
            Instant::now()
        },
        pausing
    );
    assert!(world.mailbox.mails().len() <= mails + 1);
    assert!(
        walked - paused < Duration::from_secs(20),
        "{:?}",
        walked - paused
    );
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(last.counts.held, 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_rate_of_ours_the_mail_sides_quota_counts_less_a_share_for_confirmations() {
    let mut world = World::new().await;
    for number in 1..=50 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    let mail = Arc::new(BulkMailbox::new(SendQuota {
        per_second: 20.0,
        today: None,
    }));
    world.restart_with(mail.clone());
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let moments = mail.moments();
    assert_eq!(moments.len(), 50);
    assert!(busiest_second(&moments) <= 18, "{moments:?}");
    let took = moments[49] - moments[0];
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn readers_in_bulk_share_calls_and_get_the_issue_once() {
    let mut world = World::new().await;
    for number in 0..=255 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    let mail = Arc::new(BulkMailbox::new(SendQuota {
        per_second: 1_000_000.0,
        today: None,
    }));
    world.restart_with(mail.clone());
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let mut readers = mail.readers();
    assert_eq!(mail.calls(), 16, "one for each shard");
    readers.sort_unstable();
    readers.dedup();
    assert_eq!(readers.len(), 256);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(last.counts.accepted, 256);
}
