//! Reads.

use std::{fmt, sync::Arc};

use ambient::{SharedRandomness, SystemRandomness};
use aws_sdk_dynamodb::{
    Client,
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use serde::de::DeserializeOwned;

use crate::{
    error::{ReadError, describe},
    item::{self, Attributes, Key},
    schema::{LIST_KEY, LIST_ORDER, LISTING_INDEX, PARTITION_KEY, SORT_KEY},
};

/// A service's table.
#[derive(Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    /// For the tokens of transactions, and waits that differ.
    pub(crate) randomness: SharedRandomness,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What to read of a partition, or of a list.
#[derive(Debug, Clone)]
pub struct Query {
    partition: String,
    sort_prefix: Option<String>,
    index: bool,
    descending: bool,
    eventually: bool,
    limit: i32,
    after: Option<Cursor>,
}

/// Where a page ended: the last item's key attributes.
type Cursor = Attributes;

/// Some items, and where to go on.
#[derive(Debug)]
pub struct Page<T> {
    /// In the order of their sort keys.
    pub items: Vec<T>,
    /// The query for the next page; none after the last one.
    pub next: Option<Query>,
}

impl Query {
    /// The items of `partition` in the order of their sort keys, `limit` at
    /// the most in a page; strongly consistent.
    pub fn partition(partition: impl Into<String>, limit: u16) -> Self {
        Self {
            partition: partition.into(),
            sort_prefix: None,
            index: false,
            descending: false,
            eventually: false,
            limit: i32::from(limit),
            after: None,
        }
    }

    /// The items of `list` in the `listing` index, `limit` at the most in a
    /// page; on AWS the index follows the table within moments.
    pub fn list(list: impl Into<String>, limit: u16) -> Self {
        Self {
            index: true,
            ..Self::partition(list, limit)
        }
    }

    /// Only items whose sort key (or place in the list) starts with `prefix`.
    #[must_use]
    pub fn starting_with(mut self, prefix: impl Into<String>) -> Self {
        self.sort_prefix = Some(prefix.into());
        self
    }

    /// As the partition was a moment ago, perhaps: half the price, and nothing
    /// to decide upon.
    #[must_use]
    pub fn eventually_consistent(mut self) -> Self {
        self.eventually = true;
        self
    }

    /// The last first.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// Only what comes after `key` (not for lists). The item itself need not
    /// be there any more.
    #[must_use]
    pub fn after(mut self, key: &Key) -> Self {
        self.after = Some(key.attributes());
        self
    }

    /// Only what comes after the place `order` of the item `key` in the list.
    #[must_use]
    pub fn after_listed(mut self, key: &Key, order: &str) -> Self {
        let mut cursor = key.attributes();
        cursor.insert(
            LIST_KEY.to_owned(),
            AttributeValue::S(self.partition.clone()),
        );
        cursor.insert(LIST_ORDER.to_owned(), AttributeValue::S(order.to_owned()));
        self.after = Some(cursor);
        self
    }

    fn from(self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }
}

impl Table {
    /// The table called `name` behind `client`.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
            randomness: Arc::new(SystemRandomness),
        }
    }

    /// The same, with `randomness` in place of the system's: then what it does
    /// can be repeated.
    #[must_use]
    pub fn with_randomness(self, randomness: SharedRandomness) -> Self {
        Self { randomness, ..self }
    }

    /// Reads one item; strongly consistent.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, ReadError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ReadError::Unavailable(describe(&error)))?;
        output.item.map(item::read).transpose()
    }

    /// Reads one page.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn query<T: DeserializeOwned>(&self, query: Query) -> Result<Page<T>, ReadError> {
        let output = self
            .request(&query)
            .send()
            .await
            .map_err(|error| ReadError::Unavailable(describe(&error)))?;
        Ok(Page {
            items: output
                .items
                .unwrap_or_default()
                .into_iter()
                .map(item::read)
                .collect::<Result<_, _>>()?,
            next: output.last_evaluated_key.map(|cursor| query.from(cursor)),
        })
    }

    /// Counts the items of `query` that have at `path`, name by name, a number of
    /// `most` at the most. They are read where they are, at the price of a read,
    /// and do not come here.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn count_up_to(
        &self,
        query: Query,
        path: [&str; 2],
        most: i64,
    ) -> Result<u64, ReadError> {
        let mut count = 0;
        let mut next = Some(query);
        while let Some(query) = next {
            let output = self
                .request(&query)
                .select(Select::Count)
                .filter_expression("#map.#field <= :most")
                .expression_attribute_names("#map", path[0])
                .expression_attribute_names("#field", path[1])
                .expression_attribute_values(":most", AttributeValue::N(most.to_string()))
                .send()
                .await
                .map_err(|error| ReadError::Unavailable(describe(&error)))?;
            // Never negative, though the SDK's type would allow it.
            count += u64::try_from(output.count).unwrap_or_default();
            next = output.last_evaluated_key.map(|cursor| query.from(cursor));
        }
        Ok(count)
    }

    fn request(&self, query: &Query) -> QueryFluentBuilder {
        let (partition_key, sort_key) = if query.index {
            (LIST_KEY, LIST_ORDER)
        } else {
            (PARTITION_KEY, SORT_KEY)
        };
        let request = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(query.index.then(|| LISTING_INDEX.to_owned()))
            .expression_attribute_names("#p", partition_key)
            .expression_attribute_values(":p", AttributeValue::S(query.partition.clone()))
            .scan_index_forward(!query.descending)
            .consistent_read(!query.index && !query.eventually)
            .limit(query.limit)
            .set_exclusive_start_key(query.after.clone());
        match &query.sort_prefix {
            None => request.key_condition_expression("#p = :p"),
            Some(prefix) => request
                .key_condition_expression("#p = :p AND begins_with(#s, :s)")
                .expression_attribute_names("#s", sort_key)
                .expression_attribute_values(":s", AttributeValue::S(prefix.clone())),
        }
    }
}
