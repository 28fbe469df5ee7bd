//! An admin decides what becomes of held recipients.

use dynamo::Transaction;
use outbox::HandleError;
use uuid::Uuid;

use super::{
    MAX_DECISIONS,
    finish_issue::standings,
    log::{catch_up, log, note_progress, tell},
    report,
    start::{start, start_queued},
};
use crate::{
    app::Core,
    domain::{issue::Issue, shard::Shard},
    shard_log::{Body, Decision, Fold, Resolution, needs_start},
    store::{
        heads::{self, Listed},
        issues, runs,
        shard_log::ShardLog,
    },
    workflow::{Cause, IssueRun, StepError},
};

/// Carries `decision` about an issue out in every shard: about those who are held
/// now. Again, or before there is the issue, it is about nobody.
pub(crate) async fn resolve_held(
    core: &Core,
    issue_id: Uuid,
    decision: &Decision,
) -> Result<(), HandleError> {
    let Some(issue) = issues::find(&core.table, issue_id).await? else {
        tracing::info!(%issue_id, "a decision on an issue that is not here: nobody is held");
        return Ok(());
    };
    let mut has_met = false;
    for shard in Shard::all() {
        has_met |= resolve_shard(core, &issue, decision, shard).await?;
    }
    if !has_met {
        let version = decision.version;
        tracing::info!(%issue_id, version, "a decision on the held that is about nobody");
    }
    conclude(core, issue_id).await?;
    // Also those whose start was lost with an earlier process.
    start_queued(core, issue_id).await
}

fn moves() -> HandleError {
    HandleError::Transient("the issue keeps changing".to_owned())
}

/// Appends the decision's rows to one log, each with what it does to
/// recipients, and with the run that it needs; tells whether it met somebody.
async fn resolve_shard(
    core: &Core,
    issue: &Issue,
    decision: &Decision,
    shard: Shard,
) -> Result<bool, HandleError> {
    let log = log(core, issue.issue_id, shard);
    let mut fold = core.folds.take(issue.issue_id, shard);
    let (mut collisions, mut has_met) = (0, false);
    while collisions < MAX_DECISIONS {
        catch_up(&log, &mut fold, |_, _| {}).await?;
        match append_next(core, issue, decision, &log, &fold).await? {
            Appended::Nothing => {
                if has_met {
                    // What the last worker noted is not true any more.
                    note_progress(core, &log, &fold).await;
                }
                core.folds.keep(issue.issue_id, shard, fold);
                return Ok(has_met);
            }
            Appended::CarriedOut => {}
            Appended::Row(run) => {
                has_met = true;
                if let Some(run) = run {
                    start(core, &run).await?;
                }
            }
            Appended::Collided => collisions += 1,
        }
    }
    Err(moves())
}

enum Appended {
    /// The decision has been carried out here.
    Nothing,
    /// Nobody here is held any more whom the decision is about: that was noted.
    CarriedOut,
    Row(Option<IssueRun>),
    Collided,
}

async fn append_next(
    core: &Core,
    issue: &Issue,
    decision: &Decision,
    log: &ShardLog<'_>,
    fold: &Fold,
) -> Result<Appended, StepError> {
    let rows = fold.resolve(decision);
    let Some(body) = rows.into_iter().next() else {
        return Ok(Appended::Nothing);
    };
    let (number, row) = (fold.next(), body.at(core.clock.now()));
    fold.admits(number, &row)?;
    let is_end = matches!(row.body, Body::CarriedOut(_));
    let mut after = fold.clone();
    after.apply(number, &row)?;
    let mut transaction = Transaction::new();
    log.write(&mut transaction, number, &row);
    tell(core, &mut transaction, log, fold, &row)?;
    if decision.resolution == Resolution::Resend && !is_end {
        list_again(core, &mut transaction, issue, log.shard).await?;
    }
    let mut run = None;
    if needs_start(fold.is_done(), &after, &row.body) {
        let shard = log.shard.number();
        let cause = Cause::Row { shard, number };
        run = Some(runs::queue(&core.table, &mut transaction, issue.issue_id, cause).await?);
    }
    match core.table.commit(transaction).await {
        Ok(()) if is_end => Ok(Appended::CarriedOut),
        Ok(()) => Ok(Appended::Row(run)),
        Err(error) if error.is_condition_failed() => Ok(Appended::Collided),
        Err(error) => Err(error.into()),
    }
}

/// An issue that left the head is not told who unsubscribes: it must be there
/// before anybody gets it again. The head is written even if it is, so that
/// whoever is about to take it out finds this run first.
async fn list_again(
    core: &Core,
    transaction: &mut Transaction,
    issue: &Issue,
    shard: Shard,
) -> Result<(), StepError> {
    for mut head in heads::find(&core.table, &[shard]).await? {
        let listed = Listed {
            issue_id: issue.issue_id,
            published_at: issue.published_at,
        };
        head.list(listed, |_| false);
        heads::write(transaction, shard, &head);
    }
    Ok(())
}

/// Reports the counts, if they are news: of an issue that has come to its end
/// nothing else may.
async fn conclude(core: &Core, issue_id: Uuid) -> Result<(), HandleError> {
    for _ in 0..MAX_DECISIONS {
        let Some(mut issue) = issues::find(&core.table, issue_id).await? else {
            return Ok(());
        };
        let now = core.clock.now();
        let mut transaction = Transaction::new();
        let shards = standings(core, issue_id).await?;
        let settled = shards.each_ref().map(|shard| shard.counts);
        let tally = issue.tally(&settled);
        report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
        if transaction.is_empty() {
            return Ok(());
        }
        issues::write_changed(&mut transaction, &issue);
        match core.table.commit(transaction).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(moves())
}
