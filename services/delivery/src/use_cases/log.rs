//! Reading, telling and appending to a shard's log.

use std::collections::HashSet;

use contracts::events::{ExceptionEntry, ExceptionOutcome, IssueExceptionsRecordedV1};
use dynamo::Transaction;
use uuid::Uuid;

use super::report;
use crate::{
    app::Core,
    domain::{counts::Counts, shard::Shard},
    shard_log::{Fold, MAX_IDS, News, Notable, Outcome, Row, Told},
    store::{
        progress,
        shard_log::{self, ShardLog},
    },
    workflow::StepError,
};

/// How often an append is tried again, into a log that others append to.
const MAX_APPENDS: u32 = 100;

/// Why it is told of those who were held that they were accepted.
const ACCEPTED_AFTER_ALL: &str = "accepted after all";
/// Why it is told of those whom subscriptions does not take for recipients.
const UNMEANT: &str = "left before the publication, and was mailed before that was known";

/// The log of an issue in a shard.
pub(super) fn log(core: &Core, issue_id: Uuid, shard: Shard) -> ShardLog<'_> {
    ShardLog {
        table: &core.table,
        issue_id,
        shard,
    }
}

/// Folds the rows that `fold` has not seen, and shows each to `met`.
pub(super) async fn catch_up(
    log: &ShardLog<'_>,
    fold: &mut Fold,
    mut met: impl FnMut(u64, &Row),
) -> Result<(), StepError> {
    let mut next = Some(log.rows_from(fold.next()));
    while let Some(query) = next {
        let (rows, further) = log.page(query).await?;
        for (number, row) in rows {
            fold.apply(number, &row)?;
            met(number, &row);
        }
        next = further;
    }
    Ok(())
}

/// Notes the counts for reports, where there are any; nothing depends on it.
pub(super) async fn note_progress(core: &Core, log: &ShardLog<'_>, fold: &Fold) {
    let counts = fold.counts();
    if counts == Counts::default() {
        return;
    }
    let counted = (counts, fold.next());
    let now = core.clock.now();
    let noted = progress::note(log.table, log.issue_id, log.shard, counted, now).await;
    if let Err(error) = noted {
        tracing::warn!(issue_id = %log.issue_id, %error, "progress is not noted");
    }
}

/// What `read` sees in the whole log of a shard.
pub(super) async fn with_fold<T>(
    core: &Core,
    issue_id: Uuid,
    shard: Shard,
    read: impl FnOnce(&Fold) -> T,
) -> Result<T, StepError> {
    let mut fold = core.folds.take(issue_id, shard);
    catch_up(&log(core, issue_id, shard), &mut fold, |_, _| {}).await?;
    let seen = read(&fold);
    core.folds.keep(issue_id, shard, fold);
    Ok(seen)
}

/// Appends `row` at the end, whatever the end is: for rows that may come twice
/// and depend on nothing.
pub(super) async fn append_at_end(log: &ShardLog<'_>, row: &Row) -> Result<(), StepError> {
    for _ in 0..MAX_APPENDS {
        let tail = log.tail(1).await?;
        match log.append(tail.next, row).await {
            Ok(()) => return Ok(()),
            Err(error) if error.failed(shard_log::LABEL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the log keeps growing".to_owned()))
}

/// Adds the events about exceptions that belong into the transaction of `row`,
/// the next one in the log of `fold`: its own, and those of the projection's
/// rows before it.
pub(super) fn tell(
    core: &Core,
    transaction: &mut Transaction,
    log: &ShardLog<'_>,
    fold: &Fold,
    row: &Row,
) -> Result<(), StepError> {
    let mut told = Vec::new();
    if row.body.author().is_some() {
        told.extend(fold.untold().iter().cloned());
    }
    if !row.body.is_told_later() {
        told.push((fold.next(), fold.exceptions(row)));
    }
    for (number, told) in packed(told) {
        let event = IssueExceptionsRecordedV1 {
            issue_id: log.issue_id,
            shard: log.shard.number(),
            row: number,
            entries: told.into_iter().map(entry).collect(),
        };
        report::write(core, transaction, event, row.at)?;
    }
    Ok(())
}

/// As few events as there can be, each named by the last row that it is about.
fn packed(told: Vec<(u64, Vec<Told>)>) -> Vec<(u64, Vec<Told>)> {
    let mut packed: Vec<(u64, Vec<Told>)> = Vec::new();
    for (number, told) in told.into_iter().filter(|(_, told)| !told.is_empty()) {
        match packed.last_mut() {
            Some((last, before)) if before.len() + told.len() <= MAX_IDS => {
                *last = number;
                before.extend(told);
            }
            _ => packed.push((number, told)),
        }
    }
    // Of somebody who is told of twice in an event, the last is true.
    for (_, told) in &mut packed {
        let mut seen = HashSet::with_capacity(told.len());
        told.reverse();
        told.retain(|one| seen.insert(one.id));
        told.reverse();
    }
    packed
}

fn entry(told: Told) -> ExceptionEntry {
    let (outcome, reason) = match &told.news {
        News::Accepted(Notable::AfterAll) => (ExceptionOutcome::Accepted, ACCEPTED_AFTER_ALL),
        News::Accepted(Notable::Unmeant) => (ExceptionOutcome::Accepted, UNMEANT),
        News::Exception(exception) => {
            let outcome = match exception.outcome {
                Outcome::Failed => ExceptionOutcome::Failed,
                Outcome::Suppressed => ExceptionOutcome::Suppressed,
                Outcome::Skipped => ExceptionOutcome::Skipped,
                Outcome::Held(_) => ExceptionOutcome::Held,
            };
            (outcome, &*exception.reason)
        }
    };
    ExceptionEntry {
        subscriber_id: told.id,
        outcome,
        reason: reason.to_owned(),
        at: told.at,
    }
}
