//! The one way to write.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, DeleteRequest, Put,
        TransactWriteItem, Update, WriteRequest,
    },
};
use jiff::Timestamp;

use crate::{
    error::{CommitError, describe},
    item::{Item, Key},
    read::Table,
    schema::{EXPIRES_AT, PARTITION_KEY},
};

/// The most actions one transaction takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const MAX_ACTIONS: usize = 100;

/// The most items that BatchWriteItem takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
const MAX_BATCH: usize = 25;

/// How often a transaction is tried that another one was in the way of.
const MAX_ATTEMPTS: u32 = 8;
/// The wait after the first conflict; it doubles with each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(5);

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
}

/// Writes that happen all together or not at all.
#[derive(Debug, Default)]
pub struct Transaction {
    actions: Vec<(&'static str, TransactWriteItem)>,
}

impl Transaction {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `item` in place of what is there, if `condition` holds of that.
    /// `label` names the action in [`CommitError::ConditionFailed`].
    pub fn put(&mut self, label: &'static str, item: Item, condition: Condition) {
        let condition = Expression::from(condition);
        let put = Put::builder()
            .table_name("")
            .set_item(Some(item.attributes))
            .set_condition_expression(condition.text)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build()
            .expect("table and item are set");
        self.push(label, TransactWriteItem::builder().put(put).build());
    }

    /// Deletes the item `key`, if `condition` holds of it.
    pub fn delete(&mut self, label: &'static str, key: &Key, condition: Condition) {
        let condition = Expression::from(condition);
        let delete = Delete::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.text)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build()
            .expect("table and key are set");
        self.push(label, TransactWriteItem::builder().delete(delete).build());
    }

    /// Writes nothing to `key`, yet lets the transaction through only if
    /// `condition` holds of it.
    pub fn check(&mut self, label: &'static str, key: &Key, condition: Condition) {
        let condition = Expression::from(condition);
        let check = ConditionCheck::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .condition_expression(condition.text.unwrap_or_default())
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build()
            .expect("table, key and condition are set");
        self.push(
            label,
            TransactWriteItem::builder().condition_check(check).build(),
        );
    }

    /// Adds `amount`, which may be negative, to the numeric `attribute` of the
    /// item `key`, if `condition` holds of that: one of several at the same
    /// moment is not lost, and none has to try again. Let the condition tell
    /// that the item is there: it is made otherwise, with that attribute alone.
    pub fn add(
        &mut self,
        label: &'static str,
        key: &Key,
        attribute: &'static str,
        amount: i64,
        condition: Condition,
    ) {
        let condition = Expression::from(condition);
        let mut names = condition.names.unwrap_or_default();
        names.insert("#counter".to_owned(), attribute.to_owned());
        let mut values = condition.values.unwrap_or_default();
        values.insert(":amount".to_owned(), AttributeValue::N(amount.to_string()));
        let update = Update::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .update_expression("ADD #counter :amount")
            .set_condition_expression(condition.text)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .build()
            .expect("table, key and expression are set");
        self.push(label, TransactWriteItem::builder().update(update).build());
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// How many actions there are; at most [`MAX_ACTIONS`] can be committed.
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    fn push(&mut self, label: &'static str, action: TransactWriteItem) {
        self.actions.push((label, action));
    }
}

impl Table {
    /// Deletes `keys`, whatever is there: for what nobody decides upon any
    /// more, such as outbox rows that were published. It is half the price of
    /// a transaction, and not atomic: after an error some may be gone.
    ///
    /// # Errors
    /// [`CommitError::Unavailable`] if the store does not answer, or leaves
    /// some undone [`MAX_ATTEMPTS`] times in a row.
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

