//! It goes on in turns, and can end anywhere.

use super::*;

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
