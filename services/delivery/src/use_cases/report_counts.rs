//! Counts that feedback changed while nobody is at work on the issue are reported.

use dynamo::{ReadError, Transaction};
use uuid::Uuid;

use super::{MAX_DECISIONS, finish_issue::standings, report};
use crate::{
    app::Core,
    domain::issue::{Issue, Status},
    store::{issues, unreported},
    workflow::StepError,
};

/// When a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// At once: exceptions were told, with which the counts have to agree.
    Now,
    /// If [`Config::progress_interval`](crate::Config::progress_interval) has passed
    /// since the last one: of many bounces, few make a report.
    Due,
}

/// Reports how an issue stands that has rows which no report has. What is not
/// reported now is later, by the next one or by [`report_left_over`].
pub(super) async fn report_counts(
    core: &Core,
    issue_id: Uuid,
    when: When,
) -> Result<(), StepError> {
    for _ in 0..MAX_DECISIONS {
        // Before the logs are read: a row that comes after that is left.
        let rows = unreported::of_issue(&core.table, issue_id).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::new();
        if let Some(mut issue) = issues::find(&core.table, issue_id).await? {
            let now = core.clock.now();
            let is_due =
                when == When::Now || issue.is_report_due(now, core.config.progress_interval);
            if !is_due || is_under_way(&issue) {
                return Ok(());
            }
            let shards = standings(core, issue_id).await?;
            let settled = shards.each_ref().map(|shard| shard.counts);
            let tally = issue.tally(&settled);
            report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
            if !transaction.is_empty() {
                issues::write_changed(&mut transaction, &issue);
            }
        }
        unreported::clear(&mut transaction, &rows);
        match core.table.commit(transaction).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the issue keeps changing".to_owned()))
}

/// Whether its run reports at its end, by the logs themselves.
fn is_under_way(issue: &Issue) -> bool {
    issue.finished_at.is_none() && issue.status == Status::Sending
}

/// Reports what is left over, of each issue; a failure with one of them leaves none
/// of the others out.
pub(super) async fn report_left_over(core: &Core) -> Result<(), ReadError> {
    let rows = unreported::all(&core.table).await?;
    let mut issues: Vec<_> = rows.into_iter().map(|row| row.issue_id).collect();
    issues.dedup();
    for issue_id in issues {
        if let Err(error) = report_counts(core, issue_id, When::Due).await {
            tracing::error!(%issue_id, %error, "the counts of an issue cannot be reported");
        }
    }
    Ok(())
}
