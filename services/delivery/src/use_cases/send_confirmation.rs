//! Somebody registered: the mail with the link that confirms.
//!
//! At least once, the other way round from an issue: a lost confirmation mail
//! is a lost subscriber, a second one only a nuisance, and it comes only after
//! a fault in the first one's sending.

use contracts::{CloudEvent, events::SubscriberRegisteredV1};
use dynamo::Transaction;
use outbox::{HandleError, SeenEvent};
use tracing::Instrument;
use uuid::Uuid;

use super::hand_over::{hand_over, mail_span};
use crate::{
    app::Core,
    domain::claim::Attempt,
    mail,
    store::{doubts, recipients},
};

/// After so many mails of one event that perhaps left, no further one is sent.
const MAX_DOUBTS: u32 = 2;

/// Mails the link, unless it is known to be of no use any more.
pub(crate) async fn send_confirmation(
    core: &Core,
    event: &CloudEvent<SubscriberRegisteredV1>,
) -> Result<(), HandleError> {
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
        let email = mail::confirmation(&core.config.from, event.id, registered, core.clock.now());
        mail_link(core, event.id, &email, subscriber_id).await?;
    }
    remember(core, event.id).await
}

async fn mail_link(
    core: &Core,
    event_id: Uuid,
    email: &mail::Email,
    subscriber_id: Uuid,
) -> Result<(), HandleError> {
    let span = mail_span("confirmation", None, subscriber_id);
    let attempt = hand_over(&*core.mail, email, &span).await;
    async {
        match attempt {
            Attempt::Accepted => {
                tracing::info!(%subscriber_id, "confirmation mail accepted");
                Ok(())
            }
            Attempt::Refused(reason) => {
                tracing::error!(%subscriber_id, %reason, "confirmation mail refused for good");
                Ok(())
            }
            Attempt::Unavailable(reason) | Attempt::Unsent(reason) => Err(HandleError::Transient(
                format!("confirmation mail not sent: {reason}"),
            )),
            Attempt::Unclear(reason) => doubt(core, event_id, &reason).await,
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

async fn remember(core: &Core, event_id: Uuid) -> Result<(), HandleError> {
    let mut transaction = Transaction::new();
    SeenEvent::new(event_id, core.clock.now()).write(&mut transaction);
    match core.table.commit(transaction).await {
        Err(error) if !SeenEvent::was_repeated(&error) => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
