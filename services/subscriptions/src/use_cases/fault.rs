//! Why a use case of admins did not come to its end.

use dynamo::{CommitError, ReadError};

use crate::{domain::password::HashingFailed, store::StoreError};

/// A fault of ours, not an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Password hashing.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Store(error.into())
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        Self::Store(error.into())
    }
}
