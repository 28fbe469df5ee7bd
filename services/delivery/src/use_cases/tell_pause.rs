//! An issue paused itself.

use dynamo::Transaction;
use uuid::Uuid;

use super::{
    change_issue::{Change, change_issue},
    report,
};
use crate::{
    app::Core,
    domain::issue::{Issue, Status},
    store::progress,
    workflow::StepError,
};

/// Reports that the issue paused itself for `reason`, as soon as its first shard
/// has: the others may have something under way for long. `upon` is the newest of
/// the admins' requests that the shard has seen; who has resumed the issue since is
/// not told of a pause that is over.
pub(super) async fn tell_pause(
    core: &Core,
    issue_id: Uuid,
    upon: u64,
    reason: &str,
) -> Result<(), StepError> {
    change_issue(core, issue_id, |issue| decide(core, issue, upon, reason)).await?;
    Ok(())
}

/// None if there is nothing to report.
async fn decide(
    core: &Core,
    mut issue: Issue,
    upon: u64,
    reason: &str,
) -> Result<Option<Change<()>>, StepError> {
    if issue.status != Status::Sending || issue.controlled > upon {
        return Ok(None);
    }
    let now = core.clock.now();
    let reason = Some(reason.to_owned());
    issue.turn(Status::Paused { reason });
    let tally = issue.tally(&progress::of_issue(&core.table, issue.issue_id).await?);
    let mut transaction = Transaction::new();
    report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
    Ok(Some(Change {
        issue,
        transaction,
        decided: (),
    }))
}
