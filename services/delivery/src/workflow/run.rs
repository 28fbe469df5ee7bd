//! The words of the workflow.

use dynamo::{CommitError, ReadError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One walk over the recipients of an issue. The first one is everybody's;
/// later ones are for those whose confirmation arrived after it had passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRun {
    /// The issue.
    pub issue_id: Uuid,
    /// Which run of the issue, counted from 1.
    pub generation: u64,
    /// W3C Trace Context of what made the run necessary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// Names one invocation of [`send_shard`](super::Steps::send_shard). Each MUST
/// have a fresh one: by it a claim is known to be one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub Uuid);

/// How an invocation of [`send_shard`](super::Steps::send_shard) ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardOutcome {
    /// Everybody in the shard has an outcome.
    Done,
    /// There is more to do: invoke again.
    More {
        /// Not before then, when there will be something to do; none: at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
    },
}

/// A step did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Trying again later may help.
    #[error("for now: {0}")]
    Transient(String),
    /// It never will.
    #[error("for good: {0}")]
    Permanent(String),
}

impl From<ReadError> for StepError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(_) => Self::Transient(error.to_string()),
            ReadError::Corrupt { .. } => Self::Permanent(error.to_string()),
        }
    }
}

impl From<CommitError> for StepError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Invalid(_) => Self::Permanent(error.to_string()),
            CommitError::ConditionFailed(_) | CommitError::Unavailable(_) => {
                Self::Transient(error.to_string())
            }
        }
    }
}
