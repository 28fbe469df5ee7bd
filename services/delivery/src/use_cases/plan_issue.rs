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
        issue::{Issue, Planned},
        shard::{PerShard, Shard},
        tally::Tally,
    },
    store::recipients,
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as begun. The first one of an issue reports that it is being
/// sent, and to how many as things stand.
pub(crate) async fn plan_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    let planned = change_issue(core, run, |issue| decide(core, run, issue)).await?;
    if planned.is_some() {
        tracing::info!(issue_id = %run.issue_id, generation = run.generation, "sending begins");
    }
    Ok(())
}

/// None if the run was planned before.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
) -> Result<Option<Change<()>>, StepError> {
    let now = core.clock.now();
    let mut transaction = Transaction::new();
    match issue.plan(run.generation, now) {
        Planned::Already => return Ok(None),
        Planned::Further => {}
        Planned::First => {
            issue.planned = count_recipients(core, issue.published_at).await?;
            let counts = issue.counts(&PerShard::<Tally>::default());
            report::progressed(core, &mut transaction, &mut issue, counts, now)?;
        }
    }
    Ok(Some(Change {
        issue,
        transaction,
        decided: (),
    }))
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
    let mut count = 0;
    let mut pages = recipients::pages(&core.table, shard);
    while let Some(page) = pages.next().await? {
        for recipient in page {
            count += u64::from(recipient.addressee(published_at).is_some());
        }
    }
    Ok((shard, count))
}
