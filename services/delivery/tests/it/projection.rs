//! Events of one subscriber in any order, and repeated.

use contracts::events::ExceptionOutcome;
use uuid::Uuid;

use crate::support::{
    World, address, confirmed, erased, erased_at, imported, issue_id, published, registered,
    second, unsubscribed, unsubscribed_at,
};

/// Every order of `messages`.
fn orders(messages: &[String]) -> Vec<Vec<String>> {
    if messages.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..messages.len() {
        let mut rest = messages.to_vec();
        let message = rest.remove(first);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, message.clone());
            order
        }));
    }
    all
}

/// How many mails readers get of an issue published after `changes`: one
/// reader for each order of them, each message handled twice.
async fn mails_after_any_order(changes: impl Fn(u8) -> Vec<String>) -> Vec<usize> {
    let world = World::new().await;
    let count = orders(&changes(0)).len();
    for order in 0..count {
        let reader = u8::try_from(order).expect("few orders");
        for message in &orders(&changes(reader))[order] {
            world.takes(message).await;
            world.takes(message).await;
        }
    }
    world.takes(&published(second(100))).await;
    world.walk_started().await;
    let mails = |order| {
        world
            .mailbox
            .count(&address(u8::try_from(order).expect("few orders")))
    };
    (0..count).map(mails).collect()
}

#[tokio::test(start_paused = true)]
async fn whatever_the_order_who_unsubscribed_last_gets_nothing() {
    let mails = mails_after_any_order(|reader| {
        vec![
            confirmed(reader, 2, second(0)),
            unsubscribed(reader, 3),
            confirmed(reader, 4, second(5)),
            erased(reader, 5),
        ]
    });
    assert_eq!(mails.await, [0; 24]);
}

