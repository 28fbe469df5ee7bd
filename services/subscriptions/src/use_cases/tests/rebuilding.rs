//! Everybody's present state is published again.

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
    // Of these there is something newer.
    let newer = [expected.left.as_slice(), &[]].concat();
    let is_gone: HashSet<_> = newer.iter().map(|it| it.subscriber_id).collect();
    let erased: HashSet<_> = expected.erased.iter().map(|it| it.subscriber_id).collect();
    expected
        .confirmed
        .retain(|it| !is_gone.contains(&it.subscriber_id) && !erased.contains(&it.subscriber_id));
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
async fn without_time_each_turn_takes_a_page_and_together_they_take_everybody_once() {
    let world = World::new().await;
    imported(&world, 230, NAME).await;
    for number in 0..3 {
        left(&world, &format!("out{number}@example.com")).await;
        erased(&world, &format!("erased{number}@example.com")).await;
    }
    world.probe.requests();
    let mut turns = Vec::new();
    let told = told_by(&world, async {
        let mut cursor = None;
        loop {
            let done = turn(&world, cursor.as_deref(), Duration::ZERO).await;
            turns.push(done.published);
            cursor = done.cursor;
            if cursor.is_none() {
                break;
            }
        }
    })
    .await;
    // The erased, those who left, bounced, complained and wait, and the rest.
    assert_eq!(turns, [3, 3, 0, 0, 0, 100, 100, 30]);
    let ids = told.ids();
    assert_eq!((ids.len(), told.confirmed.len()), (236, 230));
    let once: HashSet<_> = ids.iter().collect();
    assert_eq!(once.len(), 236);
    let commits = world.probe.requests();
    let commits = commits.iter().filter(|it| it.starts_with("Transact"));
    let commits: Vec<_> = commits.map(String::as_str).collect();
    let actions = ["3", "3", "3", "3", "1"].map(|count| format!("TransactWriteItems {count}"));
    assert_eq!(commits, actions);
}

#[tokio::test]
async fn a_turn_has_a_most_whatever_time_there_is() {
    let world = World::new().await;
    imported(&world, 250, NAME).await;
    let first = short_turn(&world.app, None, 101).await;
    assert_eq!(first.published, 200);
    let second = short_turn(&world.app, first.cursor.as_deref(), 101).await;
    assert_eq!(
        second,
        Rebuilt {
            published: 50,
            cursor: None
        }
    );
}

#[tokio::test]
async fn a_page_of_people_who_left_is_as_much_as_a_transaction_takes() {
    let world = World::new().await;
    imported(&world, 101, NAME).await;
    let all =
        world
            .app
            .store
            .oldest_subscribers(crate::domain::SubscriberStatus::Confirmed, None, 101);
    for subscriber in all.await.expect("a page").items {
        unsubscribe(&world.app, subscriber.id)
            .await
            .expect("unsubscribed");
    }
    world.probe.requests();
    let told = told_by(&world, async {
        assert_eq!(rebuild_all(&world).await, 101);
    });
    assert_eq!(told.await.left.len(), 101);
    assert!(
        world
            .probe
            .requests()
            .contains(&"TransactWriteItems 100".to_owned())
    );
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

#[tokio::test]
async fn who_dies_between_pages_goes_on_or_begins_again_and_only_repeats() {
    let world = World::new().await;
    imported(&world, 250, NAME).await;
    left(&world, "out@example.com").await;
    let whole = told_by(&world, async {
        rebuild_all(&world).await;
    });
    let whole = whole.await.ids();
    // A list that is empty takes one request, a page takes three.
    for requests in [0, 1, 2, 5, 9, 12, 14] {
        world.probe.goes_down_after(requests);
        let ended = rebuild(&world.app, None, LONG).await;
        world.probe.is_down(false);
        let rest = match ended {
            Ok(turn) => turn.cursor.expect("it was not at its end"),
            // Nothing was done yet.
            Err(error) => {
                assert!(requests < 1 && !error.is_permanent(), "{requests}: {error}");
                continue;
            }
        };
        let told = told_by(&world, async {
            assert_eq!(turn(&world, Some(&rest), LONG).await.cursor, None);
        });
        let told = told.await.ids();
        assert!(told.iter().all(|id| whole.contains(id)), "{requests}");
        let again = told_by(&world, async {
            rebuild_all(&world).await;
        });
        assert_eq!(again.await.ids(), whole, "{requests}");
    }
}

#[tokio::test]
async fn what_a_turn_did_not_come_to_the_next_one_does() {
    let world = World::new().await;
    imported(&world, 250, NAME).await;
    let told = told_by(&world, async {
        // In the reading of the second page.
        world.probe.goes_down_after(9);
        let first = turn(&world, None, LONG).await;
        assert_eq!(first.published, 100);
        world.probe.is_down(false);
        let second = turn(&world, first.cursor.as_deref(), LONG).await;
        assert_eq!(
            second,
            Rebuilt {
                published: 150,
                cursor: None
            }
        );
    });
    let told = told.await.ids();
    let once: HashSet<_> = told.iter().collect();
    assert_eq!((told.len(), once.len()), (250, 250));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_at_once_each_tell_of_everybody() {
    let world = World::new().await;
    imported(&world, 120, NAME).await;
    left(&world, "out@example.com").await;
    let told = told_by(&world, async {
        let tasks = (0..4).map(|_| {
            let world = world.clone();
            tokio::spawn(async move { rebuild_all(&world).await })
        });
        for published in join_all(tasks).await {
            assert_eq!(published.expect("no panic"), 121);
        }
    });
    let told = told.await;
    for four in told.confirmed.chunks(4) {
        assert!(four.iter().all(|it| *it == four[0]));
    }
    assert_eq!((told.confirmed.len(), told.left.len()), (480, 4));
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused_for_good_and_nothing_is_done() {
    let world = World::new().await;
    world.confirmed("ann@example.com").await;
    let told = told_by(&world, async {
        for cursor in ["", "nonsense", "confirmed.1", "pending."] {
            let refused = rebuild(&world.app, Some(cursor), LONG).await;
            let error = refused.expect_err("refused");
            assert!(error.is_permanent(), "{error}");
            assert!(error.to_string().contains("cursor"), "{error}");
        }
    });
    assert_eq!(told.await, Told::default());
}

#[test]
fn as_json_the_end_has_a_cursor_of_null() {
    let end = Rebuilt {
        published: 3,
        cursor: None,
    };
    let json = serde_json::to_value(&end).expect("JSON");
    assert_eq!(json, serde_json::json!({"published": 3, "cursor": null}));
}
