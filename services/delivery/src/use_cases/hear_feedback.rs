//! The mail side tells what became of a mail that it had accepted.
//!
//! Most of it is known: a mail was sent whose claim was settled as accepted, which
//! takes one small read. What is news becomes a row of the log, as evidence, and an
//! event for subscriptions, in one transaction with the memory of having been told.

mod published;

use dynamo::Transaction;
use outbox::{HandleError, SeenEvent};
use uuid::Uuid;

pub(crate) use self::published::{Bounce, Said};
use super::{
    log::{catch_up, log, note_progress, tell},
    report_counts::{When, report_counts},
};
use crate::{
    app::Core,
    domain::shard::Shard,
    mail::MailTags,
    shard_log::{Body, Feedback, Fold, Heard, Row, heed},
    store::{
        shard_log::{self, ShardLog},
        unreported,
    },
    workflow::StepError,
};

/// How many rows are read first: a claim and the one that settles it, most often.
const FEW: u16 = 4;
/// How many at a time after these.
const MORE: u16 = 100;

/// How often a row is decided upon again, in a log that others append to.
const MAX_APPENDS: u32 = 100;

/// What is told of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Which mail.
    pub(crate) mail: MailTags,
    /// The mail side's own name of it.
    pub(crate) message_id: String,
    pub(crate) said: Said,
}

/// The claim that a mail of an issue was of.
#[derive(Clone, Copy)]
struct Mailed {
    issue_id: Uuid,
    shard: Shard,
    claim: u64,
    subscriber_id: Uuid,
}

/// Notes and publishes what is told, once, however often it is.
pub(crate) async fn hear_feedback(core: &Core, told: &Told) -> Result<(), HandleError> {
    match told.mail {
        MailTags::Confirmation { subscriber_id, .. } => {
            if let Said::NotSent { reason } = told.said {
                tracing::error!(%subscriber_id, reason, "a confirmation mail was accepted, and not sent");
            }
            publish_alone(core, told, (subscriber_id, None)).await
        }
        MailTags::Issue {
            issue_id,
            shard,
            claim,
            subscriber_id,
        } => {
            if let Said::NotSent { reason } = told.said {
                tracing::error!(%issue_id, %subscriber_id, shard, claim, reason, "an issue mail was accepted, and not sent");
            }
            let mailed = Mailed {
                issue_id,
                shard: Shard::of(subscriber_id),
                claim,
                subscriber_id,
            };
            if mailed.shard.number() != shard {
                let reason = format!("subscriber {subscriber_id} is not of shard {shard}");
                return Err(HandleError::Permanent(reason));
            }
            of_issue(core, told, mailed).await
        }
    }
}

/// Publishes what is told, if it was not before, with no row of a log.
async fn publish_alone(
    core: &Core,
    told: &Told,
    of: (Uuid, Option<Uuid>),
) -> Result<(), HandleError> {
    let mut transaction = Transaction::new();
    told.publish(core, &mut transaction, of)?;
    match core.table.commit(transaction).await {
        Err(error) if SeenEvent::was_repeated(&error) => Ok(()),
        committed => Ok(committed?),
    }
}

async fn of_issue(core: &Core, told: &Told, mailed: Mailed) -> Result<(), HandleError> {
    let Mailed {
        issue_id,
        shard,
        claim,
        subscriber_id,
    } = mailed;
    let log = log(core, issue_id, shard);
    let Some(evidence) = evidence(&log, told, mailed).await? else {
        if matches!(told.feedback(), Feedback::Bounced | Feedback::Complained) {
            tracing::warn!(%issue_id, %subscriber_id, claim, "the log does not have the claim that feedback is about");
        }
        return publish_alone(core, told, (subscriber_id, Some(issue_id))).await;
    };
    let mut fold = core.folds.take(issue_id, shard);
    let appended = append(core, told, mailed, evidence, &log, &mut fold).await;
    if !matches!(appended, Ok(Appended::Nothing) | Err(_)) && is_unreported(&fold) {
        note_progress(core, &log, &fold).await;
    }
    core.folds.keep(issue_id, shard, fold);
    let when = match appended? {
        Appended::Outcome => When::Now,
        // Also what a process left that died over it.
        Appended::Counts | Appended::Nothing => When::Due,
    };
    report_counts(core, issue_id, when).await?;
    Ok(())
}

/// What there is in the log of it.
enum Appended {
    Nothing,
    /// A row that changes counts and no outcome.
    Counts,
    /// A row by which somebody has another outcome, which was told with it.
    Outcome,
}

/// What there may be to append, by the few rows from the claim on.
async fn evidence(
    log: &ShardLog<'_>,
    told: &Told,
    mailed: Mailed,
) -> Result<Option<Body>, StepError> {
    let Mailed {
        claim,
        subscriber_id,
        ..
    } = mailed;
    let mut rows: Vec<Row> = Vec::new();
    let mut query = log.pages_from(claim, FEW);
    loop {
        let (page, next) = log.page(query).await?;
        if rows.is_empty() && page.first().is_some_and(|(number, _)| *number != claim) {
            return Ok(None);
        }
        rows.extend(page.into_iter().map(|(_, row)| row));
        match heed(claim, &rows, next.is_none(), subscriber_id, told.feedback()) {
            Heard::Nothing => return Ok(None),
            Heard::Append(body) => return Ok(Some(body)),
            Heard::ReadOn => query = log.pages_from(claim + rows.len() as u64, MORE),
        }
    }
}

/// Whether nobody is at work on the shard who will report what it comes to.
fn is_unreported(fold: &Fold) -> bool {
    fold.is_done() || fold.controls().is_paused()
}

/// Appends `evidence`, if it says anything new, and publishes what is told, if it was
/// not told before.
async fn append(
    core: &Core,
    told: &Told,
    mailed: Mailed,
    evidence: Body,
    log: &ShardLog<'_>,
    fold: &mut Fold,
) -> Result<Appended, StepError> {
    let of = (mailed.subscriber_id, Some(mailed.issue_id));
    for _ in 0..MAX_APPENDS {
        catch_up(log, fold, |_, _| {}).await?;
        let (number, row) = (fold.next(), evidence.clone().at(core.clock.now()));
        let is_news = fold.is_news(&row);
        let mut transaction = Transaction::new();
        told.publish(core, &mut transaction, of)?;
        if is_news {
            fold.admits(number, &row)?;
            log.write(&mut transaction, number, &row);
            tell(core, &mut transaction, log, fold, &row)?;
            if is_unreported(fold) {
                unreported::note(&mut transaction, log.issue_id, log.shard, number);
            }
        }
        match core.table.commit(transaction).await {
            Ok(()) if is_news => {
                let is_told = !fold.exceptions(&row).is_empty();
                fold.apply(number, &row)?;
                return Ok(match is_told {
                    true => Appended::Outcome,
                    false => Appended::Counts,
                });
            }
            Ok(()) => return Ok(Appended::Nothing),
            Err(error) if SeenEvent::was_repeated(&error) => return Ok(Appended::Nothing),
            Err(error) if error.failed(shard_log::LABEL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StepError::Transient("the log keeps growing".to_owned()))
}