#[tokio::test(start_paused = true)]
async fn whatever_the_order_who_left_after_the_publication_counts_for_the_issue() {
    let messages = [
        published(second(10)),
        confirmed(1, 2, second(5)),
        erased_at(1, 3, second(15)),
    ];
    for order in orders(&messages) {
        // At each of its moments, and at the end.
        for walked in 0..=order.len() {
            let world = World::new().await;
            world.takes(&confirmed(2, 2, second(0))).await;
            for (number, message) in order.iter().enumerate() {
                if number == walked {
                    world.walk_started().await;
                }
                world.takes(message).await;
                world.takes(message).await;
            }
            world.walk_started().await;
            let told = world.exceptions().await.into_iter();
            let told: Vec<_> = told.flat_map(|one| one.entries).collect();
            let counts = world.progress().await.pop().expect("a report").counts;
            let mails = world.mailbox.count(&address(1)) as u64;
            let shown = format!("walked at {walked}: {order:?}");
            assert_eq!((counts.recipients, counts.pending), (2, 0), "{shown}");
            assert_eq!(counts.accepted, 1 + mails, "{shown}");
            assert_eq!(counts.skipped, told.len() as u64, "{shown}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_left_before_the_publication_does_not_count_whatever_the_order() {
    let messages = [
        published(second(10)),
        confirmed(1, 2, second(5)),
        unsubscribed_at(1, 3, second(7)),
    ];
    for order in orders(&messages) {
        let world = World::new().await;
        for message in &order {
            world.takes(message).await;
        }
        world.walk_started().await;
        let counts = world.progress().await.pop().expect("a report").counts;
        // Whom the issue met before the leaving is skipped by it.
        let met = order == messages
            || order == [&messages[1..2], &messages[..1], &messages[2..]].concat();
        assert_eq!(counts.recipients, u64::from(met), "{order:?}");
        assert_eq!(counts.skipped, u64::from(met), "{order:?}");
        assert!(world.mailbox.mails().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn who_had_left_before_the_publication_and_was_mailed_is_told_to_have_been() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(5))).await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(1)), 1);
    let left = unsubscribed_at(1, 3, second(7));
    world.takes(&left).await;
    world.takes(&left).await;
    world.walk_started().await;
    let told = world.exceptions().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].entries.len(), 1);
    assert_eq!(told[0].entries[0].outcome, ExceptionOutcome::Accepted);
    let counts = world.progress().await.pop().expect("a report").counts;
    assert_eq!((counts.recipients, counts.accepted), (1, 1));
    // After the publication it is nothing special.
    world.takes(&confirmed(2, 2, second(5))).await;
    world.walk_started().await;
    world.takes(&unsubscribed_at(2, 3, second(12))).await;
    assert!(world.started().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_was_mailed_and_whose_early_leaving_is_heard_of_after_their_erasure_is_told_of() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(5))).await;
    world.takes(&published(second(10))).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(1)), 1);
    world.takes(&erased_at(1, 4, second(15))).await;
    assert!(world.exceptions().await.is_empty());
    let left = unsubscribed_at(1, 3, second(7));
    world.takes(&left).await;
    world.takes(&left).await;
    world.walk_started().await;
    let told = world.exceptions().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].entries.len(), 1);
    assert_eq!(told[0].entries[0].outcome, ExceptionOutcome::Accepted);
    assert_eq!(
        told[0].entries[0].reason,
        "left before the publication, and was mailed before that was known"
    );
    let counts = world.progress().await.pop().expect("a report").counts;
    assert_eq!((counts.recipients, counts.accepted), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn whatever_the_order_who_confirmed_last_gets_the_issue_once() {
    let mails = mails_after_any_order(|reader| {
        vec![
            imported(&[reader], second(0)),
            confirmed(reader, 2, second(0)),
            unsubscribed(reader, 3),
            confirmed(reader, 4, second(5)),
        ]
    });
    assert_eq!(mails.await, [1; 24]);
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribes_gets_nothing_of_more_issues_than_fit_a_transaction() {
    const ISSUES: u128 = 110;
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    for number in 0..ISSUES {
        let issue = published(second(1))
            .replace(
                &issue_id().to_string(),
                &Uuid::from_u128(0x7000 + number).to_string(),
            )
            .replace(
                &Uuid::from_u128(0x500).to_string(),
                &Uuid::from_u128(0x8000 + number).to_string(),
            );
        world.takes(&issue).await;
    }
    world.takes(&unsubscribed(1, 3)).await;
    world.takes(&unsubscribed(1, 3)).await;
    let runs = world.started();
    let [first, .., last] = &*runs else {
        panic!("{} runs", runs.len());
    };
    for run in [first, last] {
        world.walk(run).await.expect("walked");
    }
    assert_eq!(world.mailbox.mails().len(), 0);
    let ends = world.delivered().await;
    assert_eq!(ends.len(), 2);
    assert!(ends.iter().all(|end| end.counts.skipped == 1));
}

#[tokio::test(start_paused = true)]
async fn registering_again_makes_nobody_a_recipient() {
    let world = World::new().await;
    world.takes(&unsubscribed(1, 3)).await;
    world.takes(&registered(0x900, 1, 4, second(1_000))).await;
    world.takes(&published(second(100))).await;
    world.walk_started().await;
    let mails = world.mailbox.mails();
    assert_eq!(mails.len(), 1, "the confirmation mail alone");
    assert_eq!(mails[0].subject, "Welcome!");
}

#[tokio::test(start_paused = true)]
async fn an_imported_list_gets_the_issue() {
    let world = World::new().await;
    let numbers: Vec<u8> = (0..90).collect();
    world.takes(&imported(&numbers, second(0))).await;
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    for number in numbers {
        assert_eq!(world.mailbox.count(&address(number)), 1, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_no_event_of_ours_belongs_to_the_dead_letters() {
    let world = World::new().await;
    let unknown =
        confirmed(1, 2, second(0)).replace("subscriber.confirmed.v1", "subscriber.renamed.v1");
    let torn = confirmed(1, 2, second(0)).replace("\"version\"", "\"edition\"");
    for message in ["", "{}", unknown.as_str(), torn.as_str()] {
        let error = world.handle(message).await.expect_err(message);
        assert!(error.is_permanent(), "{error}");
        assert!(!error.to_string().contains("example.com"), "{error}");
    }
}
