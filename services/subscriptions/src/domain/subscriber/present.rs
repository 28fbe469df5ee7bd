//! What others are to know of a subscriber, as it would be told now.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Change, ChangeKind, Subscriber, SubscriberStatus};

/// Whether somebody gets issues, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    /// They do, since they confirmed.
    Confirmed(Timestamp),
    /// They did, or were about to, and left.
    Left(Left),
    /// They never did: there is nothing to tell.
    Waiting,
}

/// That somebody left, as it was told then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// The subscriber's version after it.
    pub(crate) version: u64,
    pub(crate) why: ChangeKind,
    /// The issue whose mail led to it, where that is known.
    pub(crate) issue_id: Option<Uuid>,
    /// When it was told.
    pub(crate) at: Timestamp,
}

impl Subscriber {
    /// The same, whose newest change is told of at that moment.
    #[must_use]
    pub(crate) fn told(mut self, at: Timestamp) -> Self {
        if let Some(newest) = self.history.last_mut() {
            newest.told_at = (newest.at != at).then_some(at);
        }
        self
    }

    /// What is to be known of them. What is not remembered of it is said to
    /// have happened `now`, at the latest that it can have.
    pub(crate) fn present(&self, now: Timestamp) -> Present {
        match self.status {
            SubscriberStatus::Confirmed => {
                Present::Confirmed(self.confirmed_at.unwrap_or(self.subscribed_at))
            }
            // Who waits to confirm may have left before.
            _ => self.left(now).map_or(Present::Waiting, Present::Left),
        }
    }

    /// How they left last, if they ever did. Each change makes one version.
    fn left(&self, now: Timestamp) -> Option<Left> {
        let is_forgetful = self.version > self.history.len() as u64;
        // What is forgotten lies behind the first change that is kept.
        let kept = self.history.get(usize::from(is_forgetful)..);
        let kept = kept.unwrap_or_default();
        let newest = kept.iter().rev().zip(0..).find(|(it, _)| is_leaving(it));
        match newest {
            Some((change, later)) => Some(Left {
                version: self.version - later,
                why: change.what,
                issue_id: change.issue_id,
                at: change.told_at.unwrap_or(change.at),
            }),
            None => is_forgetful.then(|| Left {
                version: self.version - kept.len() as u64,
                why: match self.status {
                    SubscriberStatus::Bounced => ChangeKind::Bounced,
                    SubscriberStatus::Complained => ChangeKind::Complained,
                    _ => ChangeKind::Unsubscribed,
                },
                issue_id: None,
                at: now,
            }),
        }
    }
}

fn is_leaving(change: &Change) -> bool {
    match change.what {
        ChangeKind::Unsubscribed | ChangeKind::Bounced | ChangeKind::Complained => true,
        ChangeKind::Subscribed
        | ChangeKind::AskedAgain
        | ChangeKind::Confirmed
        | ChangeKind::Imported => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SubscriberEmail, SubscriberId, SubscriberName};

    const DAY: i64 = 24 * 60 * 60;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * DAY).expect("in range")
    }

    fn email() -> SubscriberEmail {
        SubscriberEmail::parse("ann@example.com").expect("valid")
    }

    fn name() -> SubscriberName {
        SubscriberName::parse("Ann").expect("valid")
    }

    fn pending() -> Subscriber {
        Subscriber::register(SubscriberId(Uuid::nil()), email(), name(), day(0))
    }

    fn asks(subscriber: &Subscriber, on: i64) -> Subscriber {
        let asked = subscriber.register_again(email(), name(), day(on));
        asked.expect("a mail a day is allowed")
    }

    fn left(version: u64, on: i64) -> Left {
        Left {
            version,
            why: ChangeKind::Unsubscribed,
            issue_id: None,
            at: day(on),
        }
    }

    #[test]
    fn of_who_only_asked_there_is_nothing_to_tell() {
        assert_eq!(pending().present(day(9)), Present::Waiting);
        assert_eq!(asks(&pending(), 2).present(day(9)), Present::Waiting);
    }

    #[test]
    fn who_confirmed_is_so_since_then() {
        let confirmed = pending().confirm(day(1)).expect("a change");
        assert_eq!(confirmed.present(day(9)), Present::Confirmed(day(1)));
    }

    #[test]
    fn who_left_did_so_in_that_version_whatever_they_asked_for_since() {
        let gone = pending().confirm(day(1)).expect("a change");
        let gone = gone.unsubscribe(day(2)).expect("a change");
        assert_eq!(gone.present(day(9)), Present::Left(left(3, 2)));
        let asking = asks(&asks(&gone, 3), 4);
        assert_eq!(asking.version, 5);
        assert_eq!(asking.present(day(9)), Present::Left(left(3, 2)));
        let back = asking.confirm(day(5)).expect("a change");
        assert_eq!(back.present(day(9)), Present::Confirmed(day(5)));
    }

    #[test]
    fn what_became_of_a_mail_is_told_as_it_was_when_it_was_heard_of() {
        let issue = Some(Uuid::from_u128(7));
        let told = |gone: Option<Subscriber>| gone.expect("a change").told(day(3)).present(day(9));
        let bounced = Left {
            why: ChangeKind::Bounced,
            issue_id: issue,
            ..left(2, 3)
        };
        let complained = Left {
            why: ChangeKind::Complained,
            ..bounced
        };
        let gone = pending().bounce(issue, day(1));
        assert_eq!(told(gone), Present::Left(bounced));
        let gone = pending().complain(issue, day(1));
        assert_eq!(told(gone), Present::Left(complained));
    }

    #[test]
    fn who_left_so_long_ago_that_it_is_forgotten_had_left_before_what_is_remembered() {
        let mut asking = pending().unsubscribe(day(1)).expect("a change");
        for on in 2..=40 {
            asking = asks(&asking, on);
        }
        let kept = asking.history.len() as u64;
        assert_eq!((asking.version, kept), (41, 20));
        // The first one, the 22nd to the 41st change but one.
        assert_eq!(asking.present(day(99)), Present::Left(left(22, 99)));
    }

    #[test]
    fn who_left_before_there_was_a_history_has_left() {
        let mut gone = pending().bounce(None, day(1)).expect("a change");
        gone.history.clear();
        let bounced = Left {
            why: ChangeKind::Bounced,
            ..left(2, 99)
        };
        assert_eq!(gone.present(day(99)), Present::Left(bounced));
    }
}
