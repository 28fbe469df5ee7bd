//! What has expired is deleted.

use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use dynamo::{Condition, EXPIRES_AT, Item, Key, Query, Transaction};
use engine::Engine;
use jiff::{SignedDuration, Timestamp};

use crate::{Note, note, table_in};

/// Puts an item that has expired and two that have not, and tells which are
/// left by a sweep.
async fn left_by_a_sweep(engine: &Engine) -> String {
    let table = table_in(engine).await;
    let hour = SignedDuration::from_hours(1);
    for (text, expires_at) in [
        ("expired", Some(Timestamp::now() - hour)),
        ("later", Some(Timestamp::now() + hour)),
        ("never", None),
    ] {
        let item = Item::new(&Key::new("NOTES", text), &note(text, 1));
        let item = match expires_at {
            Some(moment) => item.expiring(moment),
            None => item,
        };
        let mut transaction = Transaction::new();
        transaction.put("note", item.listed("ALL", text), Condition::Absent);
        table.commit(transaction).await.expect("commits");
    }
    assert_eq!(engine.sweep_expired().expect("sweeps"), 1);
    let mut left = Vec::new();
    for query in [Query::partition("NOTES", 9), Query::list("ALL", 9)] {
        let page = table.query::<Note>(query).await.expect("reads");
        left.extend(page.items.into_iter().map(|note| note.text));
    }
    left.join(" ")
}

#[tokio::test]
async fn what_has_expired_is_gone_after_a_sweep_and_nothing_else() {
    let engine = Engine::in_memory().expect("an engine starts");
    assert_eq!(left_by_a_sweep(&engine).await, "later never later never");
}

#[tokio::test]
async fn a_table_from_before_there_was_a_time_to_live_gets_one() {
    let engine = Engine::in_memory().expect("an engine starts");
    table_in(&engine).await;
    let off = TimeToLiveSpecification::builder()
        .attribute_name(EXPIRES_AT)
        .enabled(false)
        .build()
        .expect("a specification");
    engine
        .client()
        .update_time_to_live()
        .table_name("notes")
        .time_to_live_specification(off)
        .send()
        .await
        .expect("is off");
    assert_eq!(left_by_a_sweep(&engine).await, "later never later never");
}
