//! One invocation's work on one shard of an issue: one round over what the
//! store says.
//!
//! Nothing is remembered from one round to the next, so what a round meets
//! after a crash is what it always meets.

use std::time::Duration;

use contracts::Personal;
use tokio::time::Instant;

use super::{
    attempt::Sending,
    round::{Again, Round},
};
use crate::{
    app::Core,
    domain::shard::Shard,
    mail::IssueMail,
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
    let sending = prepare(core, run, worker).await?;
    let again = Round::new(&sending, shard, deadline).walk().await?;
    Ok(match again {
        Again::Never => ShardOutcome::Done,
        Again::AtOnce => ShardOutcome::More { not_before: None },
        Again::At(moment) => ShardOutcome::More {
            not_before: Some(moment),
        },
    })
}

async fn prepare<'a>(
    core: &'a Core,
    run: &IssueRun,
    worker: WorkerId,
) -> Result<Sending<'a>, StepError> {
    let missing = || StepError::Permanent(format!("there is no issue {}", run.issue_id));
    let issue = issues::find(&core.table, run.issue_id)
        .await?
        .ok_or_else(missing)?;
    let content = issues::content(&core.table, run.issue_id)
        .await?
        .ok_or_else(missing)?;
    let extras = content.extras.unwrap_or_default();
    Ok(Sending {
        core,
        issue: IssueMail {
            issue_id: run.issue_id,
            title: content.title,
            preheader: extras.preheader,
            sender_name: extras.sender_name.map(Personal::new),
            text: content.text,
            html: content.html,
        },
        published_at: issue.published_at,
        worker,
    })
}
