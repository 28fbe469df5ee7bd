//! Items and their keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::ReadError,
    schema::{EXPIRES_AT, LIST_KEY, LIST_ORDER, PARTITION_KEY, SORT_KEY},
};

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Names one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The partition.
    pub partition: String,
    /// The place in the partition.
    pub sort: String,
}

impl Key {
    /// The key of an item that lives with others in a partition.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            sort: sort.into(),
        }
    }

    /// The key of an item that has its partition to itself.
    pub fn alone(partition: impl Into<String>) -> Self {
        Self::new(partition, "-")
    }

    pub(crate) fn attributes(&self) -> Attributes {
        HashMap::from([
            (
                PARTITION_KEY.to_owned(),
                AttributeValue::S(self.partition.clone()),
            ),
            (SORT_KEY.to_owned(), AttributeValue::S(self.sort.clone())),
        ])
    }
}

/// An item about to be written.
#[derive(Clone)]
pub struct Item {
    pub(crate) attributes: Attributes,
}

impl Item {
    /// `body`'s fields under `key`.
    ///
    /// # Panics
    /// If `body` does not serialise to a map with string keys: its type is
    /// ours, so that is a mistake in the program that any test of it shows.
    pub fn new(key: &Key, body: &impl Serialize) -> Self {
        let mut attributes: Attributes =
            serde_dynamo::to_item(body).expect("an item's body is a struct");
        attributes.extend(key.attributes());
        Self { attributes }
    }

    /// Lets DynamoDB delete the item some time after `moment`. Readers must
    /// not rely on that: it can take days.
    #[must_use]
    pub fn expiring(mut self, moment: Timestamp) -> Self {
        self.attributes.insert(
            EXPIRES_AT.to_owned(),
            AttributeValue::N(moment.as_second().to_string()),
        );
        self
    }

    /// Puts the item into the `listing` index: into `list`, in the place that
    /// `order` has among the others.
    #[must_use]
    pub fn listed(mut self, list: impl Into<String>, order: impl Into<String>) -> Self {
        self.attributes
            .insert(LIST_KEY.to_owned(), AttributeValue::S(list.into()));
        self.attributes
            .insert(LIST_ORDER.to_owned(), AttributeValue::S(order.into()));
        self
    }
}

/// Reads an item back.
pub(crate) fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, ReadError> {
    serde_dynamo::from_item(attributes).map_err(|_| ReadError::Corrupt {
        kind: std::any::type_name::<T>(),
    })
}
