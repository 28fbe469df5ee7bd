//! The table against a real engine: what DynamoDB answers, in memory and on
//! disk.

mod time_to_live;

use dynamo::{
    CommitError, Condition, Item, Key, MAX_ACTIONS, Query, Table, Transaction, create_table,
};
use engine::Engine;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    version: u64,
}

fn note(text: &str, version: u64) -> Note {
    Note {
        text: text.to_owned(),
        version,
    }
}

async fn table() -> Table {
    let engine = Engine::in_memory().expect("an engine starts");
    table_in(&engine).await
}

async fn table_in(engine: &Engine) -> Table {
    let client = engine.client();
    create_table(&client, "notes")
        .await
        .expect("a table is made");
    Table::new(client, "notes")
}

async fn put(
    table: &Table,
    key: &Key,
    body: &Note,
    condition: Condition,
) -> Result<(), CommitError> {
    let mut transaction = Transaction::new();
    transaction.put("note", Item::new(key, body), condition);
    table.commit(transaction).await
}

#[tokio::test]
async fn what_is_committed_is_read_back() {
    let table = table().await;
    let key = Key::alone("NOTE#1");
    assert_eq!(table.get::<Note>(&key).await.expect("reads"), None);
    put(&table, &key, &note("one", 1), Condition::Absent)
        .await
        .expect("commits");
    assert_eq!(
        table.get::<Note>(&key).await.expect("reads"),
        Some(note("one", 1))
    );
}

#[tokio::test]
async fn creating_a_table_twice_is_no_fault() {
    let engine = Engine::in_memory().expect("an engine starts");
    table_in(&engine).await;
    table_in(&engine).await;
}

#[tokio::test]
async fn a_failed_condition_writes_nothing_and_names_the_action() {
    let table = table().await;
    let (one, two) = (Key::alone("NOTE#1"), Key::alone("NOTE#2"));
    put(&table, &one, &note("one", 1), Condition::Absent)
        .await
        .expect("commits");

    let mut transaction = Transaction::new();
    transaction.put("two", Item::new(&two, &note("two", 1)), Condition::Absent);
    transaction.put(
        "one",
        Item::new(&one, &note("uno", 3)),
        Condition::Version(2),
    );
    let error = table.commit(transaction).await.expect_err("is refused");

    assert!(error.failed("one") && !error.failed("two"), "{error}");
    assert_eq!(table.get::<Note>(&two).await.expect("reads"), None);
    assert_eq!(
        table.get::<Note>(&one).await.expect("reads"),
        Some(note("one", 1))
    );
}

#[tokio::test]
async fn every_condition_means_what_it_says() {
    let table = table().await;
    let key = Key::alone("NOTE#1");
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");

    for refused in [
        Condition::Present,
        Condition::Version(0),
        Condition::Above("version", 0),
    ] {
        assert!(
            put(&table, &key, &note("absent", 1), refused)
                .await
                .is_err()
        );
    }
    let mut transaction = Transaction::new();
    let expiring = Item::new(&key, &note("short", 5)).expiring(now);
    transaction.put("note", expiring, Condition::AbsentOrExpired(now));
    table.commit(transaction).await.expect("it was absent");

    let before = now - SignedDuration::from_secs(1);
    for refused in [
        Condition::Absent,
        Condition::AbsentOrExpired(before),
        Condition::Version(4),
        Condition::Above("version", 5),
    ] {
        let error = put(&table, &key, &note("no", 6), refused).await;
        assert!(error.is_err_and(|error| error.is_condition_failed()));
    }
    for accepted in [
        Condition::Above("version", 4),
        Condition::Present,
        Condition::Version(5),
        Condition::Always,
    ] {
        put(&table, &key, &note("yes", 5), accepted)
            .await
            .expect("holds");
    }
}

