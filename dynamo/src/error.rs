//! What can go wrong, told apart by what the caller should do.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A read did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store did not answer in time or refused for now: try again later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// An item is there and is not what this code wrote. Trying again does not
    /// help. What serde says of it is left out: it quotes values.
    #[error("an item is no valid {kind}")]
    Corrupt {
        /// The type that was expected.
        kind: &'static str,
    },
}

/// A transaction was not committed, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The state is not what the decision was made upon: nothing was written.
    /// Load and decide again.
    #[error("the state has moved on: {}", .0.join(", "))]
    ConditionFailed(Vec<&'static str>),
    /// The store did not answer in time or refused for now. It may have
    /// committed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The transaction can never be committed: too many or too large items.
    #[error("the transaction is invalid: {0}")]
    Invalid(String),
}

impl CommitError {
    /// Whether the condition of the action called `label` failed.
    pub fn failed(&self, label: &str) -> bool {
        matches!(self, Self::ConditionFailed(labels) if labels.contains(&label))
    }

    /// Whether any condition failed.
    pub fn is_condition_failed(&self) -> bool {
        matches!(self, Self::ConditionFailed(_))
    }
}

/// A short description that holds no item values: the service's error code, or
/// the kind of transport fault.
pub fn describe<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(context) => context
            .err()
            .code()
            .unwrap_or("unknown service error")
            .to_owned(),
        SdkError::TimeoutError(_) => "time-out".to_owned(),
        SdkError::DispatchFailure(_) => "no connection".to_owned(),
        SdkError::ResponseError(_) => "unreadable response".to_owned(),
        _ => "request not built".to_owned(),
    }
}
