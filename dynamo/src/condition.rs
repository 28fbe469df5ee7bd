//! What must hold for a write to go through.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::schema::{EXPIRES_AT, PARTITION_KEY};

/// What must hold of an item for an action on it to go through.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Nothing.
    Always,
    /// There is no such item.
    Absent,
    /// There is no such item, or its time to live is over at that moment.
    AbsentOrExpired(Timestamp),
    /// There is one.
    Present,
    /// Its attribute `version` has this value.
    Version(u64),
    /// The numeric attribute is greater than the value.
    Above(&'static str, u64),
    /// The numeric attribute is there and less than the value.
    Below(&'static str, u64),
    /// The numeric attribute, if it is there, is less than the value.
    NotYet(&'static str, u64),
}

/// A condition in DynamoDB's words.
#[derive(Default)]
pub(crate) struct Expression {
    pub(crate) text: Option<String>,
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Expression {
    fn over(text: &str, name: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            names: Some(HashMap::from([("#a".to_owned(), name.to_owned())])),
            values: None,
        }
    }

    fn number(mut self, value: impl ToString) -> Self {
        self.values = Some(HashMap::from([(
            ":v".to_owned(),
            AttributeValue::N(value.to_string()),
        )]));
        self
    }
}

impl From<Condition> for Expression {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Always => Self::default(),
            Condition::Absent => Self::over("attribute_not_exists(#a)", PARTITION_KEY),
            Condition::Present => Self::over("attribute_exists(#a)", PARTITION_KEY),
            Condition::AbsentOrExpired(now) => {
                let mut expression =
                    Self::over("attribute_not_exists(#pk) OR #a <= :v", EXPIRES_AT)
                        .number(now.as_second());
                expression
                    .names
                    .get_or_insert_default()
                    .insert("#pk".to_owned(), PARTITION_KEY.to_owned());
                expression
            }
            Condition::Version(version) => Self::over("#a = :v", "version").number(version),
            Condition::Above(attribute, value) => Self::over("#a > :v", attribute).number(value),
            Condition::Below(attribute, value) => Self::over("#a < :v", attribute).number(value),
            Condition::NotYet(attribute, value) => {
                Self::over("attribute_not_exists(#a) OR #a < :v", attribute).number(value)
            }
        }
    }
}
