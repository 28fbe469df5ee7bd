//! A run ends.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::{
    change_issue::{Change, change_issue},
    log::with_fold,
    report,
};
use crate::{
    app::Core,
    domain::{
        counts::Counts,
        issue::{Finished, Issue, Status},
        shard::{PerShard, Shard},
    },
    shard_log::Fold,
    store::runs,
    workflow::{IssueRun, StepError},
};

/// How many logs are read at a time.
const CONCURRENT_LOGS: usize = 4;

/// Takes the run off the list, and reports how the issue stands: delivered or
/// cancelled if every shard is at its end, which is reported once; paused if
/// not, and one is; nothing if neither, for then another run is to come.
pub(crate) async fn finish_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    let ended = change_issue(core, run.issue_id, |issue| decide(core, run, issue)).await?;
    if let Some(Ended { status, counts }) = ended {
        if matches!(status, Status::Cancelled | Status::Delivered) {
            core.folds.forget(run.issue_id);
            core.unclear_calls.forget(run.issue_id);
        }
        tracing::info!(
            issue_id = %run.issue_id, cause = %run.cause, ?status,
            accepted = counts.accepted, failed = counts.failed, suppressed = counts.suppressed,
            skipped = counts.skipped, held = counts.held,
            "the run has ended"
        );
    }
    Ok(())
}

/// How the issue stood when a run ended.
struct Ended {
    status: Status,
    counts: Counts,
}

/// Where a shard stands.
#[derive(Clone, Default)]
pub(super) struct Standing {
    pub(super) counts: Counts,
    pub(super) is_done: bool,
    is_cancelled: bool,
    /// Paused, and why.
    paused: Option<Option<String>>,
}

/// None if the run had ended before.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
) -> Result<Option<Change<Ended>>, StepError> {
    if !runs::is_open(&core.table, run).await? {
        return Ok(None);
    }
    let now = core.clock.now();
    let mut transaction = Transaction::new();
    let shards = standings(core, run.issue_id).await?;
    let settled = shards.each_ref().map(|shard| shard.counts);
    let paused = shards.iter().filter(|shard| !shard.is_done);
    let paused = paused.filter_map(|shard| shard.paused.clone());
    if shards.iter().all(|shard| shard.is_done) {
        issue.planned = settled.map(|counts| counts.settled());
        let is_cancelled = shards.iter().any(|shard| shard.is_cancelled);
        let finished = issue.finish(is_cancelled, now);
        let tally = issue.tally(&settled);
        if let Finished::Delivered { started_at } = finished {
            report::delivered(core, &mut transaction, &mut issue, tally, started_at, now)?;
        } else {
            report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
        }
    } else if let Some(reason) = paused.max() {
        issue.turn(Status::Paused { reason });
        let tally = issue.tally(&settled);
        report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
    }
    runs::close(&mut transaction, run);
    let decided = Ended {
        status: issue.status.clone(),
        counts: settled.into_iter().sum(),
    };
    Ok(Some(Change {
        issue,
        transaction,
        decided,
    }))
}

/// Where each shard stands, by its log.
pub(super) async fn standings(
    core: &Core,
    issue_id: Uuid,
) -> Result<PerShard<Standing>, StepError> {
    stream::iter(Shard::all())
        .map(async |shard| {
            let standing = with_fold(core, issue_id, shard, standing).await?;
            Ok::<_, StepError>((shard, standing))
        })
        .buffer_unordered(CONCURRENT_LOGS)
        .try_fold(PerShard::default(), async |mut all, (shard, standing)| {
            all[shard.index()] = standing;
            Ok(all)
        })
        .await
}

fn standing(fold: &Fold) -> Standing {
    let controls = fold.controls();
    let reason = || controls.reason().map(str::to_owned);
    Standing {
        counts: fold.counts(),
        is_done: fold.is_done(),
        is_cancelled: fold.is_cancelled(),
        paused: controls.is_paused().then(reason),
    }
}
