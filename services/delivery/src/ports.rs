//! What is outside and replaced: the workflow engine. (The mail side is
//! [`MailSender`](crate::mail::MailSender), time and randomness are in
//! `ambient`.)

use async_trait::async_trait;

use crate::workflow::IssueRun;

/// The run was not started, or may not have been. The text holds no addresses.
#[derive(Debug, thiserror::Error)]
#[error("the workflow engine is unavailable: {0}")]
pub struct WorkflowUnavailable(pub String);

/// Starts the run of an issue: Step Functions, or a host that walks
/// [`Steps`](crate::workflow::Steps) itself.
#[async_trait]
pub trait WorkflowStarter: Send + Sync + 'static {
    /// Starts `run`, in the background.
    ///
    /// MUST be idempotent by [`IssueRun::name`]: a start of a run that is
    /// under way, or was once, does nothing and succeeds. A run whose start
    /// was answered with `Ok` MUST be walked to its end, after a crash too,
    /// which [`App::unfinished_runs`](crate::App::unfinished_runs) helps with.
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable>;

    /// Whether the run of that [`IssueRun::name`] is under way: started, and
    /// neither ended nor failed.
    async fn is_under_way(&self, run: &IssueRun) -> Result<bool, WorkflowUnavailable>;
}
