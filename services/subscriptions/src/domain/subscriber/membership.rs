//! Whether somebody was confirmed when an issue was published.
//!
//! The moments of events do not tell: what is decided at the same moment is
//! committed in some order. So the audience has epochs, each ended by the
//! publication of an issue, and a change says in which one it was committed.

use super::{ChangeKind, Subscriber, SubscriberStatus, history::MAX_HISTORY};

/// Whether an issue was for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    /// They were confirmed when it was published.
    In,
    /// They were not.
    Out,
    /// That part of their history is not kept any more.
    Forgotten,
}

impl Subscriber {
    /// The same, whose newest change was committed in `epoch`.
    #[must_use]
    pub(crate) fn in_epoch(mut self, epoch: u64) -> Self {
        if let Some(newest) = self.history.last_mut() {
            newest.epoch = Some(epoch);
        }
        self
    }

    /// By how many the change from `before` to this changes the audience.
    pub(crate) fn joined(&self, before: Option<&Self>) -> i64 {
        let counts = |it: &Self| i64::from(it.status == SubscriberStatus::Confirmed);
        counts(self) - before.map_or(0, counts)
    }

    /// Whether they were confirmed when `epoch` ended.
    pub(crate) fn membership(&self, epoch: u64) -> Membership {
        // Behind the first one of a full history some may be missing.
        let is_full = self.history.len() >= MAX_HISTORY;
        let kept = self.history.iter().skip(usize::from(is_full)).rev();
        let newest = kept
            .filter(|change| change.epoch.is_some_and(|at| at <= epoch))
            .map(|change| change.what)
            .next();
        match newest {
            Some(ChangeKind::Confirmed | ChangeKind::Imported) => Membership::In,
            Some(_) => Membership::Out,
            None if is_full => Membership::Forgotten,
            None => Membership::Out,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{SubscriberEmail, SubscriberId, SubscriberName};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn email() -> SubscriberEmail {
        SubscriberEmail::parse("ann@example.com").expect("valid")
    }

    fn name() -> SubscriberName {
        SubscriberName::parse("Ann").expect("valid")
    }

    fn pending() -> Subscriber {
        Subscriber::register(SubscriberId(Uuid::nil()), email(), name(), at(0))
    }

    #[test]
    fn an_issue_is_for_those_who_were_confirmed_when_its_epoch_ended() {
        let confirmed = pending().confirm(at(1)).expect("a change").in_epoch(3);
        assert_eq!(confirmed.joined(Some(&pending())), 1);
        let left = confirmed.unsubscribe(at(1)).expect("a change").in_epoch(5);
        assert_eq!(left.joined(Some(&confirmed)), -1);
        let memberships = [2, 3, 4, 5, 6].map(|epoch| left.membership(epoch));
        use Membership::{In, Out};
        assert_eq!(memberships, [Out, In, In, Out, Out]);
    }

    #[test]
    fn who_never_confirmed_is_out() {
        assert_eq!(pending().membership(9), Membership::Out);
        let left = pending().unsubscribe(at(1)).expect("a change");
        assert_eq!(left.joined(Some(&pending())), 0);
        assert_eq!(left.membership(9), Membership::Out);
    }

    #[test]
    fn what_is_not_kept_any_more_is_not_made_up() {
        let mut subscriber = pending();
        for round in 0..30 {
            let asked = subscriber.register_again(email(), name(), at(round * 100_000));
            let confirmed = asked.unwrap_or(subscriber).confirm(at(round * 100_000));
            let confirmed = confirmed.expect("a change").in_epoch(50 + 2 * round as u64);
            let left = confirmed.unsubscribe(at(round * 100_000));
            subscriber = left.expect("a change").in_epoch(51 + 2 * round as u64);
        }
        assert_eq!(subscriber.membership(60), Membership::Forgotten);
        assert_eq!(subscriber.membership(108), Membership::In);
    }
}
