//! A step changes the issue.

use dynamo::Transaction;
use uuid::Uuid;

use super::MAX_DECISIONS;
use crate::{app::Core, domain::issue::Issue, store::issues, workflow::StepError};

/// A decision about an issue.
pub(super) struct Change<D> {
    /// The issue as it is to be.
    pub(super) issue: Issue,
    /// What is to be written beside it.
    pub(super) transaction: Transaction,
    /// What was decided, for whoever asked.
    pub(super) decided: D,
}

/// Loads the issue, lets `decide` change it, and commits; again from
/// the start if the issue moved meanwhile. Answers what was decided; none if
/// there was nothing to do.
pub(super) async fn change_issue<D, F, Fut>(
    core: &Core,
    issue_id: Uuid,
    decide: F,
) -> Result<Option<D>, StepError>
where
    F: Fn(Issue) -> Fut,
    Fut: Future<Output = Result<Option<Change<D>>, StepError>>,
{
    for _ in 0..MAX_DECISIONS {
        let issue = issues::find(&core.table, issue_id)
            .await?
            .ok_or_else(|| StepError::Permanent(format!("there is no issue {issue_id}")))?;
        let Some(mut change) = decide(issue).await? else {
            return Ok(None);
        };
        issues::write_changed(&mut change.transaction, &change.issue);
        match core.table.commit(change.transaction).await {
            Ok(()) => return Ok(Some(change.decided)),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the issue keeps changing".to_owned()))
}
