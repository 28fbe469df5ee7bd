use outbox::{EntryOutcome, MAX_CALL_BYTES, OutboxRow, StreamBatch};
use serde_json::{Value, json};
use telemetry::{Settings, Telemetry};
use tracing::{Instrument, instrument::WithSubscriber};

use crate::fixtures::{Answer, Fixture, moment};

/// The records of the fixture's stream, as an event source mapping hands them over.
async fn records(fixture: &Fixture, stream: &mut engine::Stream, count: usize) -> Vec<Value> {
    let mut records = Vec::new();
    while records.len() < count {
        records.extend(stream.next_batch(count).await);
    }
    assert_eq!(fixture.rows().await.len(), count);
    records
        .into_iter()
        .map(|record| serde_json::to_value(record).expect("plain data"))
        .collect()
}

fn sequence_number(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"]
        .as_str()
        .expect("has one")
        .to_owned()
}

fn batch(value: Value) -> StreamBatch {
    serde_json::from_value(value).expect("a batch")
}

#[tokio::test]
async fn a_committed_event_reaches_the_bus_and_its_row_is_deleted() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    let id = fixture.commit_event(moment()).await;
    let records = records(&fixture, &mut stream, 1).await;

    let response = fixture
        .relay
        .handle(batch(json!({ "Records": records })))
        .await;

    assert!(response.batch_item_failures.is_empty());
    assert!(fixture.rows().await.is_empty());
    let calls = fixture.bus.calls();
    let entry = &calls[0][0];
    assert_eq!(entry.source, "pennypost.subscriptions");
    assert_eq!(entry.detail_type, "pennypost.subscriber.erased.v1");
    let detail: Value = serde_json::from_str(&entry.detail).expect("JSON");
    assert_eq!(detail["id"], json!(id));
    assert_eq!(detail["stage"], "test");
}

#[tokio::test]
async fn a_batch_from_a_pipe_is_read_as_well() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    fixture.commit_event(moment()).await;
    let records = records(&fixture, &mut stream, 1).await;

    let response = fixture.relay.handle(batch(Value::Array(records))).await;

    assert!(response.batch_item_failures.is_empty());
    assert!(fixture.rows().await.is_empty());
}

#[tokio::test]
async fn exactly_the_record_that_the_bus_refused_is_reported() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    for _ in 0..3 {
        fixture.commit_event(moment()).await;
    }
    let records = records(&fixture, &mut stream, 3).await;
    let refused = sequence_number(&records[1]);
    fixture.bus.then(Answer::At(
        1,
        EntryOutcome::Refused("MalformedDetail".to_owned()),
    ));

    let response = fixture
        .relay
        .handle(batch(json!({ "Records": records })))
        .await;

    let failures: Vec<_> = response
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect();
    assert_eq!(failures, [refused]);
    assert_eq!(fixture.bus.calls().len(), 1, "a refusal is not tried again");
    assert_eq!(fixture.rows().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_entry_alone_is_put_again() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    for _ in 0..3 {
        fixture.commit_event(moment()).await;
    }
    let records = records(&fixture, &mut stream, 3).await;
    fixture.bus.then(Answer::At(
        2,
        EntryOutcome::TryAgain("ThrottlingException".to_owned()),
    ));

    let response = fixture
        .relay
        .handle(batch(json!({ "Records": records })))
        .await;

    assert!(response.batch_item_failures.is_empty());
    let sizes: Vec<_> = fixture.bus.calls().iter().map(Vec::len).collect();
    assert_eq!(sizes, [3, 1]);
    assert!(fixture.rows().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_the_bus_is_down_every_record_is_reported_and_every_row_stays() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    for _ in 0..2 {
        fixture.commit_event(moment()).await;
    }
    let records = records(&fixture, &mut stream, 2).await;
    for _ in 0..2 {
        fixture.bus.then(Answer::Unavailable);
    }
    fixture.bus.then(Answer::TooFewOutcomes);

    let response = fixture
        .relay
        .handle(batch(json!({ "Records": records })))
        .await;

    assert_eq!(response.batch_item_failures.len(), 2);
    assert_eq!(fixture.bus.calls().len(), 3, "the retries are bounded");
    assert_eq!(fixture.rows().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn behind_a_row_that_the_bus_does_not_take_for_now_nothing_is_published() {
    let fixture = Fixture::new().await;
    let throttled = EntryOutcome::TryAgain("ThrottlingException".to_owned());
    fixture.bus.then(Answer::At(9, throttled));
    for _ in 0..2 {
        fixture.bus.then(Answer::Unavailable);
    }
    let rows: Vec<_> = (0..25).map(|_| row(100)).collect();
    let waiting = rows[9..].iter().map(|row| row.id).collect();

    let unpublished = fixture.relay.publish(rows).await;

    assert!(unpublished.is_bus_away() && unpublished.refused.is_empty());
    assert_eq!(unpublished.waiting, waiting);
    let sizes: Vec<_> = fixture.bus.calls().iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 1, 1]);
}

#[tokio::test]
async fn a_poisoned_record_is_reported_and_the_others_go_through() {
    let fixture = Fixture::new().await;
    let mut stream = fixture.engine.stream("things");
    fixture.commit_event(moment()).await;
    let mut records = records(&fixture, &mut stream, 1).await;
    records.push(json!({
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": "2",
            "NewImage": { "pk": { "S": "OUTBOX#00" }, "sk": { "S": "x" } }
        }
    }));

    let response = fixture
        .relay
        .handle(batch(json!({ "Records": records })))
        .await;

    assert_eq!(response.batch_item_failures.len(), 1);
    assert_eq!(response.batch_item_failures[0].item_identifier, "2");
    assert!(fixture.rows().await.is_empty());
}

