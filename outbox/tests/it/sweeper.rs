use std::collections::BTreeSet;

use dynamo::{Condition, Item, Key, Transaction};
use jiff::SignedDuration;
use outbox::{EntryOutcome, PARTITION_PREFIX, PARTITIONS, Sweeper};

use crate::fixtures::{Answer, Fixture, moment};

const MIN_AGE: SignedDuration = SignedDuration::from_secs(60);

fn sweeper(fixture: &Fixture) -> Sweeper {
    Sweeper::new(fixture.table.clone(), fixture.relay.clone(), MIN_AGE)
}

#[tokio::test]
async fn rows_that_nobody_relayed_are_published() {
    let fixture = Fixture::new().await;
    for _ in 0..40 {
        fixture.commit_event(moment()).await;
    }

    let published = sweeper(&fixture).sweep(moment() + MIN_AGE).await;

    assert_eq!(published.expect("sweeps").published, 40);
    assert!(fixture.rows().await.is_empty());
}

#[tokio::test]
async fn a_young_row_is_left_to_the_stream() {
    let fixture = Fixture::new().await;
    let old = fixture.commit_event(moment()).await;
    let young = fixture
        .commit_event(moment() + SignedDuration::from_millis(1))
        .await;

    let published = sweeper(&fixture).sweep(moment() + MIN_AGE).await;

    assert_eq!(published.expect("sweeps").published, 1);
    let left: Vec<_> = fixture.rows().await.iter().map(|row| row.id).collect();
    assert_eq!(left, [young]);
    assert!(!left.contains(&old));
}

#[tokio::test(start_paused = true)]
async fn what_the_bus_did_not_take_is_not_counted_and_stays() {
    let fixture = Fixture::new().await;
    fixture.commit_event(moment()).await;
    for _ in 0..3 {
        fixture.bus.then(Answer::Unavailable);
    }

    let swept = sweeper(&fixture).sweep(moment() + MIN_AGE).await;

    let swept = swept.expect("sweeps");
    assert_eq!((swept.published, swept.is_bus_away), (0, true));
    assert_eq!(fixture.rows().await.len(), 1);
}

/// Commits 150 events, each a second after the one before: pages of several
/// rows in each partition.
async fn commit_in_order(fixture: &Fixture) -> Vec<String> {
    let mut ids = Vec::new();
    for second in 0..150 {
        let at = moment() + SignedDuration::from_secs(second);
        ids.push(fixture.commit_event(at).await.to_string());
    }
    ids
}

fn sent(fixture: &Fixture) -> Vec<String> {
    let calls = fixture.bus.calls().into_iter().flatten();
    calls.map(|entry| id_of(&entry.detail)).collect()
}

fn id_of(detail: &str) -> String {
    let event: serde_json::Value = serde_json::from_str(detail).expect("JSON");
    event["id"].as_str().expect("an id").to_owned()
}

fn later() -> jiff::Timestamp {
    moment() + SignedDuration::from_hours(1)
}

#[tokio::test]
async fn what_happened_first_leaves_first_whatever_its_partition() {
    let fixture = Fixture::new().await;
    let ids = commit_in_order(&fixture).await;
    let swept = sweeper(&fixture).sweep(later()).await.expect("sweeps");
    assert_eq!((swept.published, swept.is_bus_away), (150, false));
    assert_eq!(sent(&fixture), ids);
}

#[tokio::test(start_paused = true)]
async fn nothing_overtakes_a_row_that_the_bus_does_not_take_for_now() {
    let fixture = Fixture::new().await;
    let ids = commit_in_order(&fixture).await;
    for _ in 0..3 {
        fixture.bus.then(Answer::Unavailable);
    }
    let swept = sweeper(&fixture).sweep(later()).await.expect("sweeps");
    assert_eq!((swept.published, swept.is_bus_away), (0, true));
    let tried: BTreeSet<_> = sent(&fixture).into_iter().collect();
    assert_eq!(tried, ids[..10].iter().cloned().collect());
}

#[tokio::test]
async fn a_refused_row_and_an_unreadable_one_keep_nobody() {
    let fixture = Fixture::new().await;
    let ids = commit_in_order(&fixture).await;
    let refused = EntryOutcome::Refused("MalformedDetail".to_owned());
    fixture.bus.then(Answer::At(0, refused));
    for number in 0..PARTITIONS {
        let key = Key::new(
            format!("{PARTITION_PREFIX}{number:02}"),
            "000000000000000#x",
        );
        let item = Item::new(&key, &serde_json::json!({"id": "nonsense"}));
        let mut transaction = Transaction::new();
        transaction.put("nonsense", item, Condition::Absent);
        fixture.table.commit(transaction).await.expect("commits");
    }
    let swept = sweeper(&fixture).sweep(later()).await.expect("sweeps");
    assert_eq!((swept.published, swept.is_bus_away), (149, false));
    assert_eq!(sent(&fixture), ids);
}
