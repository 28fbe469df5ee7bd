//! Reading many items by their keys.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::de::DeserializeOwned;

use crate::{
    commit::{FIRST_BACKOFF, MAX_ATTEMPTS},
    error::{ReadError, describe},
    item::{self, Attributes, Key},
    read::Table,
    schema::{PARTITION_KEY, SORT_KEY},
};

/// The most items that BatchGetItem answers with.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const MAX_BATCH: usize = 100;

impl Table {
    /// Reads those of the items `keys` that are there; each of them strongly
    /// consistent, though not all at one moment.
    ///
    /// # Errors
    /// See [`ReadError`]; `Unavailable` also if the store leaves some undone
    /// several times in a row.
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        keys: &[Key],
    ) -> Result<HashMap<Key, T>, ReadError> {
        // The store refuses a key that comes twice.
        let unique: HashSet<&Key> = keys.iter().collect();
        let unique: Vec<_> = unique.into_iter().map(Key::attributes).collect();
        let mut found = HashMap::with_capacity(unique.len());
        for batch in unique.chunks(MAX_BATCH) {
            self.get_batch(batch.to_vec(), &mut found).await?;
        }
        Ok(found)
    }

    async fn get_batch<T: DeserializeOwned>(
        &self,
        mut left: Vec<Attributes>,
        found: &mut HashMap<Key, T>,
    ) -> Result<(), ReadError> {
        let mut backoff = FIRST_BACKOFF;
        for _ in 0..MAX_ATTEMPTS {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(left))
                .consistent_read(true)
                .build()
                .expect("the keys are set");
            let output = self
                .client
                .batch_get_item()
                .request_items(&self.name, request)
                .send()
                .await
                .map_err(|error| ReadError::Unavailable(describe(&error)))?;
            for items in output.responses.unwrap_or_default().into_values() {
                for attributes in items {
                    found.insert(key_of(&attributes)?, item::read(attributes)?);
                }
            }
            left = output
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(&self.name))
                .map(|undone| undone.keys)
                .unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        Err(ReadError::Unavailable("unprocessed keys".to_owned()))
    }
}

fn key_of(attributes: &Attributes) -> Result<Key, ReadError> {
    let text = |name| match attributes.get(name) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        _ => Err(ReadError::Corrupt { kind: "key" }),
    };
    Ok(Key {
        partition: text(PARTITION_KEY)?,
        sort: text(SORT_KEY)?,
    })
}
