//! Writes that happen together.

use std::fmt;

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};

use crate::{
    condition::{Condition, Expression},
    item::{Item, Key},
};

/// The most actions one transaction takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const MAX_ACTIONS: usize = 100;

/// Writes that happen all together or not at all.
#[derive(Default)]
pub struct Transaction {
    pub(crate) actions: Vec<(&'static str, TransactWriteItem)>,
}

impl Transaction {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `item` in place of what is there, if `condition` holds of that.
    /// `label` names the action in [`CommitError::ConditionFailed`](crate::CommitError::ConditionFailed).
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

/// The actions by their labels: items hold what is personal.
impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.actions.iter().map(|(label, _)| label))
            .finish()
    }
}
