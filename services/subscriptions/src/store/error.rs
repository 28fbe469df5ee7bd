//! Why the store did not do what was asked.

use dynamo::{CommitError, ReadError};
use outbox::{EventTooLarge, HandleError};

/// A use case did not come to its end. The texts hold no personal values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The state was not loaded.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The decision was not committed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The decision's event does not fit on the bus.
    #[error(transparent)]
    TooLarge(#[from] EventTooLarge),
}

impl StoreError {
    /// Whether somebody else changed the state between loading and committing:
    /// load and decide again.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Commit(error) if error.is_condition_failed())
    }

    /// Whether it may go better later, without anybody mending anything.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Read(ReadError::Unavailable(_))
                | Self::Commit(CommitError::Unavailable(_) | CommitError::ConditionFailed(_))
        )
    }
}

impl From<StoreError> for HandleError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Read(error) => error.into(),
            StoreError::Commit(error) => error.into(),
            StoreError::TooLarge(error) => Self::Permanent(error.to_string()),
        }
    }
}
