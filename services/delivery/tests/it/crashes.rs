//! The process dies at every effect there is, and the next one goes on.

use std::time::Duration;

use delivery::workflow::ShardOutcome;

use crate::support::{Fault, Reply, World, address, confirmed, published, second};

/// Two of them in one shard.
const READERS: [u8; 3] = [1, 17, 2];

/// Everything from the first confirmation to the end of the run, as a queue
/// and a host do it.
async fn live(world: &World) {
    for number in READERS {
        if world
            .handle(&confirmed(number, 2, second(0)))
            .await
            .is_err()
        {
            return;
        }
    }
    if world.handle(&published(second(1))).await.is_err() {
        return;
    }
    for run in world.app.unfinished_runs().await.unwrap_or_default() {
        if let Err(error) = world.walk(&run).await {
            assert!(
                matches!(error, delivery::workflow::StepError::Transient(_)),
                "{error}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_nobody_is_mailed_twice_or_skipped() {
    for effect in 0.. {
        let mut world = World::new().await;
        let fault = Fault::at(effect);
        world.restart_mortal(&fault);
        let ended = tokio::time::timeout(Duration::from_secs(30), live(&world)).await;
        let died = fault.is_dead();
        assert!(died || ended.is_ok());
        world.restart();
        live(&world).await;
        let delivered = world.delivered().await;
        assert_eq!(delivered.len(), 1, "effect {effect}");
        let counts = delivered[0].counts;
        assert_eq!(counts.recipients, READERS.len() as u64, "effect {effect}");
        assert_eq!(
            counts.accepted + counts.held,
            READERS.len() as u64,
            "effect {effect}"
        );
        let mailed: Vec<_> = READERS
            .iter()
            .map(|number| world.mailbox.count(&address(*number)))
            .collect();
        assert!(
            mailed.iter().all(|mails| *mails <= 1),
            "effect {effect}: {mailed:?}"
        );
        let not_mailed = mailed.iter().filter(|mails| **mails == 0).count() as u64;
        assert!(
            not_mailed <= counts.held,
            "effect {effect}: {mailed:?}, {counts:?}"
        );
        assert!(world.app.unfinished_runs().await.expect("read").is_empty());
        if !died {
            assert_eq!(counts.held, 0);
            assert!(effect >= 30, "only {effect} effects were met");
            return;
        }
        assert!(counts.held <= READERS.len() as u64, "effect {effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_mail_that_was_open_at_the_crash_is_held() {
    let mut world = World::new().await;
    for number in READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.mailbox.script(&address(2), [Reply::Hangs]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    // The other shards have settled by the time the process is killed.
    let killed = tokio::time::timeout(Duration::from_secs(5), world.walk(&run)).await;
    assert!(killed.is_err());
    world.restart();
    for run in world.app.unfinished_runs().await.expect("read") {
        world.walk(&run).await.expect("walked");
    }
    let counts = world.delivered().await[0].counts;
    assert_eq!((counts.accepted, counts.held), (2, 1));
    assert_eq!(world.mailbox.count(&address(2)), 1);
}

#[tokio::test(start_paused = true)]
async fn where_others_may_be_at_work_a_claim_is_held_only_after_its_lease() {
    let mut world = World::new().await;
    world.sole_process = false;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.mailbox.script(&address(1), [Reply::Hangs]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let killed = tokio::time::timeout(Duration::from_secs(5), world.walk(&run)).await;
    assert!(killed.is_err());
    world.restart();
    let outcome = world.send(&run, 1).await.expect("waits");
    assert!(matches!(outcome, ShardOutcome::More { .. }));
    world.walk(&run).await.expect("walked");
    assert_eq!(world.delivered().await[0].counts.held, 1);
    assert_eq!(world.mailbox.count(&address(1)), 1);
}
