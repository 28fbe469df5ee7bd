//! An issue was published.

use dynamo::Transaction;
use outbox::HandleError;

use crate::{
    app::Core,
    domain::issue::Issue,
    store::issues::{self, Content},
    workflow::IssueRun,
};

/// The first run of every issue.
const FIRST_RUN: u64 = 1;

/// Stores the issue, once by its id, and starts its first run before the
/// message is acknowledged. A process that ends in between is healed by the
/// message's next delivery, and by the list of open runs.
pub(crate) async fn accept_issue(
    core: &Core,
    issue: &Issue,
    content: &Content,
) -> Result<(), HandleError> {
    let run = IssueRun {
        issue_id: issue.issue_id,
        generation: FIRST_RUN,
        traceparent: telemetry::current_traceparent(),
    };
    let mut transaction = Transaction::new();
    issues::write_new(&mut transaction, issue, content);
    issues::open_run(&mut transaction, &run);
    let run = match core.table.commit(transaction).await {
        Ok(()) => {
            tracing::info!(issue_id = %issue.issue_id, "issue stored");
            Some(run)
        }
        Err(error) if error.failed(issues::LABEL) => {
            issues::find_open_run(&core.table, issue.issue_id, FIRST_RUN).await?
        }
        Err(error) => return Err(error.into()),
    };
    match run {
        None => Ok(()),
        Some(run) => core
            .workflow
            .start(&run)
            .await
            .map_err(|error| HandleError::Transient(error.to_string())),
    }
}
