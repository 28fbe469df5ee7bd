//! Everybody's present state is published again.

mod turns;

use std::{collections::HashSet, time::Duration};

use contracts::events::{
    SubscriberConfirmedV1, SubscriberErasedV1, SubscriberUnsubscribedV1, SubscribersImportedV1,
    UnsubscribeReason,
};
use futures::future::join_all;
use jiff::SignedDuration;

use super::*;
use crate::{
    store::NewSubscriber,
    use_cases::{
        erase_subscriber::erase_subscriber,
        rebuild::{Rebuilt, rebuild, tests::short_turn},
        unsubscribe::unsubscribe,
    },
};

/// Time for everybody there is in these tests.
const LONG: Duration = Duration::from_secs(3_600);

/// What readers are told of people, in the order of their ids.
#[derive(Debug, Default, PartialEq)]
struct Told {
    confirmed: Vec<SubscriberConfirmedV1>,
    left: Vec<SubscriberUnsubscribedV1>,
    erased: Vec<SubscriberErasedV1>,
}

impl Told {
    /// What `rows` tell; of anything else there must be nothing.
    fn by(rows: Vec<OutboxRow>) -> Self {
        let mut told = Self::default();
        for row in rows {
            match row.detail_type.as_str() {
                SubscriberConfirmedV1::TYPE => told.confirmed.push(data(&row)),
                SubscribersImportedV1::TYPE => {
                    let chunk: SubscribersImportedV1 = data(&row);
                    told.confirmed.extend(chunk.subscribers);
                }
                SubscriberUnsubscribedV1::TYPE => told.left.push(data(&row)),
                SubscriberErasedV1::TYPE => told.erased.push(data(&row)),
                other => panic!("nobody is to be told of {other}"),
            }
        }
        told.confirmed.sort_by_key(|it| it.subscriber_id);
        told.left.sort_by_key(|it| it.subscriber_id);
        told.erased.sort_by_key(|it| it.subscriber_id);
        told
    }

    fn len(&self) -> usize {
        self.confirmed.len() + self.left.len() + self.erased.len()
    }

    /// Whom it is about, each as often as they are told of.
    fn ids(&self) -> Vec<Uuid> {
        let confirmed = self.confirmed.iter().map(|it| it.subscriber_id);
        let left = self.left.iter().map(|it| it.subscriber_id);
        let erased = self.erased.iter().map(|it| it.subscriber_id);
        let mut ids: Vec<_> = confirmed.chain(left).chain(erased).collect();
        ids.sort_unstable();
        ids
    }
}

fn data<D: EventData>(row: &OutboxRow) -> D {
    let event: CloudEvent<D> = serde_json::from_str(&row.detail).expect("an event");
    event.data
}

async fn turn(world: &World, cursor: Option<&str>, budget: Duration) -> Rebuilt {
    let turn = rebuild(&world.app, cursor, budget).await;
    turn.expect("published")
}

/// Rebuilds in one turn.
async fn rebuild_all(world: &World) -> u64 {
    let turn = turn(world, None, LONG).await;
    assert_eq!(turn.cursor, None);
    turn.published
}

/// What is told while `work` is done.
async fn told_by(world: &World, work: impl Future<Output = ()>) -> Told {
    let before: HashSet<_> = world.outbox().await.iter().map(|row| row.id).collect();
    work.await;
    let mut rows = world.outbox().await;
    rows.retain(|row| !before.contains(&row.id));
    Told::by(rows)
}

/// So many, confirmed by an import.
async fn imported(world: &World, count: u64, name: &str) {
    let key = secrecy::ExposeSecret::expose_secret(&world.app.secrets.address_key);
    for number in 0..count {
        let email = email(&format!("r{number}@example.com"));
        let id = SubscriberId(world.app.randomness.uuid());
        let address = crate::domain::AddressFingerprint::of(&email, key);
        let name = SubscriberName::parse(name).expect("valid");
        let subscriber = Subscriber::imported(id, email, name, world.app.clock.now());
        let new = NewSubscriber {
            subscriber,
            address,
        };
        let decision = Decision::new().write(new);
        world.app.store.commit(decision).await.expect("imported");
    }
}

async fn left(world: &World, address: &str) -> SubscriberId {
    let id = world.confirmed(address).await;
    unsubscribe(&world.app, id).await.expect("unsubscribed");
    id
}

async fn erased(world: &World, address: &str) -> SubscriberId {
    let id = world.confirmed(address).await;
    assert!(erase_subscriber(&world.app, id).await.expect("erased"));
    id
}

