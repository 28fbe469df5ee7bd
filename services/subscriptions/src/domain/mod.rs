//! What the service is about, as pure code: no store, no HTTP, no clock.
//! Whoever needs the time or random bytes is given them as values.

pub(crate) mod api_token;
pub(crate) mod draft;
pub(crate) mod exception;
pub(crate) mod idempotency_key;
pub(crate) mod import;
pub(crate) mod issue;
pub(crate) mod login_throttle;
pub(crate) mod password;
pub(crate) mod preheader;
pub(crate) mod recipient;
pub(crate) mod sender_name;
pub(crate) mod session;
pub(crate) mod suppression;
pub(crate) mod title;
pub(crate) mod user;

mod confirmation_token;
#[cfg(test)]
mod fuzzing;
mod keyed_hash;
mod one_line;
mod subscriber;
mod subscriber_email;
mod subscriber_name;
mod unsubscribe_token;

pub(crate) use confirmation_token::{CONFIRMATION_LIFETIME, ConfirmationToken};
pub(crate) use keyed_hash::AddressFingerprint;
pub(crate) use subscriber::{
    ChangeKind, Left, Membership, Present, Subscriber, SubscriberId, SubscriberStatus,
};
pub(crate) use subscriber_email::SubscriberEmail;
pub(crate) use subscriber_name::{MAX_BYTES as MAX_NAME_BYTES, SubscriberName};
pub(crate) use unsubscribe_token::{read_unsubscribe_token, unsubscribe_token};
