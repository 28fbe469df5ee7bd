//! An issue was published.

use dynamo::Transaction;
use jiff::Timestamp;
use outbox::HandleError;
use uuid::Uuid;

use super::{
    MAX_DECISIONS,
    log::log,
    start::{start, start_queued},
};
use crate::{
    app::Core,
    domain::{
        content::{Content, Further},
        issue::{Issue, LISTED, STALE, Status},
        shard::Shard,
    },
    shard_log::{Action, Body, Control, Row},
    store::{
        calendar,
        early::{self, Early},
        heads::{self, Head, Listed},
        issues, runs,
    },
    workflow::{Cause, IssueRun},
};

/// Stores the issue, once by its id, with what admins asked of it before, and
/// lists it in every head, so that from then on a recipient's change knows of
/// it. Its first run is queued in the same transaction, and started before the
/// message is acknowledged.
///
/// An issue may be announced in more than one version of the event, in any
/// order. The first that comes stores it. One that tells more completes what is
/// stored, until the issue is planned; after that everybody gets the mail that
/// the first ones got.
pub(crate) async fn accept_issue(
    core: &Core,
    issue: &Issue,
    content: &Content,
) -> Result<(), HandleError> {
    for _ in 0..MAX_DECISIONS {
        let early = early::find(&core.table, issue.issue_id).await?;
        let mut transaction = Transaction::new();
        let run = store(core, &mut transaction, issue, content, &early);
        list(core, &mut transaction, issue).await?;
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(issue_id = %issue.issue_id, "issue stored");
                return start(core, &run).await;
            }
            Err(error) if error.failed(issues::LABEL) => {
                complete(core, issue, content).await?;
                return start_queued(core, issue.issue_id).await;
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient("the heads keep changing".to_owned()))
}

/// Adds the new issue, its logs' first rows, and its first run.
fn store(
    core: &Core,
    transaction: &mut Transaction,
    issue: &Issue,
    content: &Content,
    early: &Early,
) -> IssueRun {
    let now = core.clock.now();
    let mut issue = issue.clone();
    let mut rows: Vec<Row> = Vec::new();
    if let Some(control) = &early.control {
        issue.controlled = control.version.unwrap_or_default();
        if control.action == Action::Pause {
            issue.turn(Status::Paused { reason: None });
        }
        rows.push(Body::Control(control.clone()).at(now));
    }
    if issue.is_stale(now) {
        tracing::warn!(issue_id = %issue.issue_id, "the issue is too old to be sent unasked");
        let reason = Some(STALE.to_owned());
        rows.push(stale(core, issue.controlled, now));
        issue.turn(Status::Paused { reason });
    }
    for shard in Shard::all() {
        let log = log(core, issue.issue_id, shard);
        for (number, row) in (0..).zip(&rows) {
            log.write(transaction, number, row);
        }
    }
    issues::write_new(transaction, &issue, content);
    early::take(transaction, issue.issue_id, early);
    let run = IssueRun {
        issue_id: issue.issue_id,
        cause: Cause::Published,
        attempt: 0,
        traceparent: telemetry::current_traceparent(),
    };
    runs::write_new(transaction, &run);
    run
}

fn stale(core: &Core, controlled: u64, now: Timestamp) -> Row {
    let control = Control {
        event_id: core.randomness.uuid(),
        version: None,
        upon: Some(controlled),
        action: Action::Pause,
        reason: Some(STALE.to_owned()),
    };
    Body::Control(control).at(now)
}

/// Lists the issue in every head, and in the calendar, which keeps it; those leave
/// the heads whose time is over.
async fn list(
    core: &Core,
    transaction: &mut Transaction,
    issue: &Issue,
) -> Result<(), HandleError> {
    let shards: Vec<_> = Shard::all().collect();
    let mut heads = heads::find(&core.table, &shards).await?;
    let since = core.clock.now() - LISTED;
    let over = over(core, &heads, since).await?;
    let listed = Listed {
        issue_id: issue.issue_id,
        published_at: issue.published_at,
    };
    calendar::write(transaction, &listed);
    for (shard, head) in shards.into_iter().zip(&mut heads) {
        head.list(listed.clone(), |one| over.contains(&one.issue_id));
        heads::write(transaction, shard, head);
    }
    Ok(())
}

/// Which of the listed issues were published before `since`, are finished, and
/// are on their way to nobody again.
async fn over(core: &Core, heads: &[Head], since: Timestamp) -> Result<Vec<Uuid>, HandleError> {
    let listed = heads.iter().flat_map(|head| &head.issues);
    let old = listed.filter(|one| one.published_at < since);
    let mut old: Vec<_> = old.map(|one| one.issue_id).collect();
    old.sort_unstable();
    old.dedup();
    let mut over = Vec::new();
    for issue in issues::find_many(&core.table, &old).await? {
        let runs = runs::of_issue(&core.table, issue.issue_id).await?;
        if issue.finished_at.is_some() && runs.is_empty() {
            over.push(issue.issue_id);
        }
    }
    Ok(over)
}

/// Adds what `content` tells beyond what is stored, if it is not too late.
async fn complete(core: &Core, announced: &Issue, content: &Content) -> Result<(), HandleError> {
    let issue_id = announced.issue_id;
    let missing = || HandleError::Transient("the issue is not there yet".to_owned());
    for _ in 0..MAX_DECISIONS {
        // The issue before its content: a version read now is void as soon as
        // the content is replaced or planned.
        let found = issues::find(&core.table, issue_id).await?;
        let issue = found.ok_or_else(missing)?;
        let stored = issues::content(&core.table, issue_id).await?;
        match stored.ok_or_else(missing)?.compare(content) {
            Further::Nothing => return Ok(()),
            Further::Contradiction => {
                tracing::error!(%issue_id, "announced again with another content: the first stays");
                return Err(HandleError::Permanent(
                    "the issue was announced before with another content, which stays".to_owned(),
                ));
            }
            Further::More => {}
        }
        if !issue.is_content_open() {
            tracing::warn!(%issue_id, "announced with more, after its sending had begun without");
            return Ok(());
        }
        let mut transaction = Transaction::new();
        issues::write_changed(&mut transaction, &issue);
        issues::write_content(&mut transaction, &issue, content);
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(%issue_id, "issue completed by a further announcement");
                return Ok(());
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the issue keeps changing".to_owned(),
    ))
}
