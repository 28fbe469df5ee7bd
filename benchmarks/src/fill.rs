//! Many recipients, in delivery's own form.
//!
//! To project a million of them by their events would take longer than all
//! else. So delivery projects a few, and these are copied.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use contracts::{BusEvent, CloudEvent, EventData, events::SubscriberConfirmedV1};
use delivery::{App, workflow::SHARDS};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::TABLE;

/// What DynamoDB's BatchWriteItem takes at once.
const BATCH: usize = 25;
/// Stands for a recipient's number, in as many digits.
const NUMBER: &str = "0000000";
/// How long ago all of them confirmed.
const AGO: SignedDuration = SignedDuration::from_hours(24);

type Row = HashMap<String, AttributeValue>;

/// Makes `recipients` of them, as many in each shard.
pub(crate) async fn fill(app: &App, client: &Client, recipients: u32) {
    // Who share their last byte share a shard.
    let mut templates = Vec::new();
    for last in 0..SHARDS {
        let id = id(u32::MAX, last);
        project(app, id).await;
        let row = find(client, id).await;
        delete(client, &row).await;
        templates.push(row);
    }
    let numbers: Vec<_> = (0..recipients).collect();
    for numbers in numbers.chunks(BATCH) {
        let puts = numbers.iter().map(|number| {
            let last = (number % u32::from(SHARDS)) as u16;
            let row = copy(&templates[usize::from(last)], *number, id(*number, last));
            let put = PutRequest::builder().set_item(Some(row)).build();
            let put = put.expect("it has an item");
            WriteRequest::builder().put_request(put).build()
        });
        let written = client
            .batch_write_item()
            .request_items(TABLE, puts.collect())
            .send()
            .await
            .expect("they are written");
        assert!(written.unprocessed_items().is_none_or(HashMap::is_empty));
    }
}

/// An id that looks random and is always the same, with this last byte.
fn id(number: u32, last: u16) -> Uuid {
    // SplitMix64. Source: <https://prng.di.unimi.it/splitmix64.c>
    let mut mixed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let low = u64::from(number) << 8 | u64::from(last);
    Uuid::from_u64_pair(mixed, low)
}

async fn project(app: &App, subscriber_id: Uuid) {
    let token = "Zm9ydHktdGhyZWUtY2hhcmFjdGVycy1saWtlLXRoZXNl";
    let confirmed = SubscriberConfirmedV1 {
        subscriber_id,
        version: 2,
        email: format!("ursula.reader-{NUMBER}@mail.example")
            .as_str()
            .into(),
        name: "Ursula Reader".into(),
        unsubscribe_url: format!(
            "https://news.example.com/subscriptions/unsubscribe?token={}",
            &token[..43]
        )
        .as_str()
        .into(),
        confirmed_at: Timestamp::now() - AGO,
    };
    let handled = app.inbound().handle(&message(confirmed)).await;
    handled.expect("it is projected");
}

/// The message of an event, as it stands in a queue.
pub(crate) fn message<D: EventData>(data: D) -> String {
    let event = CloudEvent::new(Uuid::new_v4(), Timestamp::now(), "benchmark", None, data);
    let detail = serde_json::value::to_raw_value(&event).expect("an event serialises");
    let event = BusEvent {
        detail_type: D::TYPE.to_owned(),
        source: D::SOURCE.to_string(),
        detail,
    };
    serde_json::to_string(&event).expect("an envelope serialises")
}

async fn find(client: &Client, id: Uuid) -> Row {
    let table = client.scan().table_name(TABLE).send().await;
    let table = table.expect("the table is read");
    let sort_key = AttributeValue::S(id.to_string());
    let mut found = table.items.unwrap_or_default().into_iter();
    found
        .find(|row| row.get(dynamo::SORT_KEY) == Some(&sort_key))
        .expect("the recipient's row")
}

async fn delete(client: &Client, row: &Row) {
    let deleted = client
        .delete_item()
        .table_name(TABLE)
        .key(dynamo::PARTITION_KEY, row[dynamo::PARTITION_KEY].clone())
        .key(dynamo::SORT_KEY, row[dynamo::SORT_KEY].clone())
        .send();
    deleted.await.expect("it is deleted");
}

fn copy(template: &Row, number: u32, id: Uuid) -> Row {
    let number = format!("{number:07}");
    let fields = template.iter();
    let mut row: Row = fields
        .map(|(name, value)| (name.clone(), numbered(value, &number)))
        .collect();
    row.insert(
        dynamo::SORT_KEY.to_owned(),
        AttributeValue::S(id.to_string()),
    );
    row
}

fn numbered(value: &AttributeValue, number: &str) -> AttributeValue {
    match value {
        AttributeValue::S(text) => AttributeValue::S(text.replace(NUMBER, number)),
        AttributeValue::M(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| (name.clone(), numbered(value, number)));
            AttributeValue::M(fields.collect())
        }
        other => other.clone(),
    }
}
