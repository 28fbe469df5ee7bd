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
use serde_json::Value;
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
    records: mpsc::Sender<StreamRecord>,
}

impl Streams {
    pub(crate) fn subscribe(&self, table: &str) -> Stream {
        let (sender, records) = mpsc::channel(CAPACITY);
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Listener {
                table: table.to_owned(),
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
        if listeners.is_empty() {
            return;
        }
        for (table, image) in puts(operation, body) {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
            let record = StreamRecord {
                event_name: "INSERT".to_owned(),
                dynamodb: Change {
                    new_image: image,
                    sequence_number: format!("{sequence:021}"),
                },
            };
            for listener in listeners.iter().filter(|listener| listener.table == table) {
                if listener.records.try_send(record.clone()).is_err() {
                    tracing::debug!(table, "a stream record found no room");
                }
            }
        }
    }
}

/// Table and item of every put in a request.
fn puts(operation: &str, body: &str) -> Vec<(String, Value)> {
    let Ok(mut request) = serde_json::from_str::<Value>(body) else {
        return Vec::new();
    };
    match operation {
        "PutItem" => put(&mut request).into_iter().collect(),
        "TransactWriteItems" => request["TransactItems"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(|action| action.get_mut("Put").and_then(put))
            .collect(),
        _ => Vec::new(),
    }
}

fn put(request: &mut Value) -> Option<(String, Value)> {
    let table = request.get("TableName")?.as_str()?.to_owned();
    Some((table, request.get_mut("Item")?.take()))
}
