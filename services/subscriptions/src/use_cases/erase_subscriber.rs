//! Somebody is to be forgotten.

use contracts::events::SubscriberErasedV1;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{AddressFingerprint, SubscriberId},
    store::{Decision, ErasedSubscriber, StoreError, until_settled},
};

/// Erases the subscriber `id`; tells whether there was one.
///
/// Address, name and history are gone at once, and links that were mailed have
/// no effect any more. Of an address that bounced or complained, and was not
/// confirmed since, the keyed hash stays with what happened and when.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn erase_subscriber(app: &AppState, id: SubscriberId) -> Result<bool, StoreError> {
    until_settled(|| attempt(app, id)).await
}

async fn attempt(app: &AppState, id: SubscriberId) -> Result<bool, StoreError> {
    let slot = app.store.audience_slot(id.0).await?;
    let now = slot.moment(app.clock.now());
    let Some(subscriber) = app.store.subscriber(id).await? else {
        return Ok(false);
    };
    let address_key = app.secrets.address_key.expose_secret();
    let address = AddressFingerprint::of(&subscriber.email, address_key);
    let erased = SubscriberErasedV1 {
        subscriber_id: id.0,
        version: subscriber.version + 1,
        at: now,
    };
    let decision = Decision::new()
        .write(ErasedSubscriber {
            subscriber,
            address,
            slot,
            at: now,
        })
        .event(app.event(erased, now)?);
    app.store.commit(decision).await?;
    tracing::info!(subscriber_id = %id, "a subscriber was erased");
    Ok(true)
}
