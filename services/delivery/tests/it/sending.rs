//! An issue to everybody confirmed, once.

use std::time::Duration;

use contracts::events::{DeliveryCounts, DeliveryStatus};
use delivery::workflow::{ShardOutcome, StepError};

use crate::support::{
    Reply, World, address, confirmed, published, refused, second, unclear, unsent, unsubscribed,
};

#[tokio::test(start_paused = true)]
async fn an_issue_goes_once_to_who_had_confirmed_and_to_nobody_else() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.takes(&confirmed(2, 2, second(10))).await;
    world.takes(&confirmed(3, 2, second(11))).await;
    world.takes(&confirmed(4, 2, second(0))).await;
    world.takes(&unsubscribed(4, 3)).await;
    world.takes(&published(second(10))).await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    let counts = [1, 2, 3, 4].map(|number| world.mailbox.count(&address(number)));
    assert_eq!(counts, [1, 1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_reader_finds_their_name_and_their_way_out_in_the_mail() {
    let world = World::new().await;
    world.takes(&confirmed(7, 2, second(0))).await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let mails = world.mailbox.mails();
    let mail = &mails[0];
    assert_eq!(mail.subject, "The first issue");
    assert!(mail.text.starts_with("Hello Reader 7\n"));
    assert!(mail.text.contains("http://127.0.0.1/u?token=7"));
    let (before, after) = mail
        .html
        .split_once("http://127.0.0.1/u?token=7")
        .expect("a link");
    assert!(before.contains("<p>Hello Reader 7</p>") && after.contains("</body>"));
    for header in [
        ("List-Id", "<newsletter.penny.example>"),
        ("List-Unsubscribe", "<http://127.0.0.1/u?token=7>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ] {
        assert!(
            mail.headers.contains(&(header.0, header.1.to_owned())),
            "{header:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_reported_adds_up_and_delivered_comes_once() {
    let world = World::new().await;
    for number in 1..=6 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.mailbox.script(&address(1), [refused()]);
    world.mailbox.script(&address(2), [unclear()]);
    world.mailbox.script(&address(3), [unsent(), unsent()]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.walk(&run).await.expect("walked");
    world.walk(&run).await.expect("walked again");
    let counts = DeliveryCounts {
        recipients: 6,
        accepted: 4,
        failed: 1,
        held: 1,
        ..DeliveryCounts::default()
    };
    let progress = world.progress().await;
    assert_eq!(progress.len(), 2);
    assert_eq!(
        (progress[0].status, progress[0].counts.pending),
        (DeliveryStatus::Sending, 6)
    );
    assert_eq!(
        (progress[1].status, progress[1].counts),
        (DeliveryStatus::Delivered, counts)
    );
    let delivered = world.delivered().await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].counts, counts);
    assert!(delivered[0].version > progress[0].version);
    assert!(delivered[0].started_at <= delivered[0].finished_at);
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
    assert_eq!(
        [1, 2, 3].map(|number| world.mailbox.count(&address(number))),
        [1, 1, 3]
    );
}

#[tokio::test(start_paused = true)]
async fn an_issue_for_nobody_is_delivered_at_once() {
    let world = World::new().await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts, DeliveryCounts::default());
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribes_between_two_attempts_is_skipped() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world
        .mailbox
        .script(&address(1), [unsent(), unsent(), unsent()]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let walk = world.walk(&run);
    let unsubscribe = async {
        world.mailbox.reaches(1).await;
        world.takes(&unsubscribed(1, 3)).await;
    };
    let (walked, ()) = tokio::join!(walk, unsubscribe);
    walked.expect("walked");
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.recipients, counts.skipped), (1, 1));
    assert_eq!(world.mailbox.count(&address(1)), 1);
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribes_while_the_issue_goes_out_gets_no_mail_that_was_not_begun() {
    let world = World::new().await;
    // All in one shard, in this order; four are mailed at a time.
    let numbers = [1, 17, 33, 49, 65];
    for number in numbers {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    for number in &numbers[..4] {
        world
            .mailbox
            .script(&address(*number), [Reply::Slowly(Duration::from_secs(1))]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let walk = world.walk(&run);
    let unsubscribe = async {
        world.mailbox.reaches(4).await;
        world.takes(&unsubscribed(65, 3)).await;
    };
    let (walked, ()) = tokio::join!(walk, unsubscribe);
    walked.expect("walked");
    assert_eq!(world.mailbox.count(&address(65)), 0);
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.recipients, counts.accepted), (5, 4));
    assert_eq!(counts.skipped, 1);
}

#[tokio::test(start_paused = true)]
async fn an_orderly_stop_settles_what_is_in_flight_and_begins_nothing() {
    let mut world = World::new().await;
    let numbers = [1, 17, 33, 49, 65, 81];
    for number in numbers {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.app.steps().stop();
    let outcome = world.send(&run, 1).await.expect("stopped");
    assert!(matches!(outcome, ShardOutcome::More { .. }));
    assert_eq!(world.mailbox.mails().len(), 0);
    world.restart();
    let run = world.app.unfinished_runs().await.expect("read").remove(0);
    // Four are mailed at a time.
    for number in numbers {
        world
            .mailbox
            .script(&address(number), [Reply::Slowly(Duration::from_secs(1))]);
    }
    let stop = async {
        world.mailbox.reaches(4).await;
        world.app.steps().stop();
    };
    let (outcome, ()) = tokio::join!(world.send(&run, 1), stop);
    let outcome = outcome.expect("stopped");
    assert!(matches!(outcome, ShardOutcome::More { .. }));
    assert_eq!(world.mailbox.mails().len(), 4);
    world.restart();
    world.walk(&run).await.expect("walked");
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.accepted, counts.held), (6, 0));
    assert_eq!(world.mailbox.mails().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_the_same_time_mail_everybody_once() {
    let world = World::new().await;
    for number in 0..40 {
        world.takes(&confirmed(number, 2, second(0))).await;
        world
            .mailbox
            .script(&address(number), [Reply::Slowly(Duration::from_secs(1))]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let both = tokio::join!(world.walk(&run), world.walk(&run));
    assert!(both.0.is_ok() && both.1.is_ok());
    for number in 0..40 {
        assert_eq!(world.mailbox.count(&address(number)), 1, "{number}");
    }
    let delivered = world.delivered().await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].counts.accepted, 40);
}

#[tokio::test(start_paused = true)]
async fn a_run_of_an_unknown_issue_is_refused_for_good() {
    let world = World::new().await;
    world.takes(&published(second(1))).await;
    let mut run = world.started().remove(0);
    assert!(matches!(
        world.send(&run, 16).await,
        Err(StepError::Permanent(_))
    ));
    run.issue_id = uuid::Uuid::from_u128(99);
    assert!(matches!(
        world.walk(&run).await,
        Err(StepError::Permanent(_))
    ));
    assert!(matches!(
        world.app.steps().finish(&run).await,
        Err(StepError::Permanent(_))
    ));
}
