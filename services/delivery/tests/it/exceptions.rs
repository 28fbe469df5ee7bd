//! Who did not simply get the issue is told.

use std::collections::BTreeMap;

use contracts::events::ExceptionOutcome;
use uuid::Uuid;

use crate::support::{
    Fault, World, address, confirmed, published, refused, second, subscriber, unclear, unsubscribed,
};

/// The newest outcome that was told of each reader.
async fn told(world: &World) -> BTreeMap<Uuid, ExceptionOutcome> {
    let mut events = world.exceptions().await;
    events.sort_by_key(|event| (event.shard, event.row));
    let entries = events.into_iter().flat_map(|event| event.entries);
    entries
        .map(|one| (one.subscriber_id, one.outcome))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn whoever_failed_is_held_or_skipped_is_told_and_nobody_else() {
    let world = World::new().await;
    for number in 1..=5 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.mailbox.script(&address(1), [refused()]);
    world.mailbox.script(&address(2), [unclear()]);
    world.takes(&published(second(1))).await;
    world.takes(&unsubscribed(3, 3)).await;
    world.walk_started().await;
    let expected = [
        (subscriber(1), ExceptionOutcome::Failed),
        (subscriber(2), ExceptionOutcome::Held),
        (subscriber(3), ExceptionOutcome::Skipped),
    ];
    assert_eq!(told(&world).await, BTreeMap::from(expected));
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.recipients, counts.accepted), (5, 2));
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_what_is_told_agrees_with_the_counts() {
    for effect in (0..).step_by(3) {
        let mut world = World::new().await;
        for number in 1..=3 {
            world.takes(&confirmed(number, 2, second(0))).await;
        }
        world.mailbox.script(&address(1), [refused()]);
        world.mailbox.script(&address(2), [unclear()]);
        world.takes(&published(second(1))).await;
        world.takes(&unsubscribed(3, 3)).await;
        let run = world.started().remove(0);
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let limit = std::time::Duration::from_secs(60);
        let _ended = tokio::time::timeout(limit, world.walk(&run)).await;
        let died = fault.is_dead();
        world.restart();
        world.walk(&run).await.expect("walked");
        let told = told(&world).await;
        let count = |outcome| told.values().filter(|one| **one == outcome).count() as u64;
        let counts = world.delivered().await[0].counts;
        assert_eq!(counts.recipients, 3, "effect {effect}");
        assert_eq!(
            count(ExceptionOutcome::Failed),
            counts.failed,
            "effect {effect}"
        );
        assert_eq!(
            count(ExceptionOutcome::Held),
            counts.held,
            "effect {effect}"
        );
        assert_eq!(
            count(ExceptionOutcome::Skipped),
            counts.skipped,
            "effect {effect}"
        );
        if !died {
            return;
        }
    }
}
