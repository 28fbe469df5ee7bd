//! Issues that nobody sends are found.

use std::collections::HashSet;

use dynamo::{ReadError, Transaction};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{log::log, report_counts::report_left_over};
use crate::{
    app::Core,
    domain::{
        issue::{Issue, Status},
        shard::Shard,
    },
    store::{
        heads, issues,
        runs::{self, OpenRun},
    },
    workflow::{Cause, IssueRun, StepError},
};

/// An open run of whose issue no log has had a row for so long makes no
/// progress: longer than any wait of a worker, and than a slow rate takes from
/// one mail to the next.
const STALLED: SignedDuration = SignedDuration::from_mins(30);

/// How many logs are looked at, at a time.
const CONCURRENT_LOGS: usize = 4;

/// Starts every open run that is not under way, gives one to each issue that has
/// work left and none, says which issues make no progress, and reports counts that
/// nobody did; a failure with one of them leaves none of the others out.
pub(crate) async fn sweep_issues(core: &Core) -> Result<(), ReadError> {
    let open = runs::open(&core.table).await?;
    for open in &open {
        if let Err(error) = revive(core, open).await {
            let run = open.run.name();
            tracing::error!(run, %error, "an open run cannot be started");
        }
    }
    let mut issues: Vec<_> = open.iter().map(|open| open.run.issue_id).collect();
    issues.sort_unstable();
    issues.dedup();
    for issue_id in issues {
        match stalled_since(core, issue_id).await {
            Ok(None) => {}
            Ok(Some(since)) => tracing::error!(%issue_id, %since, "an issue makes no progress"),
            Err(error) => tracing::error!(%issue_id, %error, "an issue cannot be looked at"),
        }
    }
    for issue in unfinished(core).await? {
        if let Err(error) = adopt(core, &issue).await {
            let issue_id = issue.issue_id;
            tracing::error!(%issue_id, %error, "an issue without a run cannot be started");
        }
    }
    report_left_over(core).await
}

/// Starts the run again if it is not under way.
async fn revive(core: &Core, open: &OpenRun) -> Result<(), StepError> {
    let (workflow, run) = (&core.workflow, &open.run);
    // In this order: one that has just ended is not open any more.
    if workflow.is_under_way(run).await? || !runs::is_open(&core.table, run).await? {
        return Ok(());
    }
    let (name, has_begun) = (run.name(), open.has_begun);
    workflow.start(run).await?;
    if workflow.is_under_way(run).await? {
        match has_begun {
            true => tracing::error!(run = name, "nobody walked a run: it is started again"),
            // Its start may just have been on its way.
            false => tracing::warn!(run = name, "a run had not begun: it is started"),
        }
        return Ok(());
    }
    let mut transaction = Transaction::new();
    let renamed = runs::rename(&mut transaction, open);
    match core.table.commit(transaction).await {
        Ok(()) => {}
        // It has begun or ended meanwhile.
        Err(error) if error.is_condition_failed() => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    tracing::error!(
        run = name,
        again = renamed.name(),
        "a run failed: it is started again"
    );
    workflow.start(&renamed).await?;
    Ok(())
}

/// The issues that are being sent, as far as the heads list them.
async fn unfinished(core: &Core) -> Result<Vec<Issue>, ReadError> {
    let shards: Vec<_> = Shard::all().collect();
    let heads = heads::find(&core.table, &shards).await?;
    let listed = heads.iter().flat_map(|head| &head.issues);
    let ids: HashSet<_> = listed.map(|one| one.issue_id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let mut issues = issues::find_many(&core.table, &ids).await?;
    issues.retain(|issue| issue.status == Status::Sending && issue.finished_at.is_none());
    Ok(issues)
}

/// Queues a run of the issue and starts it, if it has none. Whatever begins or ends
/// a run of an unfinished issue changes the issue too.
async fn adopt(core: &Core, issue: &Issue) -> Result<(), StepError> {
    let issue_id = issue.issue_id;
    if !runs::of_issue(&core.table, issue_id).await?.is_empty() {
        return Ok(());
    }
    let run = IssueRun {
        issue_id,
        cause: Cause::Found {
            version: issue.version,
        },
        attempt: 0,
        traceparent: None,
    };
    let mut transaction = Transaction::new();
    issues::write_changed(&mut transaction, issue);
    runs::write_new(&mut transaction, &run);
    match core.table.commit(transaction).await {
        Ok(()) => {}
        Err(error) if error.is_condition_failed() => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    tracing::error!(%issue_id, "an issue had work left and no run: it is started");
    core.workflow.start(&run).await?;
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
