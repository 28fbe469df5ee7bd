//! Somebody follows a confirmation link.

use contracts::{Personal, events::SubscriberConfirmedV1};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{ConfirmationToken, Subscriber, SubscriberStatus, unsubscribe_token},
    store::{ChangedSubscriber, ConfirmationLink, Decision, StoreError, until_settled},
};

/// What became of a confirmation link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// The subscriber is confirmed, by this link or by one before.
    Confirmed,
    /// The link has served: its subscriber has left since, and it brings
    /// nobody back.
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
    let Some(confirmed) = subscriber.confirm(link.generation, now) else {
        return Ok(served(&link, &subscriber));
    };
    let event = app.event(confirmed_event(app, &confirmed, now), now)?;
    let decision = Decision::new()
        .write(ChangedSubscriber(confirmed))
        .event(event);
    app.store.commit(decision).await?;
    tracing::info!(subscriber_id = %link.subscriber_id, "a subscriber confirmed");
    Ok(Confirmation::Confirmed)
}

/// What a link means that changes nothing.
fn served(link: &ConfirmationLink, subscriber: &Subscriber) -> Confirmation {
    let by_this_generation = subscriber.status == SubscriberStatus::Confirmed
        && subscriber.generation == link.generation;
    if by_this_generation {
        Confirmation::Confirmed
    } else {
        Confirmation::Spent
    }
}

fn confirmed_event(
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
