//! Somebody follows a confirmation link.

use contracts::{Personal, events::SubscriberConfirmedV1};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{ConfirmationToken, Subscriber, SubscriberStatus, unsubscribe_token},
    store::{Decision, MovedSubscriber, StoreError, UsedConfirmationLink, until_settled},
};

/// What became of a confirmation link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// The subscriber is confirmed, by this link or by one before.
    Confirmed,
    /// Who it was mailed to is no subscriber, and it does not make them one:
    /// they have left since, or asked anew after they had used it.
    Spent,
    /// There is no such link, or no more.
    Unknown,
}

/// Confirms the subscriber whose link has this token.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn confirm(
    app: &AppState,
    token: &ConfirmationToken,
) -> Result<Confirmation, StoreError> {
    until_settled(|| attempt(app, token)).await
}

async fn attempt(app: &AppState, token: &ConfirmationToken) -> Result<Confirmation, StoreError> {
    let now = app.clock.now();
    let link = app.store.confirmation_link(token).await?;
    let Some(link) = link.filter(|link| now < link.valid_until) else {
        return Ok(Confirmation::Unknown);
    };
    let Some(subscriber) = app.store.subscriber(link.subscriber_id).await? else {
        return Ok(Confirmation::Unknown);
    };
    let is_confirmed = subscriber.status == SubscriberStatus::Confirmed;
    let Some(used) = link.used(now) else {
        return Ok(if is_confirmed {
            Confirmation::Confirmed
        } else {
            Confirmation::Spent
        });
    };
    let mut decision = Decision::new().write(UsedConfirmationLink {
        token: token.clone(),
        link: used,
    });
    let slot = app.store.audience_slot(subscriber.id.0).await?;
    let now = slot.moment(now);
    let confirmed = subscriber.confirm(now);
    match &confirmed {
        Some(confirmed) => {
            let event = app.event(confirmed_data(app, confirmed, now), now)?;
            decision = decision
                .write(MovedSubscriber {
                    before: &subscriber,
                    after: confirmed.clone(),
                    slot,
                    at: now,
                })
                .event(event);
        }
        // Another link was quicker; this one has served all the same.
        None if is_confirmed => {}
        None => return Ok(Confirmation::Spent),
    }
    app.store.commit(decision).await?;
    if confirmed.is_some() {
        tracing::info!(subscriber_id = %link.subscriber_id, "a subscriber confirmed");
    }
    Ok(Confirmation::Confirmed)
}

/// What an event says of `subscriber`, who is confirmed since `now`.
pub(super) fn confirmed_data(
    app: &AppState,
    subscriber: &Subscriber,
    now: Timestamp,
) -> SubscriberConfirmedV1 {
    let unsubscribe_key = app.secrets.unsubscribe_key.expose_secret();
    let unsubscribe = unsubscribe_token(subscriber.id, unsubscribe_key);
    SubscriberConfirmedV1 {
        subscriber_id: subscriber.id.0,
        version: subscriber.version,
        email: Personal::new(subscriber.email.as_str()),
        name: Personal::new(subscriber.name.as_str()),
        unsubscribe_url: app.links.unsubscribe(&unsubscribe),
        confirmed_at: now,
    }
}
