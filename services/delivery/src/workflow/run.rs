//! The words of the workflow.

use std::fmt;

use dynamo::{CommitError, ReadError};
use jiff::Timestamp;
use outbox::HandleError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ports::WorkflowUnavailable,
    shard_log::{CorruptRow, FoldError},
    store::shard_log::LogError,
};

/// One walk over the shards of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRun {
    /// The issue.
    pub issue_id: Uuid,
    /// Why; with the issue and the attempt it names the run.
    pub cause: Cause,
    /// How often the run had to be started under another name before: that of an
    /// execution that failed is spent.
    #[serde(default, skip_serializing_if = "is_first")]
    pub attempt: u32,
    /// W3C Trace Context of what made the run necessary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

fn is_first(attempt: &u32) -> bool {
    *attempt == 0
}

impl IssueRun {
    /// The name of the run's execution: of letters, digits and hyphens, and less
    /// than 80 characters, as Step Functions has it.
    pub fn name(&self) -> String {
        let Self {
            issue_id, cause, ..
        } = self;
        match self.attempt {
            0 => format!("{issue_id}-{cause}"),
            attempt => format!("{issue_id}-{cause}-{attempt}"),
        }
    }
}

/// What made a run of an issue necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It was published.
    Published,
    /// A row of a shard's log made work where none was: somebody came late, was
    /// to be sent it again, or it was resumed or cancelled.
    Row {
        /// The shard.
        shard: u16,
        /// The row's number.
        number: u64,
    },
    /// It had work left and no run, which the sweep found.
    Found {
        /// The issue's version.
        version: u64,
    },
}

/// Short, and different for each cause: it may stand in the name of an execution.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Published => f.write_str("published"),
            Self::Row { shard, number } => write!(f, "{shard:02}-{number:08}"),
            Self::Found { version } => write!(f, "found-{version:08}"),
        }
    }
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
    /// The issue is paused: nothing more until it is resumed, which starts
    /// another run.
    Paused,
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

impl From<WorkflowUnavailable> for StepError {
    fn from(error: WorkflowUnavailable) -> Self {
        Self::Transient(error.to_string())
    }
}

impl From<LogError> for StepError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Read(error) => error.into(),
            LogError::Corrupt(error) => error.into(),
        }
    }
}

impl From<CorruptRow> for StepError {
    fn from(error: CorruptRow) -> Self {
        Self::Permanent(error.to_string())
    }
}

impl From<FoldError> for StepError {
    fn from(error: FoldError) -> Self {
        match error {
            FoldError::Gap { .. } => Self::Transient(error.to_string()),
            FoldError::Impossible { .. } => Self::Permanent(error.to_string()),
        }
    }
}

impl From<StepError> for HandleError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Transient(reason) => Self::Transient(reason),
            StepError::Permanent(reason) => Self::Permanent(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_of_every_run_has_a_name_of_its_own_that_a_workflow_engine_takes() {
        let found = Cause::Found { version: u64::MAX };
        let row = Cause::Row {
            shard: 15,
            number: u64::MAX,
        };
        let mut names = Vec::new();
        for cause in [Cause::Published, found, row] {
            for attempt in [0, 1, u32::MAX] {
                let run = IssueRun {
                    issue_id: Uuid::from_u128(1),
                    cause,
                    attempt,
                    traceparent: None,
                };
                let name = run.name();
                let is_taken = |c: char| c.is_ascii_alphanumeric() || c == '-';
                assert!(name.len() <= 80 && name.chars().all(is_taken), "{name}");
                names.push(name);
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 9);
    }

    #[test]
    fn a_run_of_before_is_a_first_attempt() {
        let before = r#"{"issue_id":"00000000-0000-0000-0000-000000000001","cause":"published"}"#;
        let run: IssueRun = serde_json::from_str(before).expect("a run");
        assert_eq!(run.attempt, 0);
        assert_eq!(serde_json::to_string(&run).expect("JSON"), before);
    }
}