#[tokio::test]
async fn other_items_and_deletions_are_passed_over() {
    let fixture = Fixture::new().await;
    let other = json!([
        { "eventName": "INSERT", "dynamodb": { "SequenceNumber": "1", "NewImage": { "pk": { "S": "USER#1" } } } },
        { "eventName": "REMOVE", "dynamodb": { "SequenceNumber": "2" } },
    ]);

    let response = fixture.relay.handle(batch(other)).await;

    assert!(response.batch_item_failures.is_empty());
    assert!(fixture.bus.calls().is_empty());
}

#[tokio::test]
async fn no_call_has_more_entries_or_bytes_than_the_bus_takes() {
    let fixture = Fixture::new().await;
    let small: Vec<_> = (0..23).map(|_| row(100)).collect();
    let large: Vec<_> = (0..5).map(|_| row(100 * 1024)).collect();

    assert!(fixture.relay.publish(small).await.is_empty());
    assert!(fixture.relay.publish(large).await.is_empty());

    let calls = fixture.bus.calls();
    let sizes: Vec<_> = calls.iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 3, 2, 2, 1]);
    for call in calls {
        let bytes: usize = call.iter().map(outbox::BusEntry::size).sum();
        assert!(bytes <= MAX_CALL_BYTES);
    }
}

fn row(bytes: usize) -> OutboxRow {
    OutboxRow {
        id: ambient_uuid(),
        source: "pennypost.delivery".to_owned(),
        detail_type: "test".to_owned(),
        detail: "x".repeat(bytes),
        traceparent: None,
        created_at: moment(),
    }
}

fn ambient_uuid() -> uuid::Uuid {
    use ambient::{Randomness, SystemRandomness};
    let randomness: &dyn Randomness = &SystemRandomness;
    randomness.uuid()
}

#[tokio::test]
async fn what_handles_an_event_is_a_child_of_its_sending_in_the_trace_it_happened_in() {
    let telemetry = Telemetry::with(&Settings::default(), "test", std::io::sink).expect("starts");
    // As long as there is one subscriber only, tracing asks that of the thread
    // that comes to a span first, and remembers the answer for all: it could be
    // another test's thread, which has none.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let fixture = Fixture::new().await;
    let sent = async {
        let request = tracing::info_span!("request");
        let happened = telemetry::traceparent_of(&request).expect("a trace");
        fixture.commit_event(moment()).instrument(request).await;
        let rows = fixture.rows().await;
        assert_eq!(rows[0].traceparent.as_ref(), Some(&happened));
        assert!(fixture.relay.publish(rows).await.is_empty());
        happened
    };
    let happened = sent.with_subscriber(telemetry.dispatch()).await;

    let entry = fixture.bus.calls().remove(0).remove(0);
    let event: Value = serde_json::from_str(&entry.detail).expect("JSON");
    let sending = event["traceparent"].as_str().expect("a traceparent");
    let trace_id = |traceparent: &str| traceparent[3..35].to_owned();
    assert_eq!(trace_id(sending), trace_id(&happened));
    assert_ne!(sending, happened);
    assert_eq!(entry.trace_header, telemetry::xray_trace_header(sending));
    telemetry.shutdown();
}

#[test]
fn what_an_event_tells_of_people_is_not_in_its_debug_form() {
    let row = OutboxRow {
        detail: "ada@example.org".to_owned(),
        ..row(1)
    };
    assert!(!format!("{row:?}").contains("ada@"));
}
