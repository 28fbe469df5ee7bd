//! A subscriber and what can happen to one.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SubscriberEmail, SubscriberName};

/// The most confirmation mails to one address in [`CONFIRMATION_WINDOW`].
pub(crate) const MAX_CONFIRMATION_MAILS: usize = 3;
/// The window over which confirmation mails are counted.
pub(crate) const CONFIRMATION_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Names a subscriber for good, in links and events; says nothing about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SubscriberId(pub(crate) Uuid);

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriberStatus {
    /// Asked, and has not confirmed.
    Pending,
    /// Gets the issues.
    Confirmed,
    /// Does not want them any more.
    Unsubscribed,
    /// The address does not take mail.
    Bounced,
    /// Marked a mail as spam.
    Complained,
}

/// One address that somebody subscribed, in its present state.
///
/// Each change is a method that answers the new state with the next version,
/// or none where nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subscriber {
    pub(crate) id: SubscriberId,
    pub(crate) email: SubscriberEmail,
    pub(crate) name: SubscriberName,
    pub(crate) status: SubscriberStatus,
    /// Grows by one with each change.
    pub(crate) version: u64,
    /// When they asked, the last time that they had not been subscribed.
    pub(crate) subscribed_at: Timestamp,
    /// When they confirmed since.
    pub(crate) confirmed_at: Option<Timestamp>,
    /// When confirmation mails went out, as far as the limit asks.
    pub(crate) confirmation_mails: Vec<Timestamp>,
}

impl Subscriber {
    /// Somebody who was not known; a confirmation mail goes out.
    pub(crate) fn register(
        id: SubscriberId,
        email: SubscriberEmail,
        name: SubscriberName,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            name,
            status: SubscriberStatus::Pending,
            version: 1,
            subscribed_at: now,
            confirmed_at: None,
            confirmation_mails: vec![now],
        }
    }

    /// The same address is subscribed once more. Pending: a fresh link goes
    /// out, with the address and name as they were typed last. Gone: pending
    /// again. None where no mail may go out, as the subscriber is confirmed or
    /// has had enough mails: then nothing changes, and whoever was gone stays
    /// gone.
    pub(crate) fn register_again(
        &self,
        email: SubscriberEmail,
        name: SubscriberName,
        now: Timestamp,
    ) -> Option<Self> {
        let mut recent = self.confirmation_mails.clone();
        recent.retain(|sent| now.duration_since(*sent) < CONFIRMATION_WINDOW);
        let enough = recent.len() >= MAX_CONFIRMATION_MAILS;
        if enough || self.status == SubscriberStatus::Confirmed {
            return None;
        }
        recent.push(now);
        let fresh_link = Self {
            email,
            name,
            confirmation_mails: recent,
            ..self.next()
        };
        Some(if self.status == SubscriberStatus::Pending {
            fresh_link
        } else {
            Self {
                status: SubscriberStatus::Pending,
                subscribed_at: now,
                confirmed_at: None,
                ..fresh_link
            }
        })
    }

    /// A link that was not used before is followed. Only who is waiting for
    /// it becomes a subscriber: a link cannot undo that somebody left.
    pub(crate) fn confirm(&self, now: Timestamp) -> Option<Self> {
        (self.status == SubscriberStatus::Pending).then(|| Self {
            status: SubscriberStatus::Confirmed,
            confirmed_at: Some(now),
            ..self.next()
        })
    }

    /// They do not want to be subscribed.
    pub(crate) fn unsubscribe(&self) -> Option<Self> {
        self.leave(SubscriberStatus::Unsubscribed)
    }

    /// A mail to them came back for good `at` that moment.
    pub(crate) fn bounce(&self, at: Timestamp) -> Option<Self> {
        self.concerns_present(at)
            .then(|| self.leave(SubscriberStatus::Bounced))
            .flatten()
    }

    /// They marked a mail as spam `at` that moment.
    pub(crate) fn complain(&self, at: Timestamp) -> Option<Self> {
        self.concerns_present(at)
            .then(|| self.leave(SubscriberStatus::Complained))
            .flatten()
    }

    /// Feedback comes late and in any order: what happened before they
    /// subscribed anew is about an earlier mail.
    fn concerns_present(&self, at: Timestamp) -> bool {
        at >= self.subscribed_at
    }

    /// Only who is subscribed, or about to be, can leave; the first reason stays.
    fn leave(&self, status: SubscriberStatus) -> Option<Self> {
        let subscribed = matches!(
            self.status,
            SubscriberStatus::Pending | SubscriberStatus::Confirmed
        );
        subscribed.then(|| Self {
            status,
            ..self.next()
        })
    }

    fn next(&self) -> Self {
        Self {
            version: self.version + 1,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
