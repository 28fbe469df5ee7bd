//! What an import does to a subscriber.

use jiff::Timestamp;

use super::{Change, ChangeKind, Subscriber, SubscriberId, SubscriberStatus};
use crate::domain::{SubscriberEmail, SubscriberName};

impl Subscriber {
    /// Somebody who was not known, and is confirmed: an admin vouches for
    /// their consent.
    pub(crate) fn imported(
        id: SubscriberId,
        email: SubscriberEmail,
        name: SubscriberName,
        now: Timestamp,
    ) -> Self {
        Self {
            status: SubscriberStatus::Confirmed,
            confirmed_at: Some(now),
            confirmation_mails: Vec::new(),
            history: vec![Change::new(ChangeKind::Imported, now)],
            ..Self::register(id, email, name, now)
        }
    }

    /// An admin vouches for the consent of somebody who is known. Only who is
    /// waiting to confirm becomes a subscriber, with address and name as they
    /// typed them. Nobody who left comes back by it, nor does an address that
    /// bounced or complained, even if somebody has typed it in since.
    pub(crate) fn import(&self, now: Timestamp) -> Option<Self> {
        let waiting = self.status == SubscriberStatus::Pending && self.suppression.is_none();
        waiting.then(|| Self {
            status: SubscriberStatus::Confirmed,
            confirmed_at: Some(now),
            ..self.next(Change::new(ChangeKind::Imported, now))
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn email() -> SubscriberEmail {
        SubscriberEmail::parse("ann@example.com").expect("valid")
    }

    fn name(text: &str) -> SubscriberName {
        SubscriberName::parse(text).expect("valid")
    }

    fn pending() -> Subscriber {
        Subscriber::register(SubscriberId(Uuid::nil()), email(), name("Ann"), at(0))
    }

    #[test]
    fn who_was_not_known_is_confirmed_and_was_mailed_nothing() {
        let id = SubscriberId(Uuid::nil());
        let imported = Subscriber::imported(id, email(), name("Ann"), at(5));
        assert_eq!(imported.status, SubscriberStatus::Confirmed);
        assert_eq!((imported.version, imported.confirmed_at), (1, Some(at(5))));
        assert!(imported.confirmation_mails.is_empty());
        assert_eq!(imported.history[0].what, ChangeKind::Imported);
    }

    #[test]
    fn who_waits_to_confirm_is_confirmed_as_they_typed_themselves() {
        let imported = pending().import(at(5)).expect("a change");
        assert_eq!(imported.status, SubscriberStatus::Confirmed);
        assert_eq!((imported.version, imported.confirmed_at), (2, Some(at(5))));
        assert_eq!(imported.name, name("Ann"));
        assert_eq!(imported.import(at(6)), None);
    }

    #[test]
    fn nobody_comes_back_by_an_import() {
        let gone = [
            pending().unsubscribe(at(1)),
            pending().bounce(None, at(1)),
            pending().complain(None, at(1)),
        ];
        for gone in gone {
            assert_eq!(gone.expect("a change").import(at(5)), None);
        }
        let bounced = pending().bounce(None, at(1)).expect("a change");
        let typed_in = bounced.register_again(email(), name("Ann"), at(2));
        assert_eq!(typed_in.expect("a mail").import(at(5)), None);
    }
}
