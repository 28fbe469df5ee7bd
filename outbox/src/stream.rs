//! What a DynamoDB stream hands to the relay.

use serde::{Deserialize, Serialize};

use crate::row::{OutboxRow, PARTITION_PREFIX};

/// A batch of stream records, in either of the two forms that a Lambda
/// function gets them: from an EventBridge Pipe as a bare array, from an event
/// source mapping under `Records`.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum StreamBatch {
    /// From a Pipe.
    Pipe(Vec<StreamRecord>),
    /// From an event source mapping.
    Mapping {
        /// In the order of the stream.
        #[serde(rename = "Records")]
        records: Vec<StreamRecord>,
    },
}

impl StreamBatch {
    /// The outbox rows in it, in the order of the stream; what cannot be read
    /// is left to the sweeper.
    pub fn into_rows(self) -> Vec<OutboxRow> {
        let records = self.into_records().into_iter();
        let rows = records.filter_map(|record| match record.outbox_row() {
            Ok(row) => row,
            Err(error) => {
                tracing::error!(%error, "a stream record is no outbox row");
                None
            }
        });
        rows.collect()
    }

    pub(crate) fn into_records(self) -> Vec<StreamRecord> {
        match self {
            Self::Pipe(records) | Self::Mapping { records } => records,
        }
    }
}

/// One change to the table.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>
#[derive(Deserialize)]
pub struct StreamRecord {
    #[serde(rename = "eventName")]
    event_name: String,
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    #[serde(default)]
    new_image: Option<serde_dynamo::Item>,
    sequence_number: String,
}

impl StreamRecord {
    /// Its place in the stream.
    pub(crate) fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// The outbox row that was inserted; none where the record tells of
    /// something else.
    pub(crate) fn outbox_row(self) -> Result<Option<OutboxRow>, serde_dynamo::Error> {
        if self.event_name != "INSERT" {
            return Ok(None);
        }
        let Some(image) = self.dynamodb.new_image else {
            return Ok(None);
        };
        let is_row = matches!(
            image.get("pk"),
            Some(serde_dynamo::AttributeValue::S(key)) if key.starts_with(PARTITION_PREFIX)
        );
        if !is_row {
            return Ok(None);
        }
        serde_dynamo::from_item(image).map(Some)
    }
}

/// The answer that tells which records are to come again.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// Empty: everything is done.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record that is to come again.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

impl BatchResponse {
    pub(crate) fn fail(&mut self, sequence_number: String) {
        self.batch_item_failures.push(BatchItemFailure {
            item_identifier: sequence_number,
        });
    }
}
