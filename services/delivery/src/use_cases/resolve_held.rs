//! An admin decides what becomes of held recipients.

use dynamo::Transaction;
use outbox::HandleError;
use uuid::Uuid;

use super::{
    MAX_DECISIONS,
    finish_issue::standings,
    log::{catch_up, log, tell},
    report,
    start::{start, start_queued},
};
use crate::{
    app::Core,
    domain::{issue::Issue, shard::Shard},
    shard_log::{Fold, Resolution, needs_start},
    store::{
        early,
        heads::{self, Listed},
        issues, runs,
        shard_log::ShardLog,
    },
    workflow::{Cause, IssueRun, StepError},
};

/// An admin's decision.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) issue_id: Uuid,
    /// The order of the issue's decisions, counted apart from pauses and the
    /// like.
    pub(crate) version: u64,
    pub(crate) resolution: Resolution,
    /// Whom it is about; none: all who are held.
    pub(crate) ids: Option<Vec<Uuid>>,
}

/// Carries the decision out in every shard. Again, it is about those only whom
/// it met the first time.
pub(crate) async fn resolve_held(core: &Core, decision: &Decision) -> Result<(), HandleError> {
    let Some(issue) = find_or_remember(core, decision).await? else {
        return Ok(());
    };
    if decision.version <= issue.resolved {
        return start_queued(core, decision.issue_id).await;
    }
    for shard in Shard::all() {
        resolve_shard(core, &issue, decision, shard).await?;
    }
    conclude(core, decision).await?;
    // Also those whose start was lost with an earlier process.
    start_queued(core, decision.issue_id).await
}

/// The issue; none if it is not there: then nobody is held, and an older
/// decision is not to come after this.
async fn find_or_remember(core: &Core, decision: &Decision) -> Result<Option<Issue>, HandleError> {
    for _ in 0..MAX_DECISIONS {
        if let Some(issue) = issues::find(&core.table, decision.issue_id).await? {
            return Ok(Some(issue));
        }
        let mut early = early::find(&core.table, decision.issue_id).await?;
        if decision.version <= early.resolved {
            return Ok(None);
        }
        early.version += 1;
        early.resolved = decision.version;
        let mut transaction = Transaction::new();
        issues::check_absent(&mut transaction, decision.issue_id);
        early::write(
            &mut transaction,
            decision.issue_id,
            &early,
            core.clock.now(),
        );
        match core.table.commit(transaction).await {
            Ok(()) => return Ok(None),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(moves())
}

fn moves() -> HandleError {
    HandleError::Transient("the issue keeps changing".to_owned())
}

/// Appends the decision's rows to one log, each with what it does to
/// recipients, and with the run that it needs.
async fn resolve_shard(
    core: &Core,
    issue: &Issue,
    decision: &Decision,
    shard: Shard,
) -> Result<(), HandleError> {
    let log = log(core, issue.issue_id, shard);
    let mut fold = core.folds.take(issue.issue_id, shard);
    let mut collisions = 0;
    while collisions < MAX_DECISIONS {
        catch_up(&log, &mut fold, |_, _| {}).await?;
        match append_next(core, issue, decision, &log, &fold).await? {
            Appended::Nothing => {
                core.folds.keep(issue.issue_id, shard, fold);
                return Ok(());
            }
            Appended::Row(run) => {
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
    /// Nobody here is held whom the decision is about.
    Nothing,
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
    let ids = decision.ids.as_deref();
    let rows = fold.resolve(decision.version, decision.resolution, ids);
    let Some(body) = rows.into_iter().next() else {
        return Ok(Appended::Nothing);
    };
    let (number, row) = (fold.next(), body.at(core.clock.now()));
    fold.admits(number, &row)?;
    let mut after = fold.clone();
    after.apply(number, &row)?;
    let mut transaction = Transaction::new();
    log.write(&mut transaction, number, &row);
    tell(core, &mut transaction, log, fold, &row)?;
    if decision.resolution == Resolution::Resend {
        list_again(core, &mut transaction, issue, log.shard).await?;
    }
    let mut run = None;
    if needs_start(fold.is_done(), &after, &row.body) {
        let shard = log.shard.number();
        let cause = Cause::Row { shard, number };
        run = Some(runs::queue(&core.table, &mut transaction, issue.issue_id, cause).await?);
    }
    match core.table.commit(transaction).await {
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

/// Notes that the decision is in every log, and reports the counts of an issue
/// that nothing else would report on.
async fn conclude(core: &Core, decision: &Decision) -> Result<(), HandleError> {
    for _ in 0..MAX_DECISIONS {
        let Some(mut issue) = issues::find(&core.table, decision.issue_id).await? else {
            return Ok(());
        };
        if decision.version <= issue.resolved {
            return Ok(());
        }
        issue.resolved = decision.version;
        let now = core.clock.now();
        let mut transaction = Transaction::new();
        let shards = standings(core, decision.issue_id).await?;
        let settled = shards.each_ref().map(|shard| shard.counts);
        let tally = issue.tally(&settled);
        report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
        issues::write_changed(&mut transaction, &issue);
        match core.table.commit(transaction).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(moves())
}
