//! A run begins.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    change_issue::{Change, change_issue},
    log::{append_at_end, log, with_fold},
    report,
};
use crate::{
    app::Core,
    domain::{
        counts::Counts,
        issue::{Issue, Status},
        rate::SendRate,
        shard::{PerShard, Shard},
    },
    mail::QuotaUnknown,
    shard_log::{Action, Body, Control, Fold},
    store::{issues, recipients, runs},
    workflow::{IssueRun, StepError},
};

/// How many shards are counted at a time.
const CONCURRENT_COUNTS: usize = 4;

/// Marks the run as begun. The first one of an issue reports that it is being
/// sent, or paused already, and to how many as things stand.
pub(crate) async fn plan_issue(core: &Core, run: &IssueRun) -> Result<(), StepError> {
    let pace = pace(core, run).await?;
    let planned = change_issue(core, run.issue_id, |issue| decide(core, run, issue, &pace)).await?;
    if planned.is_some() {
        tracing::info!(issue_id = %run.issue_id, cause = %run.cause, "the run begins");
    }
    Ok(())
}

/// How fast the mail side takes the issue.
enum Pace {
    /// As is said there; none: without a limit of its own.
    Known(Option<SendRate>),
    /// It does not tell for now.
    Unknown,
    /// Not at all, for this reason: it pauses.
    NotAtAll(String),
    /// It does not matter: nobody is to be claimed.
    Irrelevant,
}

/// Asks the mail side, if the run may claim anybody: a mail side that does not
/// answer keeps no issue from being paused, or from its end.
async fn pace(core: &Core, run: &IssueRun) -> Result<Pace, StepError> {
    let issue_id = run.issue_id;
    let is_open = runs::is_open(&core.table, run).await?;
    if !is_open || !may_claim(core, issue_id).await? {
        return Ok(Pace::Irrelevant);
    }
    // Who resumes after this need not have seen what the mail side said.
    let Some(issue) = issues::find(&core.table, issue_id).await? else {
        return Ok(Pace::Irrelevant);
    };
    let asked = core.allowance.ask(&*core.mail, &*core.randomness);
    match asked.await {
        Ok(rate) => Ok(Pace::Known(rate)),
        Err(error @ QuotaUnknown::ForNow(_)) => {
            tracing::warn!(%issue_id, %error, "the issue begins at the rate that it has");
            Ok(Pace::Unknown)
        }
        Err(QuotaUnknown::AccountFault(reason)) => {
            tracing::error!(%issue_id, %reason, "the issue pauses by itself");
            pause(core, &issue, &reason).await?;
            Ok(Pace::NotAtAll(reason.into_owned()))
        }
    }
}

/// Whether the shard that has every request last lets anybody be claimed.
async fn may_claim(core: &Core, issue_id: Uuid) -> Result<bool, StepError> {
    let may_claim = |fold: &Fold| !fold.controls().is_paused() && !fold.is_cancelled();
    with_fold(core, issue_id, Shard::default(), may_claim).await
}

/// Pauses every shard.
async fn pause(core: &Core, issue: &Issue, reason: &str) -> Result<(), StepError> {
    let control = Control {
        event_id: core.randomness.uuid(),
        version: None,
        upon: Some(issue.controlled),
        action: Action::Pause,
        reason: Some(reason.to_owned()),
    };
    let row = Body::Control(control).at(core.clock.now());
    for shard in Shard::all() {
        append_at_end(&log(core, issue.issue_id, shard), &row).await?;
    }
    Ok(())
}

/// None if the run has ended.
async fn decide(
    core: &Core,
    run: &IssueRun,
    mut issue: Issue,
    pace: &Pace,
) -> Result<Option<Change<()>>, StepError> {
    if !runs::is_open(&core.table, run).await? {
        return Ok(None);
    }
    let now = core.clock.now();
    let mut transaction = Transaction::new();
    match pace {
        Pace::Known(rate) => issue.send_rate = *rate,
        Pace::Unknown => {
            issue.send_rate.get_or_insert(SendRate::cautious());
        }
        // `finish` tells so, unless it is resumed before.
        Pace::NotAtAll(_) | Pace::Irrelevant => {}
    }
    if issue.plan(now) {
        if let Pace::NotAtAll(reason) = pace {
            let reason = Some(reason.clone());
            issue.turn(Status::Paused { reason });
        }
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