    /// Commits `transaction`, and tries again while another transaction is in
    /// its way. An empty one is a success.
    ///
    /// # Errors
    /// See [`CommitError`]; after `Unavailable` the transaction may have been
    /// committed all the same.
    pub async fn commit(&self, transaction: Transaction) -> Result<(), CommitError> {
        let (labels, actions): (Vec<_>, Vec<_>) = transaction
            .actions
            .into_iter()
            .map(|(label, action)| (label, self.aimed(action)))
            .unzip();
        if actions.is_empty() {
            return Ok(());
        }
        if actions.len() > MAX_ACTIONS {
            return Err(CommitError::Invalid(format!(
                "{} actions, the most is {MAX_ACTIONS}",
                actions.len()
            )));
        }
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1.. {
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(actions.clone()))
                .send()
                .await;
            let error = match sent {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            match error
                .as_service_error()
                .map(|error| verdict(error, &labels))
            {
                Some(Verdict::Failed(failed)) => return Err(CommitError::ConditionFailed(failed)),
                Some(Verdict::Invalid(reason)) => return Err(CommitError::Invalid(reason)),
                Some(Verdict::TryAgain) if attempt < MAX_ATTEMPTS => {
                    tracing::debug!(attempt, "a transaction was in the way of another");
                    tokio::time::sleep(backoff).await;
                    backoff *= 2;
                }
                _ => return Err(CommitError::Unavailable(describe(&error))),
            }
        }
        unreachable!("the last attempt returns")
    }

    /// `action`, on this table.
    fn aimed(&self, mut action: TransactWriteItem) -> TransactWriteItem {
        if let Some(put) = &mut action.put {
            put.table_name.clone_from(&self.name);
        }
        if let Some(delete) = &mut action.delete {
            delete.table_name.clone_from(&self.name);
        }
        if let Some(update) = &mut action.update {
            update.table_name.clone_from(&self.name);
        }
        if let Some(check) = &mut action.condition_check {
            check.table_name.clone_from(&self.name);
        }
        action
    }
}

fn discarding(key: &Key) -> WriteRequest {
    let delete = DeleteRequest::builder()
        .set_key(Some(key.attributes()))
        .build()
        .expect("the key is set");
    WriteRequest::builder().delete_request(delete).build()
}

/// What the store's refusal means.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// These conditions failed: an answer.
    Failed(Vec<&'static str>),
    /// Another transaction or a limit was in the way: no answer.
    TryAgain,
    /// It can never be committed.
    Invalid(String),
    /// Something else; the SDK has retried what is worth it.
    GiveUp,
}

fn verdict(error: &TransactWriteItemsError, labels: &[&'static str]) -> Verdict {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            cancellation(cancelled.cancellation_reasons(), labels)
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Verdict::TryAgain,
        other if other.code() == Some("ValidationException") => {
            Verdict::Invalid("the store calls it invalid".to_owned())
        }
        _ => Verdict::GiveUp,
    }
}

/// Reads the reasons, which stand in the order of the actions. A conflict is
/// retried, a failed condition is an answer.
fn cancellation(reasons: &[CancellationReason], labels: &[&'static str]) -> Verdict {
    let with_code = |wanted: &'static str| {
        reasons
            .iter()
            .zip(labels)
            .filter(move |(reason, _)| reason.code() == Some(wanted))
            .map(|(_, label)| *label)
            .collect::<Vec<_>>()
    };
    let failed = with_code("ConditionalCheckFailed");
    if !failed.is_empty() {
        return Verdict::Failed(failed);
    }
    for code in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
        let invalid = with_code(code);
        if !invalid.is_empty() {
            return Verdict::Invalid(format!("{code}: {}", invalid.join(", ")));
        }
    }
    Verdict::TryAgain
}

/// A condition in DynamoDB's words.
#[derive(Default)]
struct Expression {
    text: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_failed_condition_is_an_answer_even_beside_a_conflict() {
        let reasons = ["None", "TransactionConflict", "ConditionalCheckFailed"].map(reason);
        assert_eq!(
            cancellation(&reasons, &["one", "two", "three"]),
            Verdict::Failed(vec!["three"])
        );
    }

    #[test]
    fn a_conflict_and_a_throttle_are_tried_again() {
        for code in [
            "TransactionConflict",
            "ThrottlingError",
            "ProvisionedThroughputExceeded",
        ] {
            assert_eq!(
                cancellation(&[reason("None"), reason(code)], &["one", "two"]),
                Verdict::TryAgain
            );
        }
    }

    #[test]
    fn an_item_that_is_too_large_is_not_tried_again() {
        assert_eq!(
            cancellation(&[reason("ValidationError")], &["issue"]),
            Verdict::Invalid("ValidationError: issue".to_owned())
        );
    }
}
