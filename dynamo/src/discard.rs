//! Deleting what nobody decides upon any more.

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};

use crate::{
    commit::{FIRST_BACKOFF, MAX_ATTEMPTS},
    error::{CommitError, describe},
    item::Key,
    read::Table,
};

/// The most items that BatchWriteItem takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
const MAX_BATCH: usize = 25;

impl Table {
    /// Deletes `keys`, whatever is there: for what nobody decides upon any
    /// more, such as outbox rows that were published. It is half the price of
    /// a transaction, and not atomic: after an error some may be gone.
    ///
    /// # Errors
    /// [`CommitError::Unavailable`] if the store does not answer, or leaves
    /// some undone several times in a row.
    pub async fn discard(&self, keys: &[Key]) -> Result<(), CommitError> {
        for keys in keys.chunks(MAX_BATCH) {
            let mut left = keys.iter().map(discarding).collect::<Vec<_>>();
            let mut backoff = FIRST_BACKOFF;
            for _ in 0..MAX_ATTEMPTS {
                let output = self
                    .client
                    .batch_write_item()
                    .request_items(&self.name, left)
                    .send()
                    .await
                    .map_err(|error| CommitError::Unavailable(describe(&error)))?;
                left = output
                    .unprocessed_items
                    .and_then(|mut tables| tables.remove(&self.name))
                    .unwrap_or_default();
                if left.is_empty() {
                    break;
                }
                tokio::time::sleep(backoff).await;
                backoff *= 2;
            }
            if !left.is_empty() {
                return Err(CommitError::Unavailable("unprocessed items".to_owned()));
            }
        }
        Ok(())
    }
}

fn discarding(key: &Key) -> WriteRequest {
    let delete = DeleteRequest::builder()
        .set_key(Some(key.attributes()))
        .build()
        .expect("the key is set");
    WriteRequest::builder().delete_request(delete).build()
}
