//! Somebody uses an unsubscribe link.

use contracts::events::{SubscriberUnsubscribedV1, UnsubscribeReason};

use crate::{
    app::AppState,
    domain::SubscriberId,
    store::{Decision, MovedSubscriber, StoreError, until_settled},
};

/// Unsubscribes `id`, whose link was genuine. Whoever has left already, or has
/// been erased, is left alone.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn unsubscribe(app: &AppState, id: SubscriberId) -> Result<(), StoreError> {
    until_settled(|| attempt(app, id)).await
}

async fn attempt(app: &AppState, id: SubscriberId) -> Result<(), StoreError> {
    let slot = app.store.audience_slot(id.0).await?;
    let now = slot.moment(app.clock.now());
    let Some(subscriber) = app.store.subscriber(id).await? else {
        return Ok(());
    };
    let Some(left) = subscriber.unsubscribe(now) else {
        return Ok(());
    };
    let unsubscribed = SubscriberUnsubscribedV1 {
        subscriber_id: id.0,
        version: left.version,
        reason: UnsubscribeReason::SelfService,
        issue_id: None,
        at: now,
    };
    let decision = Decision::new()
        .write(MovedSubscriber {
            before: &subscriber,
            after: left,
            slot,
            at: now,
        })
        .event(app.event(unsubscribed, now)?);
    app.store.commit(decision).await?;
    tracing::info!(subscriber_id = %id, "a subscriber unsubscribed");
    Ok(())
}
