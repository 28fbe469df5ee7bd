//! Somebody subscribes an address.

use contracts::{Personal, events::SubscriberRegisteredV1};
use jiff::Timestamp;
use outbox::OutboxEvent;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{
        AddressFingerprint, CONFIRMATION_LIFETIME, ConfirmationToken, Subscriber, SubscriberEmail,
        SubscriberId, SubscriberName, unsubscribe_token,
    },
    store::{
        AddressHolder, ChangedSubscriber, ConfirmationLink, Decision, Decoy, NewConfirmationLink,
        NewSubscriber, StoreError, until_settled,
    },
};

/// Subscribes `email`, or does nothing where it is confirmed already or has
/// had its confirmation mails.
///
/// Nobody may learn from the answer, nor from its time, whether an address is
/// known: so there is no outcome, and each way makes the same things, reads
/// twice and commits one transaction of equally many and equally large items.
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

async fn attempt(
    app: &AppState,
    email: &SubscriberEmail,
    name: &SubscriberName,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let fresh_id = SubscriberId(app.randomness.uuid());
    let token = ConfirmationToken::from_random(app.randomness.secret());
    let address = AddressFingerprint::of(email, app.secrets.address_key.expose_secret());

    // For an address that nobody has, this reads nothing from under a fresh id.
    let (id, suppression) = match app.store.holder_of(&address).await? {
        Some(AddressHolder::Subscriber(owner)) => (owner, None),
        Some(AddressHolder::Suppressed(suppression)) => (fresh_id, Some(suppression)),
        None => (fresh_id, None),
    };
    let known = app.store.subscriber(id).await?;

    let (email, name) = (email.clone(), name.clone());
    let registered = || {
        Subscriber::register(fresh_id, email.clone(), name.clone(), now)
            .with_suppression(suppression)
    };
    let (subscriber, change) = match &known {
        None => (registered(), Change::New),
        Some(known) => match known.register_again(email.clone(), name.clone(), now) {
            Some(changed) => (changed, Change::Again),
            // Made all the same, and thrown away.
            None => (registered(), Change::None),
        },
    };
    let mailing = Mailing::new(app, &subscriber, token, now)?;
    let decision = decide(app, change, subscriber, address, mailing, now);
    app.store.commit(decision).await?;
    Ok(())
}

/// What a subscription changes.
enum Change {
    /// There is a subscriber who was not there.
    New,
    /// A known one is mailed a link.
    Again,
    /// Nothing.
    None,
}

/// A link, and the event that has it mailed.
struct Mailing {
    link: NewConfirmationLink,
    event: OutboxEvent,
}

impl Mailing {
    fn new(
        app: &AppState,
        subscriber: &Subscriber,
        token: ConfirmationToken,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
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
        let link = ConfirmationLink::new(subscriber.id, expires_at);
        Ok(Self {
            link: NewConfirmationLink { token, link },
            event: app.event(registered, now)?,
        })
    }
}

/// The bytes of a row beside what it says of somebody: keys, names, times.
const CLAIM_BYTES: usize = 64;
const LINK_BYTES: usize = 160;
const SUBSCRIBER_BYTES: usize = 560;
const EVENT_BYTES: usize = 320;

/// Four rows in any case: claim, subscriber, link, event. A row that is not
/// to be written has a decoy of its size in its place.
fn decide(
    app: &AppState,
    change: Change,
    subscriber: Subscriber,
    address: AddressFingerprint,
    mailing: Mailing,
    now: Timestamp,
) -> Decision {
    let decoy = |bytes| Decoy {
        id: app.randomness.uuid(),
        now,
        bytes,
        listed: false,
    };
    let Mailing { link, event } = mailing;
    match change {
        Change::New => Decision::new()
            .write(NewSubscriber {
                subscriber,
                address,
            })
            .write(link)
            .event(event),
        Change::Again => Decision::new()
            .write(decoy(CLAIM_BYTES))
            .write(ChangedSubscriber(subscriber))
            .write(link)
            .event(event),
        Change::None => {
            let person = subscriber.name.as_str().len() + subscriber.email.as_str().len();
            Decision::new()
                .write(decoy(CLAIM_BYTES))
                .write(Decoy {
                    listed: true,
                    ..decoy(SUBSCRIBER_BYTES + person)
                })
                .write(decoy(LINK_BYTES))
                .write(decoy(EVENT_BYTES + event.detail().len()))
        }
    }
}
