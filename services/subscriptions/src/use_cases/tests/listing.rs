//! The subscribers are listed.

use super::*;
use crate::{
    domain::SubscriberStatus,
    store::SubscriberPlace,
    use_cases::{
        erase_subscriber::erase_subscriber,
        list_subscribers::{SubscriberPage, list_subscribers},
        unsubscribe::unsubscribe,
    },
};

async fn page(
    world: &World,
    status: Option<SubscriberStatus>,
    after: Option<&SubscriberPlace>,
    limit: u16,
) -> SubscriberPage {
    let page = list_subscribers(&world.app, status, after, limit).await;
    page.expect("a page")
}

/// The ids of all pages of `limit`.
async fn all(world: &World, status: Option<SubscriberStatus>, limit: u16) -> Vec<SubscriberId> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = page(world, status, after.as_ref(), limit).await;
        assert!(page.items.len() <= usize::from(limit));
        ids.extend(page.items.iter().map(|it| it.id));
        match page.next {
            // By way of a link.
            Some(next) => after = SubscriberPlace::parse(&next.to_string()),
            None => return ids,
        }
        assert!(after.is_some());
    }
}

/// One of each status, twice; the newest first.
async fn ten(world: &World) -> Vec<(SubscriberId, SubscriberStatus)> {
    let mut subscribers = Vec::new();
    for number in 0..10 {
        let address = format!("ann{number}@example.com");
        let status = SubscriberStatus::ALL[number % 5];
        let id = match status {
            SubscriberStatus::Pending => world.pending(&address).await,
            _ => world.confirmed(&address).await,
        };
        match status {
            SubscriberStatus::Pending | SubscriberStatus::Confirmed => {}
            SubscriberStatus::Unsubscribed => {
                unsubscribe(&world.app, id).await.expect("unsubscribed");
            }
            SubscriberStatus::Bounced => world.feedback(id, FeedbackKind::Bounce).await,
            SubscriberStatus::Complained => world.feedback(id, FeedbackKind::Complaint).await,
        }
        subscribers.push((id, status));
    }
    subscribers.reverse();
    subscribers
}

#[tokio::test]
async fn all_are_listed_the_newest_first_whatever_the_status_and_the_page() {
    let world = World::new().await;
    assert!(all(&world, None, 10).await.is_empty());
    let subscribers = ten(&world).await;
    let ids: Vec<_> = subscribers.iter().map(|(id, _)| *id).collect();
    for limit in [1, 2, 3, 9, 10, 11, 200] {
        assert_eq!(all(&world, None, limit).await, ids, "pages of {limit}");
    }
    for status in SubscriberStatus::ALL {
        let those = subscribers.iter().filter(|(_, its)| *its == status);
        let those: Vec<_> = those.map(|(id, _)| *id).collect();
        for limit in [1, 2, 3] {
            assert_eq!(all(&world, Some(status), limit).await, those, "{status}");
        }
    }
}

#[tokio::test]
async fn who_has_the_same_moment_is_listed_once_and_in_one_order() {
    let world = World::new().await;
    for (number, (id, _)) in ten(&world).await.into_iter().enumerate() {
        let mut moved = world.stored(id).await.expect("there");
        moved.subscribed_at = jiff::Timestamp::from_second(1).expect("in range");
        moved.subscribed_at += jiff::SignedDuration::from_micros(number as i64);
        moved.version += 1;
        let decision = Decision::new().write(crate::store::ChangedSubscriber(moved));
        world.app.store.commit(decision).await.expect("written");
    }
    let mut in_order = all(&world, None, 200).await;
    assert_eq!(in_order.len(), 10);
    for limit in [1, 3, 4] {
        assert_eq!(all(&world, None, limit).await, in_order, "pages of {limit}");
    }
    let listed = in_order.clone();
    in_order.sort_unstable_by_key(|id| std::cmp::Reverse(id.0));
    assert_eq!(listed, in_order);
}

#[tokio::test]
async fn a_list_goes_on_behind_somebody_who_was_erased_or_changed_since() {
    let world = World::new().await;
    let ids: Vec<_> = ten(&world).await.iter().map(|(id, _)| *id).collect();
    for status in [None, Some(SubscriberStatus::Confirmed)] {
        let first = page(&world, status, None, 1).await;
        let last = first.items.last().expect("somebody");
        let next = first.next.expect("more");
        let expected = page(&world, status, Some(&next), 1).await.items;
        erase_subscriber(&world.app, last.id).await.expect("erased");
        let second = page(&world, status, Some(&next), 1).await.items;
        assert_eq!(second, expected, "{status:?}");
    }
    let first = page(&world, None, None, 3).await;
    let next = first.next.expect("more");
    let rest = page(&world, None, Some(&next), 200).await.items;
    for it in &first.items {
        unsubscribe(&world.app, it.id).await.expect("done");
    }
    assert_eq!(page(&world, None, Some(&next), 200).await.items, rest);
    assert_eq!(all(&world, None, 3).await.len(), ids.len() - 2);
}

#[tokio::test]
async fn who_comes_back_is_listed_as_the_newest() {
    let world = World::new().await;
    let first = world.confirmed("ann@example.com").await;
    let second = world.confirmed("bob@example.com").await;
    assert_eq!(all(&world, None, 10).await, [second, first]);
    unsubscribe(&world.app, first).await.expect("unsubscribed");
    world.pending("ann@example.com").await;
    assert_eq!(all(&world, None, 10).await, [first, second]);
    let pending = all(&world, Some(SubscriberStatus::Pending), 10).await;
    assert_eq!(pending, [first]);
}

#[tokio::test]
async fn a_page_is_two_queries_a_list_at_the_most_however_many_there_are() {
    let world = World::new().await;
    ten(&world).await;
    world.probe.requests();
    page(&world, None, None, 3).await;
    let requests = world.probe.requests();
    assert!(requests.iter().all(|request| request == "Query"));
    assert!((5..=10).contains(&requests.len()), "{}", requests.len());
    page(&world, Some(SubscriberStatus::Pending), None, 3).await;
    assert_eq!(world.probe.requests(), ["Query"]);
}
