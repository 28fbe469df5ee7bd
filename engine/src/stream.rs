//! New images of what is put, while somebody listens.
//!
//! dynoxide has streams of its own, and keeps their records for ever; this one
//! keeps nothing.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio::sync::mpsc;

/// The most records that wait for a reader; further ones are left out, and
/// found the reader's other way.
const CAPACITY: usize = 10_000;

/// One record of a DynamoDB stream, with the fields that our readers use.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html>
#[derive(Clone, Serialize, Deserialize)]
pub struct StreamRecord {
    /// `INSERT`: this stream tells of puts alone.
    #[serde(rename = "eventName")]
    pub event_name: String,
    /// The change.
    pub dynamodb: Change,
}

/// What changed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// The item as it is now, in DynamoDB JSON.
    pub new_image: Value,
    /// Its place in the stream.
    pub sequence_number: String,
}

/// Without the image, which may tell who somebody is.
impl fmt::Debug for StreamRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRecord")
            .field("event_name", &self.event_name)
            .field("sequence_number", &self.dynamodb.sequence_number)
            .finish_non_exhaustive()
    }
}

/// The reading end.
#[derive(Debug)]
pub struct Stream {
    records: mpsc::Receiver<StreamRecord>,
}

impl Stream {
    /// Waits for a record, and takes up to `most` that are there by then.
    /// Empty once the engine is gone.
    pub async fn next_batch(&mut self, most: usize) -> Vec<StreamRecord> {
        let mut batch = Vec::new();
        self.records.recv_many(&mut batch, most).await;
        batch
    }
}

/// Who listens to which table.
#[derive(Clone, Default)]
pub(crate) struct Streams {
    listeners: Arc<Mutex<Vec<Listener>>>,
    sequence: Arc<AtomicU64>,
}

struct Listener {
    table: String,
    /// What the partition keys of its records begin with.
    prefix: String,
    records: mpsc::Sender<StreamRecord>,
}

impl Listener {
    fn wants(&self, table: &str, image: &Value) -> bool {
        let key = image["pk"]["S"].as_str();
        self.table == table && key.is_some_and(|key| key.starts_with(&self.prefix))
    }
}

impl Streams {
    pub(crate) fn subscribe(&self, table: &str, prefix: &str) -> Stream {
        let (sender, records) = mpsc::channel(CAPACITY);
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Listener {
                table: table.to_owned(),
                prefix: prefix.to_owned(),
                records: sender,
            });
        Stream { records }
    }

    /// Tells the listeners of the puts in the `body` of an `operation` that
    /// was committed.
    pub(crate) fn tell(&self, operation: &str, body: &str) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| !listener.records.is_closed());
        // Most of what is written is of no interest, and need not be parsed.
        let of_interest = |text: &str| listeners.iter().any(|one| text.contains(&one.prefix));
        for (table, image) in puts(operation, body, of_interest) {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
            let record = StreamRecord {
                event_name: "INSERT".to_owned(),
                dynamodb: Change {
                    new_image: image,
                    sequence_number: format!("{sequence:021}"),
                },
            };
            let image = &record.dynamodb.new_image;
            for listener in listeners.iter().filter(|one| one.wants(&table, image)) {
                if listener.records.try_send(record.clone()).is_err() {
                    tracing::debug!(table, "a stream record found no room");
                }
            }
        }
    }
}

/// A transaction whose actions are not parsed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Transaction<'a> {
    #[serde(borrow)]
    transact_items: Vec<&'a RawValue>,
}

/// Table and item of the puts in a request whose text is of interest.
fn puts(operation: &str, body: &str, of_interest: impl Fn(&str) -> bool) -> Vec<(String, Value)> {
    if !matches!(operation, "PutItem" | "TransactWriteItems") || !of_interest(body) {
        return Vec::new();
    }
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    if operation == "PutItem" {
        let request = parsed(body);
        return request
            .and_then(|mut request| put(&mut request))
            .into_iter()
            .collect();
    }
    let Ok(transaction) = serde_json::from_str::<Transaction<'_>>(body) else {
        return Vec::new();
    };
    transaction
        .transact_items
        .into_iter()
        .map(RawValue::get)
        .filter(|action| of_interest(action))
        .filter_map(|action| put(parsed(action)?.get_mut("Put")?))
        .collect()
}

fn put(request: &mut Value) -> Option<(String, Value)> {
    let table = request.get("TableName")?.as_str()?.to_owned();
    Some((table, request.get_mut("Item")?.take()))
}
