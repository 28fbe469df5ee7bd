//! An admin pauses, resumes or cancels an issue.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use outbox::HandleError;
use uuid::Uuid;

use super::{
    MAX_DECISIONS,
    log::{append_at_end, log},
    report,
    start::{start, start_queued},
};
use crate::{
    app::Core,
    domain::{
        issue::{Issue, Status},
        shard::Shard,
    },
    shard_log::{Action, Body, Control},
    store::{early, issues, progress, runs::queue},
    workflow::{Cause, IssueRun, StepError},
};

/// How many logs are written to at a time.
const CONCURRENT_LOGS: usize = 8;

/// An admin's request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) event_id: Uuid,
    pub(crate) issue_id: Uuid,
    /// The order of the issue's requests: an older one than one that was seen
    /// loses.
    pub(crate) version: u64,
    pub(crate) action: Action,
}

/// Puts the request into every shard's log; before the issue arrives, aside for
/// it.
///
/// A process that ends in between leaves some shards without it: the message
/// comes again, and rows that come twice change nothing. The last shard's row
/// comes with the run that a resume or a cancel needs, so that this meets the
/// request in every shard.
pub(crate) async fn control_issue(core: &Core, request: Request) -> Result<(), HandleError> {
    let Some(issue) = find_or_remember(core, request).await? else {
        return Ok(());
    };
    if is_over(&issue, request) {
        return start_queued(core, request.issue_id).await;
    }
    if request.action == Action::Resume {
        core.unclear_calls.forget(request.issue_id);
    }
    let row = Body::Control(request.control()).at(core.clock.now());
    let others = Shard::all().filter(|shard| *shard != last_shard());
    stream::iter(others)
        .map(async |shard| append_at_end(&log(core, request.issue_id, shard), &row).await)
        .buffer_unordered(CONCURRENT_LOGS)
        .try_collect::<()>()
        .await?;
    match append_last(core, request).await? {
        Some(run) => start(core, &run).await,
        None => start_queued(core, request.issue_id).await,
    }
}

/// Whether the request has no effect any more.
fn is_over(issue: &Issue, request: Request) -> bool {
    request.version <= issue.controlled || issue.is_final()
}

fn last_shard() -> Shard {
    Shard::default()
}

impl Request {
    fn control(self) -> Control {
        Control {
            event_id: self.event_id,
            version: Some(self.version),
            upon: None,
            action: self.action,
            reason: None,
        }
    }
}

/// The issue; none if it is not there, and the request is remembered.
async fn find_or_remember(core: &Core, request: Request) -> Result<Option<Issue>, HandleError> {
    for _ in 0..MAX_DECISIONS {
        if let Some(issue) = issues::find(&core.table, request.issue_id).await? {
            return Ok(Some(issue));
        }
        let mut early = early::find(&core.table, request.issue_id).await?;
        let loses = early.control.as_ref().is_some_and(|known| {
            known.version >= Some(request.version) || known.action == Action::Cancel
        });
        if loses {
            return Ok(None);
        }
        early.version += 1;
        early.control = Some(request.control());
        let mut transaction = Transaction::new();
        issues::check_absent(&mut transaction, request.issue_id);
        early::write(&mut transaction, request.issue_id, &early, core.clock.now());
        match core.table.commit(transaction).await {
            Ok(()) => return Ok(None),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the issue keeps changing".to_owned(),
    ))
}

/// Puts the request into the last log, together with the report on it and the
/// run that it needs.
async fn append_last(core: &Core, request: Request) -> Result<Option<IssueRun>, StepError> {
    let (table, issue_id) = (&core.table, request.issue_id);
    for _ in 0..MAX_DECISIONS {
        let Some(mut issue) = issues::find(table, issue_id).await? else {
            return Ok(None);
        };
        if is_over(&issue, request) {
            return Ok(None);
        }
        let now = core.clock.now();
        let log = log(core, issue_id, last_shard());
        let number = log.tail(1).await?.next;
        let mut transaction = Transaction::new();
        let row = Body::Control(request.control()).at(now);
        log.write(&mut transaction, number, &row);
        issue.controlled = request.version;
        match request.action {
            Action::Pause => issue.turn(Status::Paused { reason: None }),
            Action::Resume => issue.turn(Status::Sending),
            // It is cancelled when everybody else is recorded as skipped.
            Action::Cancel => {}
        }
        let tally = issue.tally(&progress::of_issue(table, issue_id).await?);
        report::progressed_if_news(core, &mut transaction, &mut issue, tally, now)?;
        let run = match request.action {
            Action::Pause => None,
            Action::Resume | Action::Cancel => {
                let shard = last_shard().number();
                let cause = Cause::Row { shard, number };
                Some(queue(table, &mut transaction, issue_id, cause).await?)
            }
        };
        issues::write_changed(&mut transaction, &issue);
        match table.commit(transaction).await {
            Ok(()) => {
                let (version, action) = (request.version, request.action);
                tracing::info!(%issue_id, version, ?action, "the request is in every log");
                return Ok(run);
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the issue keeps changing".to_owned()))
}
