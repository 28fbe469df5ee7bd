//! A mail side that gives no clear answer.

use std::time::Duration;

use contracts::events::DeliveryStatus;

use crate::support::{Reply, World, address, confirmed, published, second, unclear};

#[tokio::test(start_paused = true)]
async fn an_outage_that_leaves_everything_unclear_holds_few_before_the_issue_pauses() {
    let world = World::new().await;
    for number in 0..160 {
        world.takes(&confirmed(number, 2, second(0))).await;
        world.mailbox.script(&address(number), [Reply::Hangs]);
    }
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let report = world.progress().await.pop().expect("a report");
    assert_eq!(report.status, DeliveryStatus::Paused);
    let reason = report.reason.expect("a reason");
    assert!(reason.contains("no clear answer"), "{reason}");
    // What was handed over at the same time.
    assert!(report.counts.held <= 16, "{:?}", report.counts);
    assert_eq!(report.counts.pending + report.counts.held, 160);
}

#[tokio::test(start_paused = true)]
async fn after_an_unclear_call_one_is_risked_and_after_a_clear_one_more_again() {
    let world = World::new().await;
    let numbers: Vec<u8> = (1..=241).step_by(16).collect();
    for number in &numbers {
        world.takes(&confirmed(*number, 2, second(0))).await;
        let reply = match number {
            1 => unclear(),
            _ => Reply::Slowly(Duration::from_secs(1)),
        };
        world.mailbox.script(&address(*number), [reply]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.send(&run, 1).await.expect("sent");
    let mut calls: Vec<usize> = Vec::new();
    let mut before = None;
    for moment in world.mailbox.moments() {
        match before == Some(moment) {
            true => *calls.last_mut().expect("one") += 1,
            false => calls.push(1),
        }
        before = Some(moment);
    }
    assert_eq!(calls, [4, 1, 1, 4, 4, 2]);
}
