//! Confirmations that arrive after the issue they are in time for.

use std::{collections::BTreeSet, time::Duration};

use contracts::events::{DeliveryStatus, ExceptionOutcome};
use uuid::Uuid;

use crate::support::{
    Fault, World, address, confirmed, imported, message, published, published_v2_data, second,
    subscriber, unsubscribed,
};

const DAY: i64 = 24 * 60 * 60;

#[tokio::test(start_paused = true)]
async fn whenever_a_confirmation_arrives_its_reader_gets_the_issue_once() {
    for arrival in 0..4 {
        let world = World::new().await;
        let late = confirmed(1, 2, second(5));
        world.takes(&confirmed(2, 2, second(0))).await;
        if arrival == 0 {
            world.takes(&late).await;
        }
        world.takes(&published(second(10))).await;
        let run = world.started().remove(0);
        if arrival == 1 {
            world.takes(&late).await;
        }
        world.app.steps().plan(&run).await.expect("planned");
        for shard in 0..16 {
            world.send(&run, shard).await.expect("sent");
        }
        if arrival == 2 {
            world.takes(&late).await;
        }
        world.app.steps().finish(&run).await.expect("finished");
        if arrival == 3 {
            world.takes(&late).await;
        }
        world.walk_started().await;
        let late_mails = world.mailbox.count(&address(1));
        assert_eq!(late_mails, 1, "arrival {arrival}");
        world.takes(&late).await;
        world.walk_started().await;
        assert_eq!(
            [1, 2].map(|number| world.mailbox.count(&address(number))),
            [1, 1],
            "arrival {arrival}"
        );
        assert_eq!(world.delivered().await.len(), 1, "arrival {arrival}");
        let last = world.progress().await.pop().expect("a report");
        assert_eq!(
            (last.status, last.counts.accepted),
            (DeliveryStatus::Delivered, 2),
            "arrival {arrival}"
        );
        assert!(world.app.unfinished_runs().await.expect("read").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn who_confirmed_after_the_publication_or_is_gone_starts_no_run() {
    let world = World::new().await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    world.takes(&confirmed(1, 2, second(11))).await;
    world.takes(&unsubscribed(2, 3)).await;
    world.takes(&confirmed(2, 2, second(5))).await;
    assert!(world.started().is_empty());
}

#[tokio::test(start_paused = true)]
async fn many_late_ones_share_a_run_that_has_not_begun() {
    let world = World::new().await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    for number in 0..20 {
        world.takes(&confirmed(number, 2, second(5))).await;
    }
    let runs = world.started();
    assert_eq!(runs.len(), 1);
    world.walk(&runs[0]).await.expect("walked");
    assert_eq!(world.mailbox.mails().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn after_seven_days_a_late_confirmation_is_an_exception_and_no_mail() {
    let world = World::new().await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    tokio::time::advance(std::time::Duration::from_secs(7 * DAY.unsigned_abs() + 20)).await;
    world.takes(&confirmed(1, 2, second(5))).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.mails().len(), 0);
    let exceptions = world.exceptions().await;
    let [entry] = &exceptions[0].entries[..] else {
        panic!("{exceptions:?}");
    };
    assert_eq!(entry.subscriber_id, subscriber(1));
    assert_eq!(entry.outcome, ExceptionOutcome::Skipped);
    let counts = world.progress().await.pop().expect("a report").counts;
    assert_eq!((counts.recipients, counts.skipped), (1, 1));
}

/// The issue of that number, published that late.
fn issue(number: u128, published_at: i64) -> String {
    let mut data = published_v2_data(second(published_at));
    data.issue_id = Uuid::from_u128(number);
    message(number, data)
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_older_than_what_is_listed_is_an_exception_of_every_issue_since() {
    const ISSUES: u128 = 60;
    let world = World::new().await;
    for number in 0..ISSUES {
        world.takes(&issue(0x7000 + number, 10)).await;
    }
    world.takes(&issue(0x8000, 3)).await;
    world.walk_started().await;
    // The next issue takes them out of the heads.
    tokio::time::advance(Duration::from_secs(15 * DAY.unsigned_abs())).await;
    world.takes(&issue(0x9000, 15 * DAY)).await;
    let late = confirmed(1, 2, second(5));
    world.takes(&late).await;
    world.takes(&late).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(1)), 1, "the next issue");
    let told: Vec<_> = world.exceptions().await;
    let issues: BTreeSet<_> = told.iter().map(|one| one.issue_id.as_u128()).collect();
    let expected: BTreeSet<_> = (0..ISSUES).map(|number| 0x7000 + number).collect();
    assert_eq!(issues, expected);
    assert_eq!(told.len(), expected.len(), "each once");
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_over_a_late_confirmation_its_reader_gets_the_issue() {
    for effect in 0.. {
        let mut world = World::new().await;
        world.takes(&published(second(10))).await;
        world.walk_started().await;
        let late = confirmed(1, 2, second(5));
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let handled = world.handle(&late).await;
        let died = fault.is_dead();
        assert_eq!(handled.is_err(), died);
        world.restart();
        if died {
            world.takes(&late).await;
        }
        for run in world.app.unfinished_runs().await.expect("read") {
            world.walk(&run).await.expect("walked");
        }
        world.walk_started().await;
        assert_eq!(world.mailbox.count(&address(1)), 1, "effect {effect}");
        assert_eq!(world.delivered().await.len(), 1, "effect {effect}");
        if !died {
            assert_eq!(effect, 2, "one write, before and after");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_imported_list_that_comes_behind_the_issue_gets_it_once() {
    let world = World::new().await;
    world.takes(&confirmed(99, 2, second(0))).await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    let numbers: Vec<u8> = (0..60).collect();
    let late = imported(&numbers, second(5));
    world.takes(&late).await;
    world.walk_started().await;
    world.takes(&late).await;
    world.walk_started().await;
    for number in numbers {
        assert_eq!(world.mailbox.count(&address(number)), 1, "{number}");
    }
    assert_eq!(world.mailbox.count(&address(99)), 1);
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_gets_the_issue_however_long_the_mail_side_is_out_of_order() {
    let world = World::new().await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    world.mailbox.breaks();
    world.takes(&confirmed(1, 2, second(5))).await;
    let mended = async {
        // By then it has paused itself twice.
        tokio::time::sleep(Duration::from_secs(125 * 60)).await;
        world.mailbox.works();
    };
    tokio::join!(world.walk_started(), mended);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!((last.counts.accepted, last.counts.pending), (1, 0));
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
}
