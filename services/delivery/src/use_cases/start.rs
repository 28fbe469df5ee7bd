//! Runs that were queued are started.

use outbox::HandleError;
use uuid::Uuid;

use crate::{app::Core, store::runs, workflow::IssueRun};

/// Starts a run that is queued.
pub(super) async fn start(core: &Core, run: &IssueRun) -> Result<(), HandleError> {
    let started = core.workflow.start(run).await;
    started.map_err(|error| HandleError::Transient(error.to_string()))
}

/// Starts the issue's queued runs, once more: their start may have been lost
/// with the process that queued them.
pub(super) async fn start_queued(core: &Core, issue_id: Uuid) -> Result<(), HandleError> {
    for run in runs::of_issue(&core.table, issue_id).await? {
        start(core, &run).await?;
    }
    Ok(())
}
