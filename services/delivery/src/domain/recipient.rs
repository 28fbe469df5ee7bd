//! Who gets mail: a projection of what subscriptions says about subscribers.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

/// What delivery knows of one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub(crate) subscriber_id: Uuid,
    /// The subscriber's version at the last change that was applied.
    pub(crate) version: u64,
    pub(crate) standing: Standing,
}

/// Whether a subscriber gets issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They confirmed.
    Active {
        contact: Contact,
        confirmed_at: Timestamp,
    },
    /// They unsubscribed or were erased. Kept as a tombstone without personal
    /// data, so that a `confirmed` that comes late resurrects nobody.
    Removed,
}

/// What a mail needs to reach somebody. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) unsubscribe_url: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl Recipient {
    /// How to reach them; none if they get no issues.
    pub(crate) fn contact(&self) -> Option<&Contact> {
        match &self.standing {
            Standing::Active { contact, .. } => Some(contact),
            Standing::Removed => None,
        }
    }

    /// When they confirmed; none if they get no issues.
    pub(crate) fn confirmed_at(&self) -> Option<Timestamp> {
        match self.standing {
            Standing::Active { confirmed_at, .. } => Some(confirmed_at),
            Standing::Removed => None,
        }
    }

    /// Whom to mail an issue that was published at that moment; none if it is
    /// not for them.
    pub(crate) fn addressee(&self, published_at: Timestamp) -> Option<&Contact> {
        match &self.standing {
            Standing::Active {
                contact,
                confirmed_at,
            } if *confirmed_at <= published_at => Some(contact),
            _ => None,
        }
    }
}

/// `change` if it is news beside what is `present`; an older one never
/// overwrites a newer one, so changes may come in any order and repeatedly.
pub(crate) fn project(present: Option<&Recipient>, change: Recipient) -> Option<Recipient> {
    present
        .is_none_or(|present| change.version > present.version)
        .then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIBER: Uuid = Uuid::from_u128(1);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn confirmed(version: u64) -> Recipient {
        Recipient {
            subscriber_id: SUBSCRIBER,
            version,
            standing: Standing::Active {
                contact: Contact {
                    email: format!("v{version}@reader.example"),
                    name: "Reader".to_owned(),
                    unsubscribe_url: "http://pennypost.localhost/u".to_owned(),
                },
                confirmed_at: at(version.cast_signed()),
            },
        }
    }

    fn removed(version: u64) -> Recipient {
        Recipient {
            subscriber_id: SUBSCRIBER,
            version,
            standing: Standing::Removed,
        }
    }

    fn permutations(changes: &[Recipient]) -> Vec<Vec<Recipient>> {
        if changes.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for first in 0..changes.len() {
            let mut rest = changes.to_vec();
            let change = rest.remove(first);
            for mut tail in permutations(&rest) {
                tail.insert(0, change.clone());
                all.push(tail);
            }
        }
        all
    }

    fn fold(changes: Vec<Recipient>) -> Option<Recipient> {
        changes.into_iter().fold(None, |present, change| {
            project(present.as_ref(), change).or(present)
        })
    }

    #[test]
    fn every_order_and_repetition_ends_with_the_newest_change() {
        let changes = [
            confirmed(2),
            removed(3),
            confirmed(5),
            removed(6),
            confirmed(2),
        ];
        for order in permutations(&changes) {
            assert_eq!(fold(order.clone()), Some(removed(6)), "{order:?}");
        }
    }

    #[test]
    fn a_late_confirmation_resurrects_nobody_and_a_newer_one_does() {
        assert_eq!(fold(vec![removed(3), confirmed(2)]), Some(removed(3)));
        assert_eq!(fold(vec![removed(3), confirmed(4)]), Some(confirmed(4)));
    }

    #[test]
    fn an_issue_is_for_who_had_confirmed_when_it_was_published() {
        assert!(confirmed(5).addressee(at(5)).is_some());
        assert!(confirmed(5).addressee(at(4)).is_none());
        assert!(removed(5).addressee(at(9)).is_none());
    }

    #[test]
    fn debugging_shows_no_personal_data() {
        let shown = format!("{:?}", confirmed(2));
        assert!(
            !shown.contains("reader.example") && !shown.contains("Reader"),
            "{shown}"
        );
    }
}