#[tokio::test]
async fn an_expired_item_counts_as_absent_where_that_is_asked() {
    let table = table().await;
    let key = Key::alone("NOTE#1");
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let mut first = Transaction::new();
    first.put(
        "note",
        Item::new(&key, &note("old", 1)).expiring(now),
        Condition::Absent,
    );
    table.commit(first).await.expect("commits");

    put(
        &table,
        &key,
        &note("new", 1),
        Condition::AbsentOrExpired(now),
    )
    .await
    .expect("its time is over");
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_in_both_directions() {
    let table = table().await;
    for number in 0..7 {
        let key = Key::new("NOTES", format!("{number}"));
        put(
            &table,
            &key,
            &note(&number.to_string(), 1),
            Condition::Absent,
        )
        .await
        .expect("commits");
    }
    for (query, expected) in [
        (Query::partition("NOTES", 3), "0123456"),
        (Query::partition("NOTES", 3).descending(), "6543210"),
        (
            Query::partition("NOTES", 3).after(&Key::new("NOTES", "3")),
            "456",
        ),
        (Query::partition("NOTES", 3).starting_with("5"), "5"),
    ] {
        let mut read = String::new();
        let mut next = Some(query);
        while let Some(query) = next {
            let page = table.query::<Note>(query).await.expect("reads");
            assert!(page.items.len() <= 3);
            read.extend(page.items.iter().map(|note| note.text.as_str()));
            next = page.next;
        }
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn only_listed_items_are_in_a_list_and_a_cursor_goes_on_behind_its_item() {
    let table = table().await;
    for number in 0..5 {
        let key = Key::alone(format!("NOTE#{number}"));
        let mut transaction = Transaction::new();
        let item = Item::new(&key, &note(&number.to_string(), 1));
        let item = if number == 2 {
            item
        } else {
            item.listed("ALL", format!("{number}"))
        };
        transaction.put("note", item, Condition::Absent);
        table.commit(transaction).await.expect("commits");
    }
    let texts = async |query| {
        let page = table.query::<Note>(query).await.expect("reads");
        page.items
            .into_iter()
            .map(|note| note.text)
            .collect::<String>()
    };
    assert_eq!(texts(Query::list("ALL", 10).descending()).await, "4310");
    let behind = Query::list("ALL", 10).after_listed(&Key::alone("NOTE#1"), "1");
    assert_eq!(texts(behind).await, "34");
}

#[tokio::test]
async fn more_actions_than_one_transaction_takes_are_refused_before_they_are_sent() {
    let table = table().await;
    let mut transaction = Transaction::new();
    for number in 0..=MAX_ACTIONS {
        let key = Key::alone(format!("NOTE#{number}"));
        transaction.put("note", Item::new(&key, &note("x", 1)), Condition::Always);
    }
    let error = table.commit(transaction).await.expect_err("too many");
    assert!(matches!(error, CommitError::Invalid(_)));
}

#[tokio::test]
async fn discarding_takes_more_keys_than_one_batch_and_bears_absent_ones() {
    let table = table().await;
    let keys: Vec<_> = (0..60)
        .map(|number| Key::new("NOTES", format!("{number:02}")))
        .collect();
    for key in keys.iter().take(55) {
        put(&table, key, &note("x", 1), Condition::Absent)
            .await
            .expect("commits");
    }
    table.discard(&keys).await.expect("discards");
    let left = table.query::<Note>(Query::partition("NOTES", 10)).await;
    assert!(left.expect("reads").items.is_empty());
}

#[tokio::test]
async fn an_item_of_another_shape_is_corrupt_and_its_values_stay_out_of_the_error() {
    let table = table().await;
    let key = Key::alone("NOTE#1");
    let mut transaction = Transaction::new();
    let wrong = serde_json::json!({ "text": "x", "version": "ada@example.org" });
    transaction.put("note", Item::new(&key, &wrong), Condition::Absent);
    table.commit(transaction).await.expect("commits");

    let error = table.get::<Note>(&key).await.expect_err("cannot be read");
    assert!(
        matches!(error, dynamo::ReadError::Corrupt { .. }),
        "{error}"
    );
    assert!(!error.to_string().contains("ada@"), "{error}");
}

#[tokio::test]
async fn a_store_on_disk_has_everything_when_it_is_opened_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    let key = Key::alone("NOTE#1");
    {
        let engine = Engine::on_disk(&path).expect("opens");
        let table = table_in(&engine).await;
        put(&table, &key, &note("kept", 1), Condition::Absent)
            .await
            .expect("commits");
    }
    let engine = Engine::on_disk(&path).expect("opens again");
    let table = table_in(&engine).await;
    assert_eq!(
        table.get::<Note>(&key).await.expect("reads"),
        Some(note("kept", 1))
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Counter {
    hits: i64,
}

#[tokio::test]
async fn adding_counts_up_and_down_within_its_condition() {
    let table = table().await;
    let key = Key::alone("COUNTER");
    let add = async |amount, condition| {
        let mut transaction = Transaction::new();
        transaction.add("counter", &key, "hits", amount, condition);
        table.commit(transaction).await
    };
    let absent = add(1, Condition::Below("hits", 3)).await;
    assert!(absent.expect_err("not there").failed("counter"));

    let mut transaction = Transaction::new();
    let item = Item::new(&key, &Counter { hits: 1 });
    transaction.put("counter", item, Condition::Absent);
    table.commit(transaction).await.expect("commits");
    for _ in 0..2 {
        add(1, Condition::Below("hits", 3)).await.expect("room");
    }
    let full = add(1, Condition::Below("hits", 3)).await;
    assert!(full.expect_err("full").failed("counter"));
    add(-1, Condition::Above("hits", 0)).await.expect("counted");
    let counter = table.get::<Counter>(&key).await.expect("reads");
    assert_eq!(counter, Some(Counter { hits: 2 }));
}
