//! What becomes of those of whom nobody knows.

use contracts::events::{DeliveryStatus, ExceptionOutcome, HeldAction};

use crate::support::{
    Fault, PROGRESS_INTERVAL, World, address, confirmed, issue_id, message, pause, published,
    published_v2_data, resolve, second, unclear, unsubscribed,
};

/// Two in one shard.
const READERS: [u8; 3] = [1, 17, 2];

/// An issue that was delivered, with these three held.
async fn delivered() -> World {
    let world = World::new().await;
    for number in READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
        world.mailbox.script(&address(number), [unclear()]);
    }
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.held, 3);
    world
}

async fn accepted_failed_held(world: &World) -> (u64, u64, u64) {
    let report = world.progress().await.pop().expect("a report");
    assert_eq!(report.status, DeliveryStatus::Delivered);
    let counts = report.counts;
    assert_eq!((counts.recipients, counts.pending), (3, 0));
    (counts.accepted, counts.failed, counts.held)
}

#[tokio::test(start_paused = true)]
async fn who_is_sent_it_again_gets_one_more_mail_and_who_is_dropped_none() {
    let world = delivered().await;
    world
        .takes(&resolve(1, HeldAction::Resend, Some(&[1])))
        .await;
    world
        .takes(&resolve(1, HeldAction::Resend, Some(&[1])))
        .await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (1, 0, 2));
    world.takes(&resolve(2, HeldAction::Drop, None)).await;
    world.takes(&resolve(1, HeldAction::Resend, None)).await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (1, 2, 0));
    let mails = READERS.map(|number| world.mailbox.count(&address(number)));
    assert_eq!(mails, [2, 1, 1]);
    assert_eq!(world.delivered().await.len(), 1);
    let told = world.exceptions().await.into_iter();
    assert!(told.clone().all(|one| one.issue_id == issue_id()));
    let mut outcomes: Vec<_> = told
        .flat_map(|one| one.entries)
        .map(|one| one.outcome)
        .collect();
    outcomes.sort_by_key(|outcome| format!("{outcome:?}"));
    use ExceptionOutcome::{Accepted, Failed, Held};
    assert_eq!(outcomes, [Accepted, Failed, Failed, Held, Held, Held]);
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_was_overtaken_by_one_about_others_is_carried_out() {
    let world = delivered().await;
    world.takes(&resolve(2, HeldAction::Drop, Some(&[2]))).await;
    world
        .takes(&resolve(1, HeldAction::Resend, Some(&[1, 17])))
        .await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (2, 1, 0));
    let mails = READERS.map(|number| world.mailbox.count(&address(number)));
    assert_eq!(mails, [2, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_decision_about_all_is_not_about_who_was_held_after_it() {
    let world = delivered().await;
    let all = resolve(1, HeldAction::Resend, None);
    tokio::time::advance(std::time::Duration::from_secs(120)).await;
    world.mailbox.script(&address(1), [unclear()]);
    world.takes(&all).await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (2, 0, 1));
    world.takes(&all).await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (2, 0, 1));
    assert_eq!(world.mailbox.count(&address(1)), 2);
}

