//! A run begins.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    change_issue::{Change, change_issue},
    report,
};
use crate::{
    app::Core,
    domain::{
        counts::Counts,
        issue::Issue,
        rate::SendRate,
        shard::{PerShard, Shard},
    },
    store::{recipients, runs},
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as begun. The first one of an issue reports that it is being
/// sent, or paused already, and to how many as things stand.
pub(crate) async fn plan_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    let planned = change_issue(core, run, |issue| decide(core, run, issue)).await?;
    if planned.is_some() {
        tracing::info!(issue_id = %run.issue_id, cause = %run.cause, "the run begins");
    }
    Ok(())
}

/// None if the run has ended.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
) -> Result<Option<Change<()>>, StepError> {
    if !runs::is_open(&core.table, run).await? {
        return Ok(None);
    }
    let now = core.clock.now();
    let mut transaction = Transaction::new();
    issue.send_rate = send_rate(core, &issue).await?;
    if issue.plan(now) {
        issue.planned = count_recipients(core, issue.published_at).await?;
        let tally = issue.tally(&PerShard::<Counts>::default());
        report::progressed(core, &mut transaction, &mut issue, tally, now)?;
    }
    runs::begin(&mut transaction, run);
    Ok(Some(Change {
        issue,
        transaction,
        decided: (),
    }))
}

/// How fast the mail side takes issues, where no rate is set for them.
async fn send_rate(core: &Core, issue: &Issue) -> Result<Option<SendRate>, StepError> {
    if core.config.send_rate.is_some() {
        return Ok(None);
    }
    let quota = match core.mail.quota().await {
        Ok(quota) => quota,
        Err(error) if issue.send_rate.is_some() => {
            tracing::warn!(issue_id = %issue.issue_id, %error, "the rate stays as it was");
            return Ok(issue.send_rate);
        }
        Err(error) => return Err(StepError::Transient(error.to_string())),
    };
    let rate = quota.map(|quota| SendRate::for_issues(quota.per_second));
    rate.transpose()
        .map_err(|error| StepError::Transient(error.to_string()))
}

/// How many recipients an issue of that moment has by now.
async fn count_recipients(
    core: &Core,
    published_at: Timestamp,
) -> Result<PerShard<u64>, StepError> {
    stream::iter(Shard::all())
        .map(|shard| count_shard(core, shard, published_at))
        .buffer_unordered(CONCURRENT_COUNTS)
        .try_fold(PerShard::default(), async |mut counts, (shard, count)| {
            counts[shard.index()] = count;
            Ok(counts)
        })
        .await
}

async fn count_shard(
    core: &Core,
    shard: Shard,
    published_at: Timestamp,
) -> Result<(Shard, u64), StepError> {
    let count = recipients::estimate(&core.table, shard, published_at).await?;
    Ok((shard, count))
}