#[tokio::test]
async fn everybody_is_told_of_in_the_very_words_of_the_first_time() {
    let world = World::new().await;
    world.pending("waits@example.com").await;
    world.confirmed("in@example.com").await;
    left(&world, "out@example.com").await;
    world.bounced("bounced@example.com").await;
    let complains = world.confirmed("complains@example.com").await;
    world.feedback(complains, FeedbackKind::Complaint).await;
    erased(&world, "erased@example.com").await;
    // They confirmed, left, and only asked again.
    let asks_again = left(&world, "again@example.com").await;
    world.clock.pass_hours(25);
    assert_eq!(world.pending("again@example.com").await, asks_again);

    let mut first = world.outbox().await;
    first.retain(|row| row.detail_type != SubscriberRegisteredV1::TYPE);
    let mut expected = Told::by(first);
    // Of those who left and of the erased there is something newer.
    let left = expected.left.iter().map(|it| it.subscriber_id);
    let erased = expected.erased.iter().map(|it| it.subscriber_id);
    let gone: HashSet<_> = left.chain(erased).collect();
    expected
        .confirmed
        .retain(|it| !gone.contains(&it.subscriber_id));
    assert_eq!(expected.len(), 6);
    let reasons: HashSet<_> = expected
        .left
        .iter()
        .map(|it| format!("{:?}", it.reason))
        .collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");

    world.clock.pass_hours(1);
    let told = told_by(&world, async {
        assert_eq!(rebuild_all(&world).await, 6);
    });
    assert_eq!(told.await, expected);
}

#[tokio::test]
async fn nothing_but_the_outbox_is_changed_by_it() {
    let world = World::new().await;
    world.confirmed("in@example.com").await;
    left(&world, "out@example.com").await;
    erased(&world, "erased@example.com").await;
    let state = |mut kept: Vec<String>| {
        // An item's attributes are in no order.
        kept.iter_mut().for_each(|item| {
            let mut letters: Vec<_> = item.chars().collect();
            letters.sort_unstable();
            *item = letters.into_iter().collect();
        });
        kept.sort_unstable();
        kept
    };
    let before = state(world.kept().await);
    rebuild_all(&world).await;
    assert_eq!(state(world.kept().await), before);
}

#[tokio::test]
async fn where_nobody_is_there_is_nothing_to_tell() {
    let world = World::new().await;
    assert_eq!(rebuild_all(&world).await, 0);
    world.pending("waits@example.com").await;
    let told = told_by(&world, async {
        assert_eq!(rebuild_all(&world).await, 0);
    });
    assert_eq!(told.await, Told::default());
}

#[tokio::test]
async fn long_names_make_more_events_and_each_fits_on_the_bus() {
    // A family is one character, of which a name has 256.
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";
    let name = family.repeat(256);
    let world = World::new().await;
    imported(&world, 100, &name).await;
    let told = told_by(&world, async {
        assert_eq!(rebuild_all(&world).await, 100);
    });
    assert_eq!(told.await.confirmed.len(), 100);
    let details = world.outbox().await.into_iter().map(|row| row.detail.len());
    let details: Vec<_> = details.collect();
    assert!(details.len() > 3, "{details:?}");
    assert!(
        details
            .iter()
            .all(|size| *size <= contracts::MAX_EVENT_BYTES)
    );
}

#[tokio::test]
async fn who_leaves_meanwhile_is_told_to_have_left_in_a_newer_version() {
    let world = World::new().await;
    let id = world.confirmed("ann@example.com").await;
    world.in_between(move |world| async move {
        unsubscribe(&world.app, id).await.expect("unsubscribed");
    });
    // The first transaction of all is that of the confirmed.
    let told = told_by(&world, async {
        assert_eq!(rebuild_all(&world).await, 1);
    });
    let told = told.await;
    let [confirmed] = &told.confirmed[..] else {
        panic!("{told:?}");
    };
    let [gone] = &told.left[..] else {
        panic!("{told:?}");
    };
    assert!(confirmed.version < gone.version, "{told:?}");
}

/// Walks list by list, and lets somebody who left ask again behind the one at
/// `number`; what is told of them.
async fn asking_again_behind(number: usize) -> Told {
    let world = World::new().await;
    let id = left(&world, "ann@example.com").await;
    world.clock.pass(SignedDuration::from_hours(25));
    let (mut cursor, mut walked) = (None, 0);
    let mut before = HashSet::new();
    for row in world.outbox().await {
        before.insert(row.id);
    }
    loop {
        cursor = turn(&world, cursor.as_deref(), Duration::ZERO).await.cursor;
        walked += 1;
        if walked == number {
            assert_eq!(world.pending("ann@example.com").await, id);
        }
        if cursor.is_none() {
            break;
        }
    }
    let mut rows = world.outbox().await;
    rows.retain(|row| {
        let is_new = !before.contains(&row.id);
        is_new && row.detail_type != SubscriberRegisteredV1::TYPE
    });
    Told::by(rows)
}

#[tokio::test]
async fn who_had_left_and_asks_again_meanwhile_is_told_to_have_left_wherever_the_walk_is() {
    for number in 1..=5 {
        let told = asking_again_behind(number).await;
        let [gone, ..] = &told.left[..] else {
            panic!("behind list {number}: {told:?}");
        };
        assert_eq!(gone.version, 3, "behind list {number}");
        assert_eq!(gone.reason, UnsubscribeReason::SelfService);
        assert!(told.confirmed.is_empty(), "behind list {number}");
    }
}