#[tokio::test(start_paused = true)]
async fn a_decision_about_all_is_about_those_who_are_held_when_it_arrives_first() {
    let world = World::new().await;
    for number in READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
        world.mailbox.script(&address(number), [unclear()]);
    }
    world.takes(&published(second(1))).await;
    let all = resolve(1, HeldAction::Resend, None);
    world.takes(&all).await;
    world.walk_started().await;
    world.takes(&all).await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (0, 0, 3));
    world.takes(&resolve(2, HeldAction::Resend, None)).await;
    world.walk_started().await;
    assert_eq!(accepted_failed_held(&world).await, (3, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn reports_after_the_end_take_nothing_back() {
    let world = delivered().await;
    world.takes(&resolve(1, HeldAction::Drop, Some(&[2]))).await;
    assert_eq!(accepted_failed_held(&world).await, (0, 1, 2));
    world
        .takes(&resolve(2, HeldAction::Resend, Some(&[1])))
        .await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    for shard in 0..16 {
        tokio::time::advance(PROGRESS_INTERVAL * 2).await;
        world.app.steps().report(&run).await.expect("reported");
        world.send(&run, shard).await.expect("sent");
    }
    world.app.steps().finish(&run).await.expect("finished");
    let counts = world.progress().await.into_iter().map(|one| one.counts);
    let after: Vec<_> = counts.map(|one| (one.accepted, one.failed)).collect();
    assert!(after.is_sorted(), "{after:?}");
    assert_eq!(after.last(), Some(&(1, 1)));
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribed_meanwhile_is_not_sent_it_again() {
    let world = delivered().await;
    world.takes(&unsubscribed(1, 3)).await;
    world.takes(&resolve(1, HeldAction::Resend, None)).await;
    world.walk_started().await;
    let mails = READERS.map(|number| world.mailbox.count(&address(number)));
    assert_eq!(mails, [1, 2, 2]);
    let counts = world.progress().await.pop().expect("a report").counts;
    assert_eq!((counts.accepted, counts.skipped, counts.held), (2, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn long_after_the_issue_who_unsubscribed_meanwhile_is_not_sent_it_again() {
    let world = delivered().await;
    tokio::time::advance(std::time::Duration::from_secs(40 * 24 * 60 * 60)).await;
    world.takes(&resolve(1, HeldAction::Resend, None)).await;
    world.takes(&unsubscribed(1, 3)).await;
    world.walk_started().await;
    let mails = READERS.map(|number| world.mailbox.count(&address(number)));
    assert_eq!(mails, [1, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_over_a_decision_it_is_carried_out_once() {
    // Behind the shards where somebody is held the effects are the same again.
    for effect in (0..12).chain((12..).step_by(7)) {
        let mut world = delivered().await;
        let decision = resolve(1, HeldAction::Resend, None);
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let handled = world.handle(&decision).await;
        let died = fault.is_dead();
        assert_eq!(handled.is_err(), died);
        world.restart();
        if died {
            world.takes(&decision).await;
        }
        for run in world.app.unfinished_runs().await.expect("read") {
            world.walk(&run).await.expect("walked");
        }
        let mails = READERS.map(|number| world.mailbox.count(&address(number)));
        assert_eq!(mails, [2; 3], "effect {effect}");
        assert_eq!(accepted_failed_held(&world).await, (3, 0, 0));
        if !died {
            assert!(effect >= 6, "only {effect} effects were met");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_comes_with_the_end_keeps_nobody_from_being_sent_it_again() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.mailbox.script(&address(1), [unclear()]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    for shard in 0..16 {
        world.send(&run, shard).await.expect("sent");
    }
    world.takes(&pause(1)).await;
    world.app.steps().finish(&run).await.expect("finished");
    world.takes(&resolve(1, HeldAction::Resend, None)).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(1)), 2);
}

#[tokio::test(start_paused = true)]
async fn while_an_old_issue_is_sent_again_its_log_is_told_who_unsubscribes() {
    const DAY: u64 = 24 * 60 * 60;
    for days in [10, 20] {
        let world = delivered().await;
        tokio::time::advance(std::time::Duration::from_secs(days * DAY)).await;
        world.takes(&resolve(1, HeldAction::Resend, None)).await;
        let resent = world.started();
        let mut next = published_v2_data(second(days.cast_signed() * DAY.cast_signed()));
        next.issue_id = uuid::Uuid::from_u128(0xbeef);
        world.takes(&message(0xbeef, next)).await;
        let before = world.stored_items().await;
        world.takes(&unsubscribed(1, 3)).await;
        assert_eq!(world.stored_items().await, before + 2, "a row in each log");
        for run in resent {
            world.walk(&run).await.expect("walked");
        }
        assert_eq!(world.mailbox.count(&address(1)), 1, "{days} days");
    }
}
