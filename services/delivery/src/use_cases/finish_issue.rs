//! A run ends.

use contracts::events::{DeliveryCounts, DeliveryStatus};
use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::{MAX_DECISIONS, report};
use crate::{
    app::Core,
    domain::{
        claim::{Claim, Outcome},
        issue::Finished,
        shard::Shard,
    },
    store::{claims, issues},
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as finished. The last open run of an issue counts and
/// reports; that an issue is delivered is reported once.
pub(crate) async fn finish_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    for _ in 0..MAX_DECISIONS {
        let mut issue = issues::find(&core.table, run.issue_id)
            .await?
            .ok_or_else(|| StepError::Permanent(format!("there is no issue {}", run.issue_id)))?;
        let now = core.clock.now();
        let mut transaction = Transaction::new();
        let finished = issue.finish(run.generation, now);
        match finished {
            Finished::Already => return Ok(()),
            Finished::Awaiting => {}
            Finished::Delivered { .. } | Finished::Recounted => {
                let counts = count(core, run.issue_id).await?;
                report::progressed(
                    core,
                    &mut transaction,
                    &mut issue,
                    DeliveryStatus::Delivered,
                    counts,
                    now,
                )?;
                if let Finished::Delivered { started_at } = finished {
                    report::delivered(core, &mut transaction, &mut issue, counts, started_at, now)?;
                }
            }
        }
        issues::write_changed(&mut transaction, &issue);
        issues::close_run(&mut transaction, run);
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(issue_id = %run.issue_id, generation = run.generation, ?finished, "run finished");
                return Ok(());
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the issue keeps changing".to_owned()))
}

/// The recipients by outcome.
async fn count(core: &Core, issue_id: Uuid) -> Result<DeliveryCounts, StepError> {
    let claims: Vec<Vec<Claim>> = stream::iter(Shard::all())
        .map(|shard| claims::of_shard(&core.table, issue_id, shard))
        .buffer_unordered(CONCURRENT_COUNTS)
        .try_collect()
        .await?;
    let mut counts = DeliveryCounts::default();
    for claim in claims.iter().flatten() {
        counts.recipients += 1;
        match claim.outcome {
            Outcome::Accepted => counts.accepted += 1,
            Outcome::Failed { .. } => counts.failed += 1,
            Outcome::Skipped { .. } => counts.skipped += 1,
            Outcome::Held { .. } => counts.held += 1,
            Outcome::Claimed { .. } | Outcome::Retry { .. } => {
                return Err(StepError::Transient("a claim is still open".to_owned()));
            }
        }
    }
    Ok(counts)
}
