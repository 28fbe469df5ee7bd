//! The confirmation mail.

use std::time::Duration;

use crate::support::{
    Fault, Reply, World, address, confirmed, erased, refused, registered, second, unavailable,
    unclear, unsent,
};

/// Longer than an attempt's lease.
const LEASE: Duration = Duration::from_secs(121);

#[tokio::test(start_paused = true)]
async fn who_registers_gets_one_mail_with_the_link_in_both_parts() {
    let world = World::new().await;
    let message = registered(1, 1, 1, second(60));
    world.takes(&message).await;
    world.takes(&message).await;
    let mails = world.mailbox.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.subject, "Welcome!");
    assert_eq!(mail.to.expose(), address(1));
    assert!(
        mail.text
            .contains("http://127.0.0.1/subscriptions/confirm?subscription_token=T&x=1\n")
    );
    assert!(
        mail.html
            .contains("\"http://127.0.0.1/subscriptions/confirm?subscription_token=T&amp;x=1\"")
    );
    assert!(mail.html.contains("Ann &lt;b&gt;") && !mail.html.contains("Ann <b>"));
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("Penny Post") && part.contains("ignore"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_did_not_leave_or_perhaps_did_is_sent_again() {
    let world = World::new().await;
    world
        .mailbox
        .script(&address(1), [unsent(), unclear(), unavailable()]);
    let message = registered(1, 1, 1, second(60));
    for _ in 0..3 {
        let error = world.handle(&message).await.expect_err("not sent");
        assert!(!error.is_permanent(), "{error}");
    }
    world.takes(&message).await;
    world.takes(&message).await;
    let mails = world.mailbox.mails();
    assert_eq!(mails.len(), 4);
    assert!(
        mails
            .iter()
            .all(|mail| mail.message_id == mails[0].message_id)
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_tells_does_not_mail_an_address_all_day() {
    let world = World::new().await;
    let replies = [unclear(), unsent(), unclear(), unclear(), unclear()];
    world.mailbox.script(&address(1), replies);
    let message = registered(1, 1, 1, second(60));
    for _ in 0..2 {
        world.handle(&message).await.expect_err("not known");
    }
    for _ in 0..3 {
        world.takes(&message).await;
    }
    assert_eq!(world.mailbox.mails().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_mail_refused_for_good_is_not_sent_again() {
    let world = World::new().await;
    world.mailbox.script(&address(1), [refused()]);
    let message = registered(1, 1, 1, second(60));
    world.takes(&message).await;
    world.takes(&message).await;
    assert_eq!(world.mailbox.mails().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_expired_or_outdated_is_not_mailed() {
    let world = World::new().await;
    world.takes(&registered(1, 1, 1, second(0))).await;
    world.takes(&confirmed(2, 2, second(0))).await;
    world.takes(&registered(2, 2, 1, second(60))).await;
    world.takes(&erased(3, 2)).await;
    world.takes(&registered(3, 3, 1, second(60))).await;
    assert_eq!(world.mailbox.mails().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_link_is_mailed_again_and_so_is_who_comes_back() {
    let world = World::new().await;
    world.takes(&registered(1, 1, 1, second(60))).await;
    world.takes(&registered(2, 1, 2, second(60))).await;
    world.takes(&erased(1, 3)).await;
    world.takes(&registered(3, 1, 4, second(60))).await;
    assert_eq!(world.mailbox.mails().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn of_copies_that_come_at_once_one_is_mailed() {
    for sole_process in [true, false] {
        let mut world = World::new().await;
        world.sole_process = sole_process;
        world.restart();
        let message = registered(1, 1, 1, second(6_000));
        let copies = (0..5).map(|_| world.handle(&message));
        for handled in futures::future::join_all(copies).await {
            if let Err(error) = handled {
                assert!(!error.is_permanent(), "{error}");
            }
        }
        world.takes(&message).await;
        assert_eq!(world.mailbox.count(&address(1)), 1, "{sole_process}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_copy_in_another_process_waits_and_takes_over_what_is_left_behind() {
    let mut world = World::new().await;
    world.sole_process = false;
    world.restart();
    let message = registered(1, 1, 1, second(6_000));
    world.mailbox.script(&address(1), [Reply::Hangs]);
    let dying = world.app.inbound();
    let handling = dying.handle(&message);
    let died = tokio::time::timeout(Duration::from_secs(1), handling).await;
    assert!(died.is_err(), "it ends in the middle of a mail call");
    let before = world.mailbox.count(&address(1));

    world.restart();
    let error = world.handle(&message).await.expect_err("a lease runs");
    assert!(!error.is_permanent(), "{error}");
    assert_eq!(world.mailbox.count(&address(1)), before);
    tokio::time::sleep(LEASE).await;
    world.takes(&message).await;
    world.takes(&message).await;
    assert_eq!(world.mailbox.count(&address(1)), before + 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_mail_that_did_not_leave_another_process_need_not_wait() {
    let mut world = World::new().await;
    world.sole_process = false;
    world.restart();
    world.mailbox.script(&address(1), [unsent(), unclear()]);
    let message = registered(1, 1, 1, second(60));
    for _ in 0..2 {
        world.handle(&message).await.expect_err("not sent");
        world.restart();
    }
    world.takes(&message).await;
    assert_eq!(world.mailbox.count(&address(1)), 3);
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_the_mail_arrives() {
    for (sole_process, effects) in [(true, 4), (false, 6)] {
        every_death(sole_process, effects).await;
    }
}

/// Dies at each effect, of which there are `effects` at least.
async fn every_death(sole_process: bool, effects: usize) {
    for effect in 0.. {
        let mut world = World::new().await;
        world.sole_process = sole_process;
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let message = registered(1, 1, 1, second(6_000));
        let handled = tokio::time::timeout(Duration::from_secs(600), world.handle(&message)).await;
        if fault.is_dead() {
            world.restart();
            if !sole_process {
                tokio::time::sleep(LEASE).await;
            }
            world.takes(&message).await;
        } else {
            assert!(matches!(handled, Ok(Ok(()))));
        }
        let mails = world.mailbox.count(&address(1));
        assert!((1..=2).contains(&mails), "effect {effect}: {mails}");
        if !fault.is_dead() {
            assert!(effect >= effects, "only {effect} effects were met");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_side_that_never_answers_does_not_keep_the_message_for_ever() {
    let world = World::new().await;
    world.mailbox.script(&address(1), [Reply::Hangs]);
    let error = world
        .handle(&registered(1, 1, 1, second(6_000)))
        .await
        .expect_err("no answer");
    assert!(!error.is_permanent());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_for_a_moment_costs_no_second_mail() {
    // The mail leaves and has left; then it is to be remembered.
    const REMEMBERING: usize = 2;
    let mut world = World::new().await;
    let outage = Fault::at(REMEMBERING);
    world.restart_mortal(&outage);
    let message = registered(1, 1, 1, second(6_000));
    let back = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(outage.is_dead(), "it began");
        outage.is_over();
    };
    let (handled, ()) = tokio::join!(world.handle(&message), back);
    handled.expect("the message is handled");
    world.restart();
    world.takes(&message).await;
    assert_eq!(world.mailbox.count(&address(1)), 1);
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_that_the_stop_came_before_is_not_begun_and_comes_again() {
    let mut world = World::new().await;
    world.app.steps().stop();
    let message = registered(7, 7, 1, second(100));
    let refused = world.handle(&message).await.expect_err("it stops");
    assert!(!refused.is_permanent(), "{refused}");
    assert_eq!(world.mailbox.mails().len(), 0);
    world.restart();
    world.takes(&message).await;
    assert_eq!(world.mailbox.mails().len(), 1);
}
