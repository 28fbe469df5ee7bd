//! Somebody is erased.

use contracts::events::{SubscriberConfirmedV1, SubscriberErasedV1, SubscriberUnsubscribedV1};
use futures::future::join_all;

use super::*;
use crate::{
    domain::SubscriberStatus,
    store::erased::Tombstone,
    use_cases::{
        erase_subscriber::erase_subscriber, find_subscriber::find_subscriber,
        unsubscribe::unsubscribe,
    },
};

const ADDRESS: &str = "ann@example.com";

async fn erase(world: &World, id: SubscriberId) -> bool {
    erase_subscriber(&world.app, id).await.expect("decided")
}

async fn is_found(world: &World) -> bool {
    let found = find_subscriber(&world.app, &email(ADDRESS)).await;
    found.expect("a read").is_some()
}

/// The items that say that an address is suppressed.
async fn suppressions(world: &World) -> Vec<String> {
    let mut kept = world.kept().await;
    kept.retain(|item| item.contains("suppression"));
    kept
}

#[tokio::test]
async fn whoever_is_erased_leaves_neither_address_nor_name_nor_history() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    assert!(erase(&world, id).await);

    assert_eq!(world.stored(id).await, None);
    assert!(!is_found(&world).await);
    let mut kept = world.kept().await;
    // How many there are says nothing of who.
    kept.retain(|item| !item.contains("AUDIENCE#"));
    // The link that was mailed, which confirms nobody, and that there was
    // somebody: both expire.
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(
        kept.iter().all(|item| item.contains("expires_at")),
        "{kept:?}"
    );
    let kept = kept.concat();
    assert!(
        !kept.contains(NAME) && !kept.contains("example.com"),
        "{kept}"
    );
}

#[tokio::test]
async fn an_erasure_is_told_once_in_the_next_version() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    assert!(erase(&world, id).await);
    assert!(!erase(&world, id).await, "the second finds nobody");
    let [erased] = world.events().await.try_into().expect("one event");
    let SubscriberErasedV1 {
        subscriber_id,
        version,
        ..
    } = erased;
    assert_eq!((subscriber_id, version), (id.0, 3));
}

#[tokio::test]
async fn that_somebody_was_erased_stays_for_forty_days_without_who_it_was() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    assert!(erase(&world, id).await);
    let [erased] = world.events().await.try_into().expect("one event");
    let SubscriberErasedV1 { version, at, .. } = erased;
    let page = world.app.store.erased(None, 10).await.expect("a page");
    assert_eq!(page.items, [Tombstone { id, version, at }]);
    let mut kept = world.kept().await;
    kept.retain(|item| item.contains("ERASED#"));
    let expires_at = at.as_second() + 40 * 24 * 60 * 60;
    assert!(
        kept.len() == 1 && kept[0].contains(&expires_at.to_string()),
        "{kept:?}"
    );
}

#[tokio::test]
async fn nobody_is_erased_who_is_not_there() {
    let world = World::new().await;
    assert!(!erase(&world, SubscriberId(Uuid::from_u128(1))).await);
    assert!(world.outbox().await.is_empty());
}

#[tokio::test]
async fn of_an_address_that_bounced_or_complained_only_the_keyed_hash_stays() {
    for kind in [FeedbackKind::Bounce, FeedbackKind::Complaint] {
        let world = World::new().await;
        let id = world.confirmed(ADDRESS).await;
        world.feedback(id, kind).await;
        assert!(erase(&world, id).await);
        let [kept] = suppressions(&world).await.try_into().expect("one item");
        assert!(kept.contains("ADDRESS#"), "{kept}");
        let all = world.kept().await.concat();
        assert!(!all.contains("example.com") && !all.contains(NAME), "{all}");
        assert!(!kept.contains(&id.to_string()), "{kept}");
    }
}

#[tokio::test]
async fn a_suppressed_address_may_subscribe_again_as_somebody_new_and_must_confirm() {
    let world = World::new().await;
    let before = world.bounced(ADDRESS).await;
    erase(&world, before).await;

    world.clock.pass_hours(25);
    let id = world.pending(ADDRESS).await;
    assert_ne!(id, before);
    let pending = world.stored(id).await.expect("there");
    assert_eq!(pending.status, SubscriberStatus::Pending);
    assert_eq!(pending.version, 1);

    // Who only asked, which anybody can do for them, lifts nothing.
    assert!(erase(&world, id).await);
    assert_eq!(suppressions(&world).await.len(), 1);

    let id = world.confirmed(ADDRESS).await;
    let confirmed = world.stored(id).await.expect("there");
    assert_eq!(confirmed.suppression, None);
    assert!(suppressions(&world).await.is_empty());
    assert!(erase(&world, id).await);
    assert!(suppressions(&world).await.is_empty());
}

#[tokio::test]
async fn nobody_learns_from_the_work_that_an_address_is_suppressed() {
    let world = World::new().await;
    let id = world.bounced(ADDRESS).await;
    erase(&world, id).await;
    world.probe.requests();
    world.probe.written_bytes();
    world.subscribe("new@example.com").await;
    let (new, bytes) = (world.probe.requests(), world.probe.written_bytes());
    world.subscribe(ADDRESS).await;
    assert_eq!(world.probe.requests(), new);
    let suppressed = world.probe.written_bytes();
    assert!(
        bytes.abs_diff(suppressed) < bytes / 10,
        "{bytes} {suppressed}"
    );
}

