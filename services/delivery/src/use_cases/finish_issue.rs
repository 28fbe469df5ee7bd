//! A run ends.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::{
    change_issue::{Change, change_issue},
    report,
};
use crate::{
    app::Core,
    domain::{
        issue::{Finished, Issue},
        shard::{PerShard, Shard},
        tally::Tally,
    },
    store::{claims, issues},
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as finished. The last open run of an issue counts and
/// reports; that an issue is delivered is reported once.
pub(crate) async fn finish_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    let ended = change_issue(core, run, |issue| decide(core, run, issue)).await?;
    let (issue_id, generation) = (run.issue_id, run.generation);
    match ended {
        Some(Ended::Reported(counts)) => tracing::info!(
            %issue_id, generation,
            recipients = counts.total(), accepted = counts.accepted, failed = counts.failed,
            skipped = counts.skipped, held = counts.held,
            "run finished: everybody has an outcome"
        ),
        Some(Ended::Awaiting) => {
            tracing::info!(%issue_id, generation, "run finished: another is open");
        }
        None => {}
    }
    Ok(())
}

/// How a run ended.
enum Ended {
    /// Another run is still open.
    Awaiting,
    /// It was the last one: this was reported.
    Reported(Tally),
}

/// None if the run had finished before.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
) -> Result<Option<Change<Ended>>, StepError> {
    let now = core.clock.now();
    let mut transaction = Transaction::new();
    let finished = issue.finish(run.generation, now);
    let decided = match finished {
        Finished::Already => return Ok(None),
        Finished::Awaiting => Ended::Awaiting,
        Finished::Delivered { .. } | Finished::Recounted => {
            let settled = count(core, run.issue_id).await?;
            issue.planned = settled.map(Tally::total);
            let counts = issue.counts(&settled);
            report::progressed(core, &mut transaction, &mut issue, counts, now)?;
            if let Finished::Delivered { started_at } = finished {
                report::delivered(core, &mut transaction, &mut issue, counts, started_at, now)?;
            }
            Ended::Reported(counts.settled)
        }
    };
    issues::close_run(&mut transaction, run);
    Ok(Some(Change {
        issue,
        transaction,
        decided,
    }))
}

/// The recipients by outcome, from the outcomes themselves.
async fn count(core: &Core, issue_id: Uuid) -> Result<PerShard<Tally>, StepError> {
    stream::iter(Shard::all())
        .map(|shard| count_shard(core, issue_id, shard))
        .buffer_unordered(CONCURRENT_COUNTS)
        .try_fold(PerShard::default(), async |mut counts, (shard, count)| {
            counts[shard.index()] = count;
            Ok(counts)
        })
        .await
}

async fn count_shard(
    core: &Core,
    issue_id: Uuid,
    shard: Shard,
) -> Result<(Shard, Tally), StepError> {
    let mut count = Tally::default();
    for claim in claims::of_shard(&core.table, issue_id, shard).await? {
        let outcome = claim.outcome.settled();
        let open = || StepError::Transient("a claim is still open".to_owned());
        count = count.with(outcome.ok_or_else(open)?);
    }
    Ok((shard, count))
}
