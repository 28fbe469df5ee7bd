//! A report while an issue goes out.

use dynamo::Transaction;

use super::{
    change_issue::{Change, change_issue},
    finish_issue::standings,
    report,
};
use crate::{
    app::Core,
    domain::{counts::Counts, issue::Issue, shard::PerShard},
    store::{progress, runs},
    workflow::{IssueRun, StepError},
};

/// Reports how far the issue is, if that changed since the last report and
/// [`Config::progress_interval`](crate::Config::progress_interval) has passed.
/// Of several callers at the same moment one reports: the others find the issue
/// changed, and their turn not come.
pub(crate) async fn report_progress(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    change_issue(core, run.issue_id, |issue| decide(core, run, issue)).await?;
    Ok(())
}

/// None if there is nothing to report, or not yet.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
) -> Result<Option<Change<()>>, StepError> {
    let now = core.clock.now();
    let interval = core.config.progress_interval;
    let is_due = issue.started_at.is_some() && issue.is_report_due(now, interval);
    if !is_due || !runs::is_open(&core.table, run).await? {
        return Ok(None);
    }
    let settled = settled(core, &issue).await?;
    let tally = issue.tally(&settled);
    if !issue.is_news(tally) {
        return Ok(None);
    }
    let mut transaction = Transaction::new();
    report::progressed(core, &mut transaction, &mut issue, tally, now)?;
    Ok(Some(Change {
        issue,
        transaction,
        decided: (),
    }))
}

/// Everybody who has an outcome: as the workers noted it while the issue goes out,
/// and by the logs once it has been at its end. What was reported then was exact,
/// and the workers' notes may be older.
async fn settled(core: &Core, issue: &Issue) -> Result<PerShard<Counts>, StepError> {
    if issue.finished_at.is_none() {
        return Ok(progress::of_issue(&core.table, issue.issue_id).await?);
    }
    let shards = standings(core, issue.issue_id).await?;
    Ok(shards.map(|shard| shard.counts))
}
