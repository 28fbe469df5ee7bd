//! The bus hands an event to every queue whose rule matches it.

use std::sync::Arc;

use ambient::{SystemClock, SystemRandomness};
use contracts::{BusEvent, CloudEvent, EventData, events::SubscriberErasedV1};
use jiff::Timestamp;
use local::{
    bus::{LocalBus, Rule},
    queue::Queues,
};
use outbox::{BusEntry, EntryOutcome, EventBus};
use uuid::Uuid;

const BOTH: &str = "both-types";
const ONE: &str = "one-type";

async fn bus() -> (LocalBus, Queues) {
    let queues = Queues::open(None, &[BOTH, ONE], Arc::new(SystemClock))
        .await
        .expect("queues");
    let rules = vec![
        Rule {
            queue: BOTH,
            event_types: &[SubscriberErasedV1::TYPE, "another.v1"],
        },
        Rule {
            queue: ONE,
            event_types: &["another.v1"],
        },
    ];
    let bus = LocalBus::new(
        queues.clone(),
        rules,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
    );
    (bus, queues)
}

fn entry(detail_type: &str, detail: &str) -> BusEntry {
    BusEntry {
        source: "pennypost.subscriptions".to_owned(),
        detail_type: detail_type.to_owned(),
        detail: detail.to_owned(),
        trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned()),
    }
}

async fn received(queues: &Queues, queue: &'static str) -> Vec<local::queue::Message> {
    queues.queue(queue).receive(10).await.expect("messages")
}

#[tokio::test]
async fn an_event_goes_to_every_queue_that_listens_and_no_other() {
    let (bus, queues) = bus().await;
    let entries = [
        entry(SubscriberErasedV1::TYPE, "{}"),
        entry("another.v1", "{}"),
        entry("nobody.listens.v1", "{}"),
    ];
    let outcomes = bus.put(&entries).await.expect("outcomes");
    assert_eq!(outcomes, [const { EntryOutcome::Accepted }; 3]);
    assert_eq!(received(&queues, BOTH).await.len(), 2);
    assert_eq!(received(&queues, ONE).await.len(), 1);
}

#[tokio::test]
async fn a_queued_event_is_what_was_published() {
    let (bus, queues) = bus().await;
    let data = SubscriberErasedV1 {
        subscriber_id: Uuid::from_u128(1),
        version: 3,
        at: Timestamp::UNIX_EPOCH,
    };
    let event = CloudEvent::new(
        Uuid::from_u128(2),
        Timestamp::UNIX_EPOCH,
        "local",
        None,
        data,
    );
    let detail = serde_json::to_string(&event).expect("JSON");
    bus.put(&[entry(SubscriberErasedV1::TYPE, &detail)])
        .await
        .expect("outcomes");

    let message = received(&queues, BOTH).await.remove(0);
    let read = BusEvent::parse(&message.body).expect("an event");
    assert_eq!(
        read.decode::<SubscriberErasedV1>().expect("the event"),
        event
    );
    assert!(message.trace_header.is_some());
}

#[tokio::test]
async fn a_malformed_event_is_refused_and_the_others_go_out() {
    let (bus, queues) = bus().await;
    let entries = [entry("another.v1", "no json"), entry("another.v1", "{}")];
    let outcomes = bus.put(&entries).await.expect("outcomes");
    assert_eq!(
        outcomes,
        [
            EntryOutcome::Refused("MalformedDetail".to_owned()),
            EntryOutcome::Accepted
        ]
    );
    assert_eq!(received(&queues, ONE).await.len(), 1);
}
