//! The declaration of what is published and consumed is true.

use contract_tooling::{Folder, asyncapi::Declaration, documents::verify};
use contracts::{
    EventData, Source, catalogue,
    events::{
        IssueHeldResolutionRequestedV1, IssuePauseRequestedV1, SubscriberConfirmedV1,
        SubscriberRegisteredV1, SubscribersImportedV1,
    },
};
use delivery::contract::{CONFIRMATIONS, CONSUMES, PUBLISHES, QUEUES};
use serde_json::Value;

use crate::support::{SesEvent, World, address, confirmed, published, refused, second};

#[test]
fn the_committed_document_says_what_is_declared() {
    let declaration = Declaration {
        service: Source::Delivery,
        publishes: PUBLISHES,
        consumes: QUEUES,
    };
    if let Err(error) = verify(&declaration) {
        panic!("{error}");
    }
}

#[test]
fn what_stops_an_issue_shares_no_queue_with_what_comes_in_thousands() {
    let queue_of = |event_type| {
        let mut queues = QUEUES.iter();
        let queue = queues.find(|queue| queue.consumes.contains(event_type));
        queue.expect("a queue").name
    };
    let pause = queue_of(&IssuePauseRequestedV1::TYPE);
    let many = [SubscribersImportedV1::TYPE, SubscriberConfirmedV1::TYPE];
    for many in many.iter().chain([&SubscriberRegisteredV1::TYPE]) {
        assert_ne!(queue_of(many), pause, "{many}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_declared_is_published_and_nothing_else() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.mailbox.script(&address(1), [refused()]);
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let mail = world.mailbox.mails().remove(0);
    let bounce = SesEvent::bounce("Permanent", &mail, second(7));
    world.hears(&bounce).await;
    world.hears(&SesEvent::complaint(&mail, second(8))).await;
    assert_eq!(
        world.published_types().await,
        PUBLISHES.iter().map(ToString::to_string).collect()
    );
}

/// `message`, as if it was sent in time.
fn in_time(message: &str) -> String {
    let mut message: Value = serde_json::from_str(message).expect("JSON");
    if let Some(told) = message["detail"]["data"].get_mut("expires_at") {
        *told = second(1_000).to_string().into();
    }
    message.to_string()
}

#[tokio::test(start_paused = true)]
async fn every_example_of_what_is_consumed_has_its_effect() {
    let folder = Folder::of_the_workspace();
    for event_type in CONSUMES {
        for message in folder.messages(event_type).expect("examples") {
            let world = World::new().await;
            let handled = world.handle(&in_time(&message)).await;
            handled.unwrap_or_else(|error| panic!("{event_type}: {error}"));
            let effects = if CONFIRMATIONS.consumes.contains(event_type) {
                world.mailbox.mails().len()
            } else {
                world.stored_items().await
            };
            // Nobody is held of an issue that is not there; `held` has the others.
            let has_none = *event_type == IssueHeldResolutionRequestedV1::TYPE;
            assert_eq!(effects == 0, has_none, "{event_type}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_else_is_decoded() {
    let world = World::new().await;
    let others = catalogue().iter().map(|kind| kind.event_type);
    let others = others.filter(|event_type| !CONSUMES.contains(event_type));
    let too_new = [
        "pennypost.issue.published.v3",
        "pennypost.subscriber.confirmed.v2",
    ];
    for event_type in others.chain(too_new) {
        // What is inside would be refused with another reason, if it was read.
        let message = format!(
            r#"{{"detail-type":"{event_type}","source":"pennypost.subscriptions","detail":"ann@example.com"}}"#
        );
        let refused = world.handle(&message).await.expect_err(event_type);
        assert!(refused.is_permanent(), "{refused}");
        let reason = refused.to_string();
        let nobody = format!("for good: nobody here handles {event_type}");
        let too_new = format!("for good: {event_type} cannot be handled: ");
        assert!(reason == nobody || reason.starts_with(&too_new), "{reason}");
    }
    assert_eq!(world.stored_items().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_no_name_is_not_repeated() {
    let world = World::new().await;
    let message = r#"{"detail-type":"ann@example.com","source":"x","detail":{}}"#;
    let refused = world.handle(message).await.expect_err("none");
    assert!(refused.is_permanent(), "{refused}");
    assert!(!refused.to_string().contains("ann"), "{refused}");
}
