//! One invocation's work on one shard of an issue.

use std::time::Duration;

use contracts::Personal;
use tokio::time::Instant;

use super::shift::{Known, Shift};
use crate::{
    app::Core,
    domain::shard::Shard,
    mail::{IssueContent, IssueMail},
    store::issues,
    workflow::{IssueRun, SHARDS, ShardOutcome, StepError, WorkerId},
};

/// Mails the shard's recipients who have no outcome yet.
pub(crate) async fn send_shard(
    core: &Core,
    run: &IssueRun,
    shard: u16,
    worker: WorkerId,
    budget: Duration,
) -> Result<ShardOutcome, StepError> {
    let deadline = Instant::now() + budget;
    let _at_work = core.in_flight.enter(worker);
    let shard = Shard::numbered(shard)
        .ok_or_else(|| StepError::Permanent(format!("there is no shard {shard}, only {SHARDS}")))?;
    let missing = || StepError::Permanent(format!("there is no issue {}", run.issue_id));
    let issue = issues::find(&core.table, run.issue_id).await?;
    let issue = issue.ok_or_else(missing)?;
    let known = Known {
        published_at: issue.published_at,
        started_at: issue.started_at.unwrap_or(issue.published_at),
        is_final: issue.is_final(),
        send_rate: issue.send_rate,
    };
    let content = issues::content(&core.table, run.issue_id).await?;
    let content = content.ok_or_else(missing)?;
    let extras = content.extras.unwrap_or_default();
    let content = IssueContent {
        issue_id: run.issue_id,
        title: content.title,
        preheader: extras.preheader,
        sender_name: extras.sender_name.map(Personal::new),
        text: content.text,
        html: content.html,
    };
    let mail = IssueMail::new(&core.config.from, &content);
    let shift = Shift::new(core, mail, known, shard, worker, deadline);
    shift.work().await
}
