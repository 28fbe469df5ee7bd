//! The one write that needs no transaction: an item that stands by itself in a
//! log.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use crate::{
    commit::{FIRST_BACKOFF, MAX_ATTEMPTS},
    condition::{Condition, Expression},
    error::{CommitError, describe},
    item::Item,
    read::Table,
};

impl Table {
    /// Writes `item` if none is there under its key: half the price of a
    /// transaction, for an item that is all there is to write. `label` names it
    /// in [`CommitError::ConditionFailed`].
    ///
    /// # Errors
    /// See [`CommitError`]; the condition may have failed because of an earlier
    /// try of this very call, whose answer was lost: read what is there.
    pub async fn append(&self, label: &'static str, item: Item) -> Result<(), CommitError> {
        let condition = Expression::from(Condition::Absent);
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1.. {
            let sent = self
                .client
                .put_item()
                .table_name(&self.name)
                .set_item(Some(item.attributes.clone()))
                .set_condition_expression(condition.text.clone())
                .set_expression_attribute_names(condition.names.clone())
                .send()
                .await;
            let error = match sent {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => {
                    return Err(CommitError::ConditionFailed(vec![label]));
                }
                // A transaction is at work on the item: that is no collision yet.
                Some(refused)
                    if refused.is_transaction_conflict_exception() && attempt < MAX_ATTEMPTS =>
                {
                    tokio::time::sleep(backoff).await;
                    backoff *= 2;
                }
                Some(refused) if refused.code() == Some("ValidationException") => {
                    let reason = format!("the store calls it invalid: {label}");
                    return Err(CommitError::Invalid(reason));
                }
                _ => return Err(CommitError::Unavailable(describe(&error))),
            }
        }
        unreachable!("the last attempt returns")
    }
}
