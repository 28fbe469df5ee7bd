//! Somebody subscribes an address.

use contracts::{Personal, events::SubscriberRegisteredV1};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{
        AddressFingerprint, CONFIRMATION_LIFETIME, ConfirmationToken, Subscriber, SubscriberEmail,
        SubscriberId, SubscriberName, unsubscribe_token,
    },
    store::{
        ChangedSubscriber, ConfirmationLink, Decision, Decoy, NewConfirmationLink, NewSubscriber,
        StoreError, until_settled,
    },
};

/// Subscribes `email`, or does nothing where it is confirmed already or has
/// had its confirmation mails.
///
/// Nobody may learn from the answer, nor from its time, whether an address is
/// known: so there is no outcome, and each way reads twice and commits one
/// transaction of [`ACTIONS`] actions.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn subscribe(
    app: &AppState,
    email: &SubscriberEmail,
    name: &SubscriberName,
) -> Result<(), StoreError> {
    until_settled(|| attempt(app, email, name)).await
}

/// The actions of the largest decision: claim, subscriber, link, event.
const ACTIONS: usize = 4;

async fn attempt(
    app: &AppState,
    email: &SubscriberEmail,
    name: &SubscriberName,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let fresh_id = SubscriberId(app.randomness.uuid());
    let token = ConfirmationToken::from_random(app.randomness.secret());
    let address = AddressFingerprint::of(email, app.secrets.address_key.expose_secret());

    let owner = app.store.owner_of(&address).await?;
    // For an address that nobody has, this reads nothing from under a fresh id.
    let known = app.store.subscriber(owner.unwrap_or(fresh_id)).await?;

    let (email, name) = (email.clone(), name.clone());
    let decision = match known {
        None => {
            let subscriber = Subscriber::register(fresh_id, email, name, now);
            mail_a_link(app, &subscriber, token, now)?.write(NewSubscriber {
                subscriber,
                address,
            })
        }
        Some(known) => match known.register_again(email, name, now) {
            Some(subscriber) => {
                mail_a_link(app, &subscriber, token, now)?.write(ChangedSubscriber(subscriber))
            }
            None => Decision::new(),
        },
    };
    app.store.commit(filled_up(app, decision, now)).await?;
    Ok(())
}

/// The link, and the event that has it mailed.
fn mail_a_link(
    app: &AppState,
    subscriber: &Subscriber,
    token: ConfirmationToken,
    now: Timestamp,
) -> Result<Decision, StoreError> {
    let expires_at = now + CONFIRMATION_LIFETIME;
    let unsubscribe_key = app.secrets.unsubscribe_key.expose_secret();
    let unsubscribe = unsubscribe_token(subscriber.id, unsubscribe_key);
    let registered = SubscriberRegisteredV1 {
        subscriber_id: subscriber.id.0,
        version: subscriber.version,
        email: Personal::new(subscriber.email.as_str()),
        name: Personal::new(subscriber.name.as_str()),
        confirmation_url: app.links.confirm(&token.expose()),
        unsubscribe_url: app.links.unsubscribe(&unsubscribe),
        expires_at,
    };
    let link = ConfirmationLink {
        subscriber_id: subscriber.id,
        generation: subscriber.generation,
        valid_until: expires_at,
    };
    Ok(Decision::new()
        .write(NewConfirmationLink { token, link })
        .event(app.event(registered, now)?))
}

/// `decision` with as many decoys as make it [`ACTIONS`] large.
fn filled_up(app: &AppState, decision: Decision, now: Timestamp) -> Decision {
    (decision.actions()..ACTIONS).fold(decision, |decision, _| {
        let id = app.randomness.uuid();
        decision.write(Decoy { id, now })
    })
}
