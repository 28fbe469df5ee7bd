//! An issue was published.

use dynamo::Transaction;
use outbox::HandleError;

use super::MAX_DECISIONS;
use crate::{
    app::Core,
    domain::{
        content::{Content, Further},
        issue::Issue,
    },
    store::issues,
    workflow::IssueRun,
};

/// The first run of every issue.
const FIRST_RUN: u64 = 1;

/// Stores the issue, once by its id, and starts its first run before the
/// message is acknowledged. A process that ends in between is healed by the
/// message's next delivery, and by the list of open runs.
///
/// An issue may be announced in more than one version of the event, in any
/// order. The first that comes stores it. One that tells more completes what is
/// stored, until the issue is planned; after that everybody gets the mail that
/// the first ones got.
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
            complete(core, issue, content).await?;
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

/// Adds what `content` tells beyond what is stored, if it is not too late.
async fn complete(core: &Core, announced: &Issue, content: &Content) -> Result<(), HandleError> {
    let issue_id = announced.issue_id;
    let missing = || HandleError::Transient("the issue is not there yet".to_owned());
    for _ in 0..MAX_DECISIONS {
        // The issue before its content: a version read now is void as soon as
        // the content is replaced or planned.
        let found = issues::find(&core.table, issue_id).await?;
        let mut issue = found.ok_or_else(missing)?;
        let stored = issues::content(&core.table, issue_id).await?;
        match stored.ok_or_else(missing)?.compare(content) {
            Further::Nothing => return Ok(()),
            Further::Contradiction => {
                tracing::error!(%issue_id, "announced again with another content: the first stays");
                return Err(HandleError::Permanent(
                    "the issue was announced before with another content, which stays".to_owned(),
                ));
            }
            Further::More => {}
        }
        if !issue.reopen_content() {
            tracing::warn!(%issue_id, "announced with more, after its sending had begun without");
            return Ok(());
        }
        let mut transaction = Transaction::new();
        issues::write_changed(&mut transaction, &issue);
        issues::write_content(&mut transaction, &issue, content);
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(%issue_id, "issue completed by a further announcement");
                return Ok(());
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the issue keeps changing".to_owned(),
    ))
}
