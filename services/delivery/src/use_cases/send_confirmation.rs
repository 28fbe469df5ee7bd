//! Somebody registered: the mail with the link that confirms.
//!
//! At least once, the other way round from an issue: a lost confirmation mail
//! is a lost subscriber, a second one only a nuisance, and it comes only after
//! a crash or a fault in the first one's sending. Of several copies of the
//! event, one is handled at a time.

use std::time::Duration;

use contracts::{CloudEvent, events::SubscriberRegisteredV1};
use dynamo::{CommitError, Transaction};
use outbox::{HandleError, SeenEvent};
use tracing::Instrument;
use uuid::Uuid;

use super::hand_over::{hand_over, mail_span};
use crate::{
    app::Core,
    mail::{self, SendResult},
    store::{doubts, mail_attempts::MailAttempt, recipients},
    workflow::WorkerId,
};

/// After so many mails of one event that perhaps left, no further one is sent.
const MAX_DOUBTS: u32 = 2;

/// How often it is tried to remember that a mail left: for about three seconds.
const MAX_REMEMBERING: u32 = 6;
/// The wait before the second time; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Mails the link, unless it is known to be of no use any more.
pub(crate) async fn send_confirmation(
    core: &Core,
    event: &CloudEvent<SubscriberRegisteredV1>,
) -> Result<(), HandleError> {
    // Whoever else has the event in this process is waited for first.
    let Some(_at_work) = core.in_flight.try_enter(WorkerId(event.id)) else {
        return Err(at_work_elsewhere());
    };
    if SeenEvent::is_known(&core.table, event.id).await? {
        return Ok(());
    }
    let registered = &event.data;
    let subscriber_id = registered.subscriber_id;
    if registered.expires_at <= core.clock.now() {
        tracing::warn!(%subscriber_id, event_id = %event.id, "the confirmation link expired before it was mailed");
    } else if is_outdated(core, registered).await? {
        tracing::info!(%subscriber_id, event_id = %event.id, "the subscriber moved on before the confirmation was mailed");
    } else {
        let attempt = match begin(core, event.id).await? {
            Begun::Attempt(attempt) => attempt,
            Begun::HandledBefore => return Ok(()),
        };
        let email = mail::confirmation(&core.config.from, event.id, registered, core.clock.now());
        let mailed = mail_link(core, event.id, &email, subscriber_id).await;
        if mailed.is_err() {
            release(core, event.id, attempt).await;
        }
        mailed?;
    }
    remember(core, event.id).await
}

/// What came of asking to hand the mail over.
enum Begun {
    /// It is ours to do; with an attempt that is written down where another
    /// process could be at it too.
    Attempt(Option<MailAttempt>),
    /// Another process has done it meanwhile.
    HandledBefore,
}

/// Writes the attempt down before the mail call. The only process on a table
/// knows by itself who is at work, and need not wait for a lease after a crash.
async fn begin(core: &Core, event_id: Uuid) -> Result<Begun, HandleError> {
    if core.config.sole_process {
        return Ok(Begun::Attempt(None));
    }
    let attempt = MailAttempt::new(core.randomness.uuid());
    let mut transaction = Transaction::new();
    attempt.begin(&mut transaction, event_id, core.clock.now());
    SeenEvent::check_unknown(&mut transaction, event_id);
    match core.table.commit(transaction).await {
        Ok(()) => Ok(Begun::Attempt(Some(attempt))),
        Err(error) if SeenEvent::was_repeated(&error) => Ok(Begun::HandledBefore),
        Err(error) if MailAttempt::is_anothers(&error) => Err(at_work_elsewhere()),
        Err(error) => Err(error.into()),
    }
}

/// Lets the next try begin at once. Where that fails, it waits for the lease.
async fn release(core: &Core, event_id: Uuid, attempt: Option<MailAttempt>) {
    let Some(attempt) = attempt else { return };
    let mut transaction = Transaction::new();
    attempt.release(&mut transaction, event_id);
    if let Err(error) = core.table.commit(transaction).await {
        tracing::warn!(%event_id, %error, "an attempt to mail a confirmation is not released");
    }
}

fn at_work_elsewhere() -> HandleError {
    HandleError::Transient("a copy of the event is being handled".to_owned())
}

async fn mail_link(
    core: &Core,
    event_id: Uuid,
    email: &mail::Email,
    subscriber_id: Uuid,
) -> Result<(), HandleError> {
    let span = mail_span("confirmation", None, subscriber_id);
    let result = hand_over(&*core.mail, email, &core.stop.withdrawal(), &span).await;
    async {
        if matches!(result, SendResult::Throttled { .. }) {
            core.pace.throttled();
        }
        if let SendResult::AccountFault { reason } = &result {
            tracing::error!(%subscriber_id, %reason, "no confirmation leaves before somebody sees to it");
        }
        match result {
            SendResult::Accepted => {
                tracing::info!(%subscriber_id, "confirmation mail accepted");
                Ok(())
            }
            SendResult::Refused { reason } => {
                tracing::error!(%subscriber_id, %reason, "confirmation mail refused for good");
                Ok(())
            }
            SendResult::Unavailable { reason }
            | SendResult::Throttled { reason }
            | SendResult::AccountFault { reason }
            | SendResult::Unsent { reason }
            | SendResult::Unexplained { reason } => Err(HandleError::Transient(format!(
                "confirmation mail not sent: {reason}"
            ))),
            SendResult::Unclear { reason } => doubt(core, event_id, &reason).await,
        }
    }
    .instrument(span.clone())
    .await
}

/// The mail may have left or not. It is sent again, so that a link is not lost
/// to a time-out; but not for ever, since a server that always answers so would
/// mail the same address all day.
async fn doubt(core: &Core, event_id: Uuid, reason: &str) -> Result<(), HandleError> {
    let mails = doubts::count(&core.table, event_id).await? + 1;
    if mails >= MAX_DOUBTS {
        tracing::error!(%event_id, reason, mails, "nobody knows whether the confirmation mail left");
        return Ok(());
    }
    let mut transaction = Transaction::new();
    doubts::write(&mut transaction, event_id, mails, core.clock.now());
    core.table.commit(transaction).await?;
    Err(HandleError::Transient(format!(
        "confirmation mail perhaps sent: {reason}"
    )))
}

/// Whether the subscriber has confirmed, unsubscribed or been erased since.
async fn is_outdated(
    core: &Core,
    registered: &SubscriberRegisteredV1,
) -> Result<bool, HandleError> {
    let present = recipients::find(&core.table, registered.subscriber_id).await?;
    Ok(present.is_some_and(|present| present.version > registered.version))
}

/// Remembers the event, so that no further copy of it is mailed: several times if
/// the store does not answer, for the mail is on its way.
async fn remember(core: &Core, event_id: Uuid) -> Result<(), HandleError> {
    let mut wait = FIRST_WAIT;
    for _ in 1..MAX_REMEMBERING {
        match try_to_remember(core, event_id).await {
            Err(CommitError::Unavailable(reason)) => {
                tracing::warn!(%event_id, reason, "a confirmation mail is not remembered yet");
            }
            remembered => return Ok(remembered?),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Ok(try_to_remember(core, event_id).await?)
}

async fn try_to_remember(core: &Core, event_id: Uuid) -> Result<(), CommitError> {
    let mut transaction = Transaction::new();
    SeenEvent::new(event_id, core.clock.now()).write(&mut transaction);
    match core.table.commit(transaction).await {
        Err(error) if SeenEvent::was_repeated(&error) => Ok(()),
        remembered => remembered,
    }
}