#[tokio::test]
async fn links_of_the_erased_confirm_nobody_even_after_the_address_is_subscribed_again() {
    let world = World::new().await;
    let id = world.pending(ADDRESS).await;
    let old = world.mailed().await.confirmation_url;
    erase(&world, id).await;
    assert_eq!(world.follow(&old).await, Confirmation::Unknown);

    let id = world.pending(ADDRESS).await;
    assert_eq!(world.follow(&old).await, Confirmation::Unknown);
    assert!(world.events::<SubscriberConfirmedV1>().await.is_empty());
    let new = world.mailed().await.confirmation_url;
    assert_eq!(world.follow(&new).await, Confirmation::Confirmed);
    let status = world.stored(id).await.expect("there").status;
    assert_eq!(status, SubscriberStatus::Confirmed);
}

#[tokio::test]
async fn unsubscribing_and_feedback_come_too_late_for_the_erased_and_do_nothing() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    erase(&world, id).await;
    unsubscribe(&world.app, id).await.expect("no effect");
    world.feedback(id, FeedbackKind::Bounce).await;
    world.feedback(id, FeedbackKind::Complaint).await;
    assert!(world.events::<SubscriberUnsubscribedV1>().await.is_empty());
    assert!(suppressions(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn erasing_several_times_at_once_happens_once() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    let tasks = (0..20).map(|_| {
        let world = world.clone();
        tokio::spawn(async move { erase(&world, id).await })
    });
    let known = join_all(tasks).await.into_iter();
    let known = known.filter(|known| *known.as_ref().expect("no panic"));
    assert_eq!(known.count(), 1);
    assert_eq!(world.events::<SubscriberErasedV1>().await.len(), 1);
}

#[tokio::test]
async fn who_is_erased_while_they_confirm_is_not_confirmed() {
    let world = World::new().await;
    let id = world.pending(ADDRESS).await;
    let link = world.mailed().await.confirmation_url;
    world.in_between(move |world| async move { assert!(erase(&world, id).await) });
    assert_eq!(world.follow(&link).await, Confirmation::Unknown);
    assert!(world.events::<SubscriberConfirmedV1>().await.is_empty());
    assert_eq!(world.stored(id).await, None);
}

#[tokio::test]
async fn who_is_erased_while_they_unsubscribe_is_erased() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    world.in_between(move |world| async move { assert!(erase(&world, id).await) });
    unsubscribe(&world.app, id).await.expect("no effect");
    assert!(world.events::<SubscriberUnsubscribedV1>().await.is_empty());
    assert_eq!(world.stored(id).await, None);
}

#[tokio::test]
async fn who_changes_while_they_are_erased_is_erased_as_they_are_then() {
    let world = World::new().await;
    let id = world.confirmed(ADDRESS).await;
    world.in_between(move |world| async move { world.feedback(id, FeedbackKind::Complaint).await });
    assert!(erase(&world, id).await);
    let [erased] = world.events().await.try_into().expect("one event");
    let SubscriberErasedV1 { version, .. } = erased;
    assert_eq!(version, 4);
    assert_eq!(suppressions(&world).await.len(), 1);
}

#[tokio::test]
async fn who_asks_again_while_they_are_erased_is_somebody_new() {
    let world = World::new().await;
    let before = world.pending(ADDRESS).await;
    world.in_between(move |world| async move { assert!(erase(&world, before).await) });
    let id = world.pending(ADDRESS).await;
    assert_ne!(id, before);
    assert_eq!(world.stored(id).await.expect("there").version, 1);
    assert!(is_found(&world).await);
}

#[tokio::test]
async fn a_suppression_is_not_lost_by_asking_in_the_moment_it_is_made() {
    let world = World::new().await;
    let before = world.bounced(ADDRESS).await;
    world.clock.pass_hours(25);
    world.in_between(move |world| async move { assert!(erase(&world, before).await) });
    let id = world.pending(ADDRESS).await;
    assert_ne!(id, before);
    let subscriber = world.stored(id).await.expect("there");
    assert!(subscriber.suppression.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_suppressed_address_that_many_subscribe_at_once_becomes_one_subscriber() {
    let world = World::new().await;
    let id = world.bounced(ADDRESS).await;
    erase(&world, id).await;
    let mails = world.events::<SubscriberRegisteredV1>().await.len();
    let tasks = (0..20).map(|_| {
        let world = world.clone();
        tokio::spawn(async move { world.subscribe(ADDRESS).await })
    });
    for done in join_all(tasks).await {
        done.expect("no panic");
    }
    let events = world
        .events::<SubscriberRegisteredV1>()
        .await
        .split_off(mails);
    let mut versions: Vec<_> = events.iter().map(|event| event.version).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3]);
}

#[tokio::test]
async fn while_the_store_is_down_nothing_is_erased_and_afterwards_it_is() {
    let world = World::new().await;
    let id = world.bounced(ADDRESS).await;
    world.probe.is_down(true);
    let error = erase_subscriber(&world.app, id).await.expect_err("down");
    assert!(error.is_transient(), "{error}");
    world.probe.is_down(false);
    assert!(world.stored(id).await.is_some() && is_found(&world).await);
    assert!(erase(&world, id).await);
}
