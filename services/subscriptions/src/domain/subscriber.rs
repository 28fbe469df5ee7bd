//! A subscriber and what can happen to one.

mod history;
mod import;
mod membership;
mod present;
mod status;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    SubscriberEmail, SubscriberName,
    suppression::{Suppression, SuppressionKind},
};

pub(crate) use history::{Change, ChangeKind};
pub(crate) use membership::Membership;
pub(crate) use present::{Left, Present};
pub(crate) use status::SubscriberStatus;

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
    /// What happened, the oldest first; bounded.
    #[serde(default)]
    pub(crate) history: Vec<Change>,
    /// That the address bounced or complained, until it is confirmed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suppression: Option<Suppression>,
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
            history: vec![Change::new(ChangeKind::Subscribed, now)],
            suppression: None,
        }
    }

    /// The new subscriber of an address that is suppressed since an earlier
    /// subscriber of it was erased.
    #[must_use]
    pub(crate) fn with_suppression(self, suppression: Option<Suppression>) -> Self {
        Self {
            suppression,
            ..self
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
        let is_pending = self.status == SubscriberStatus::Pending;
        let what = if is_pending {
            ChangeKind::AskedAgain
        } else {
            ChangeKind::Subscribed
        };
        let fresh_link = Self {
            email,
            name,
            confirmation_mails: recent,
            ..self.next(Change::new(what, now))
        };
        Some(if is_pending {
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
            suppression: None,
            ..self.next(Change::new(ChangeKind::Confirmed, now))
        })
    }

    /// They do not want to be subscribed.
    pub(crate) fn unsubscribe(&self, now: Timestamp) -> Option<Self> {
        let change = Change::new(ChangeKind::Unsubscribed, now);
        self.leave(SubscriberStatus::Unsubscribed, change)
    }

    /// A mail to them, of that issue if it is known, came back for good `at`
    /// that moment.
    pub(crate) fn bounce(&self, issue_id: Option<Uuid>, at: Timestamp) -> Option<Self> {
        let change = Change::new(ChangeKind::Bounced, at).by_issue(issue_id);
        self.suppress(SuppressionKind::Bounced, change)
    }

    /// They marked a mail, of that issue if it is known, as spam `at` that
    /// moment.
    pub(crate) fn complain(&self, issue_id: Option<Uuid>, at: Timestamp) -> Option<Self> {
        let change = Change::new(ChangeKind::Complained, at).by_issue(issue_id);
        self.suppress(SuppressionKind::Complained, change)
    }

    /// Feedback comes late and in any order: what happened before they
    /// subscribed anew is about an earlier mail.
    fn suppress(&self, kind: SuppressionKind, change: Change) -> Option<Self> {
        let at = change.at;
        if at < self.subscribed_at {
            return None;
        }
        let status = match kind {
            SuppressionKind::Bounced => SubscriberStatus::Bounced,
            SuppressionKind::Complained => SubscriberStatus::Complained,
        };
        let left = self.leave(status, change)?;
        Some(left.with_suppression(Some(Suppression { kind, at })))
    }

    /// Only who is subscribed, or about to be, can leave; the first reason stays.
    fn leave(&self, status: SubscriberStatus, change: Change) -> Option<Self> {
        let subscribed = matches!(
            self.status,
            SubscriberStatus::Pending | SubscriberStatus::Confirmed
        );
        subscribed.then(|| Self {
            status,
            ..self.next(change)
        })
    }

    fn next(&self, change: Change) -> Self {
        Self {
            version: self.version + 1,
            history: history::continued(&self.history, change),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
