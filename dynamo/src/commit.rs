//! The one way to write.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};
use uuid::Uuid;

use crate::{
    error::{CommitError, describe},
    read::Table,
    transaction::{MAX_ACTIONS, Transaction},
};

/// How often a write is tried that another one was in the way of.
pub(crate) const MAX_ATTEMPTS: u32 = 8;
/// The wait after the first conflict; it doubles with each further one.
pub(crate) const FIRST_BACKOFF: Duration = Duration::from_millis(5);

impl Table {
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
        // One token for all attempts: should an earlier one have been committed
        // after all, the next is told so instead of meeting its own writes.
        let token = self.randomness.uuid();
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1.. {
            let sent = self
                .client
                .transact_write_items()
                .client_request_token(token.to_string())
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
                    tokio::time::sleep(jittered(backoff, token)).await;
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

/// Half to one and a half of `backoff`, so that writers who met once do not
/// meet again.
fn jittered(backoff: Duration, token: Uuid) -> Duration {
    backoff.mul_f64(0.5 + f64::from(token.as_bytes()[0]) / 255.0)
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
