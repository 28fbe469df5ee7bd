//! Issues that nobody sends are found.

use dynamo::ReadError;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::log::log;
use crate::{
    app::Core,
    domain::shard::Shard,
    store::{issues, runs},
    workflow::StepError,
};

/// An open run of whose issue no log has had a row for so long makes no
/// progress: longer than any wait of a worker, and than a slow rate takes from
/// one mail to the next.
const STALLED: SignedDuration = SignedDuration::from_mins(30);

/// How many logs are looked at, at a time.
const CONCURRENT_LOGS: usize = 4;

/// Starts every open run once more, which does nothing where it is under way: a
/// start may have been lost. Says which issues make no progress; a failure with
/// one of them leaves none of the others out.
pub(crate) async fn sweep_issues(core: &Core) -> Result<(), ReadError> {
    let open = runs::all(&core.table).await?;
    for run in &open {
        if let Err(error) = core.workflow.start(run).await {
            let (issue_id, cause) = (run.issue_id, run.cause);
            tracing::error!(%issue_id, %cause, %error, "an open run cannot be started");
        }
    }
    let mut issues: Vec<_> = open.iter().map(|run| run.issue_id).collect();
    issues.sort_unstable();
    issues.dedup();
    for issue_id in issues {
        match stalled_since(core, issue_id).await {
            Ok(None) => {}
            Ok(Some(since)) => tracing::error!(%issue_id, %since, "an issue makes no progress"),
            Err(error) => tracing::error!(%issue_id, %error, "an issue cannot be looked at"),
        }
    }
    Ok(())
}

/// Since when nothing has happened to the issue, if that is too long.
async fn stalled_since(core: &Core, issue_id: Uuid) -> Result<Option<Timestamp>, StepError> {
    let Some(issue) = issues::find(&core.table, issue_id).await? else {
        return Ok(None);
    };
    let now = core.clock.now();
    let begun = issue.started_at.unwrap_or(issue.published_at);
    if now.duration_since(begun) <= STALLED {
        return Ok(None);
    }
    let newest = stream::iter(Shard::all())
        .map(async |shard| {
            let tail = log(core, issue_id, shard).tail(1).await?;
            Ok::<_, StepError>(tail.newest_first.first().map(|row| row.at))
        })
        .buffer_unordered(CONCURRENT_LOGS)
        .try_fold(begun, async |newest, at| {
            Ok(at.map_or(newest, |at| at.max(newest)))
        })
        .await?;
    Ok((now.duration_since(newest) > STALLED).then_some(newest))
}
