//! A run begins.

use contracts::events::{DeliveryCounts, DeliveryStatus};
use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{MAX_DECISIONS, report};
use crate::{
    app::Core,
    domain::{issue::Planned, shard::Shard},
    store::{issues, recipients},
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as begun. The first one of an issue reports that it is being
/// sent, and to how many as things stand.
pub(crate) async fn plan_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    for _ in 0..MAX_DECISIONS {
        let mut issue = issues::find(&core.table, run.issue_id)
            .await?
            .ok_or_else(|| StepError::Permanent(format!("there is no issue {}", run.issue_id)))?;
        let now = core.clock.now();
        let mut transaction = Transaction::new();
        match issue.plan(run.generation, now) {
            Planned::Already => return Ok(()),
            Planned::Further => {}
            Planned::First => {
                let recipients = count_recipients(core, issue.published_at).await?;
                let counts = DeliveryCounts {
                    recipients,
                    pending: recipients,
                    ..DeliveryCounts::default()
                };
                report::progressed(
                    core,
                    &mut transaction,
                    &mut issue,
                    DeliveryStatus::Sending,
                    counts,
                    now,
                )?;
            }
        }
        issues::write_changed(&mut transaction, &issue);
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(issue_id = %run.issue_id, generation = run.generation, "sending begins");
                return Ok(());
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the issue keeps changing".to_owned()))
}

/// How many recipients an issue of that moment has by now.
async fn count_recipients(core: &Core, published_at: Timestamp) -> Result<u64, StepError> {
    let counts: Vec<u64> = stream::iter(Shard::all())
        .map(|shard| count_shard(core, shard, published_at))
        .buffer_unordered(CONCURRENT_COUNTS)
        .try_collect()
        .await?;
    Ok(counts.into_iter().sum())
}

async fn count_shard(core: &Core, shard: Shard, published_at: Timestamp) -> Result<u64, StepError> {
    let mut count = 0;
    let mut pages = recipients::pages(&core.table, shard);
    while let Some(page) = pages.next().await? {
        for recipient in page {
            count += u64::from(recipient.addressee(published_at).is_some());
        }
    }
    Ok(count)
}
