use jiff::SignedDuration;
use outbox::Sweeper;

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

    assert_eq!(published.expect("sweeps"), 40);
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

    assert_eq!(published.expect("sweeps"), 1);
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

    let published = sweeper(&fixture).sweep(moment() + MIN_AGE).await;

    assert_eq!(published.expect("sweeps"), 0);
    assert_eq!(fixture.rows().await.len(), 1);
}
