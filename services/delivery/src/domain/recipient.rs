//! Who gets mail: a projection of what subscriptions says about subscribers.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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
    Gone(Gone),
}

/// What is kept of somebody who left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) why: Leaving,
    pub(crate) left_at: Timestamp,
    /// When they had confirmed; none as long as nothing was heard of that: then
    /// no issue knows of them.
    pub(crate) confirmed_at: Option<Timestamp>,
}

/// Why somebody gets no issues any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Leaving {
    Unsubscribed,
    Erased,
    /// The address bounced for good, or its reader complained.
    Suppressed,
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
            Standing::Gone(_) => None,
        }
    }

    /// Why they get no issues any more; none if they do.
    pub(crate) fn leaving(&self) -> Option<Leaving> {
        match &self.standing {
            Standing::Active { .. } => None,
            Standing::Gone(gone) => Some(gone.why),
        }
    }

    /// When they confirmed; none if they get no issues.
    pub(crate) fn confirmed_at(&self) -> Option<Timestamp> {
        match self.standing {
            Standing::Active { confirmed_at, .. } => Some(confirmed_at),
            Standing::Gone(_) => None,
        }
    }

    /// Since when they have been a recipient, or had been; none if nothing was
    /// heard of that.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        match &self.standing {
            Standing::Active { confirmed_at, .. } => Some(*confirmed_at),
            Standing::Gone(gone) => gone.confirmed_at,
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

    /// Whether an issue that was published at that moment was for them, whatever
    /// they did since.
    pub(crate) fn is_meant(&self, published_at: Timestamp) -> bool {
        self.addressee(published_at).is_some() || self.left_after(published_at).is_some()
    }

    /// Why they do not get an issue that was for them when it was published at
    /// that moment; none if it was not, or they do.
    pub(crate) fn left_after(&self, published_at: Timestamp) -> Option<Leaving> {
        let Standing::Gone(gone) = &self.standing else {
            return None;
        };
        let had_confirmed = gone.confirmed_at.is_some_and(|at| at <= published_at);
        (had_confirmed && published_at < gone.left_at).then_some(gone.why)
    }

    /// This, which is newer than what is `present`: who left had confirmed when
    /// that says so.
    fn after(self, present: &Self) -> Self {
        let Standing::Gone(gone) = self.standing else {
            return self;
        };
        let gone = match present.standing {
            Standing::Active { confirmed_at, .. } => Gone {
                confirmed_at: Some(confirmed_at),
                ..gone
            },
            // They had left already, and nothing came in between.
            Standing::Gone(before) if self.version == present.version + 1 => Gone {
                why: gone.why,
                ..before
            },
            Standing::Gone(_) => gone,
        };
        Self {
            standing: Standing::Gone(gone),
            ..self
        }
    }

    /// This with what an `older` change adds: that somebody who left had
    /// confirmed, which is not known yet, or only of a later time.
    fn with(&self, older: &Self) -> Option<Self> {
        let (Standing::Gone(gone), Some(at)) = (&self.standing, older.confirmed_at()) else {
            return None;
        };
        let is_news = at < gone.left_at && gone.confirmed_at.is_none_or(|known| at < known);
        is_news.then(|| Self {
            standing: Standing::Gone(Gone {
                confirmed_at: Some(at),
                ..*gone
            }),
            ..self.clone()
        })
    }
}

/// What `change` makes of what is `present`; none if it is no news. An older
/// change never overwrites a newer one, so changes may come in any order and
/// repeatedly.
pub(crate) fn project(present: Option<&Recipient>, change: Recipient) -> Option<Recipient> {
    match present {
        None => Some(change),
        Some(present) if change.version > present.version => Some(change.after(present)),
        Some(present) => present.with(&change),
    }
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

    /// Unsubscribed at the second of that version.
    fn removed(version: u64) -> Recipient {
        gone(version, version, None)
    }

    fn gone(version: u64, left: u64, confirmed: Option<u64>) -> Recipient {
        Recipient {
            subscriber_id: SUBSCRIBER,
            version,
            standing: Standing::Gone(Gone {
                why: Leaving::Unsubscribed,
                left_at: at(left.cast_signed()),
                confirmed_at: confirmed.map(|second| at(second.cast_signed())),
            }),
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
            let end = fold(order.clone()).expect("there is somebody");
            assert_eq!((end.version, end.contact()), (6, None), "{order:?}");
            assert!(end.left_after(at(5)).is_some(), "{order:?}");
        }
    }

    #[test]
    fn a_late_confirmation_resurrects_nobody_and_a_newer_one_does() {
        let late = fold(vec![removed(3), confirmed(2)]);
        assert_eq!(late, Some(gone(3, 3, Some(2))));
        assert_eq!(fold(vec![removed(3), confirmed(4)]), Some(confirmed(4)));
    }

    #[test]
    fn in_either_order_who_left_had_confirmed_and_it_is_news_once() {
        let left = fold(vec![confirmed(2), removed(4)]);
        assert_eq!(left, Some(gone(4, 4, Some(2))));
        assert_eq!(fold(vec![removed(4), confirmed(2)]), left);
        assert_eq!(project(left.as_ref(), confirmed(2)), None);
        assert_eq!(project(left.as_ref(), confirmed(3)), None);
        assert_eq!(project(left.as_ref(), removed(3)), None);
    }

    #[test]
    fn whoever_is_erased_after_leaving_left_when_they_left() {
        let erased = |version| gone(version, 9, None);
        let known = vec![confirmed(2), removed(3)];
        let at_once = fold([known.clone(), vec![erased(4)]].concat());
        assert_eq!(at_once, Some(gone(4, 3, Some(2))));
        // They may have confirmed once more in between.
        let later = fold([known, vec![erased(6)]].concat());
        assert_eq!(later, Some(gone(6, 9, None)));
        assert_eq!(
            project(later.as_ref(), confirmed(5)),
            Some(gone(6, 9, Some(5)))
        );
    }

    #[test]
    fn an_issue_was_for_who_left_after_its_publication_and_had_confirmed() {
        let left = gone(7, 7, Some(4));
        let was_for = |second| left.left_after(at(second)).is_some();
        assert_eq!([3, 4, 6, 7].map(was_for), [false, true, true, false]);
        assert_eq!(removed(7).left_after(at(6)), None);
        assert_eq!(confirmed(4).left_after(at(6)), None);
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
