//! How far a rebuilding has come.

use std::fmt;

use crate::{domain::SubscriberStatus, store::SubscriberPlace};

/// What is walked, one after the other. Those who are to get nothing come
/// first: a reader with an older memory mails none of them meanwhile. Who waits
/// to confirm comes after those who left, for that is the way people go without
/// a word to the readers.
const LISTS: [List; 6] = [
    List::Erased,
    List::Subscribers(SubscriberStatus::Unsubscribed),
    List::Subscribers(SubscriberStatus::Bounced),
    List::Subscribers(SubscriberStatus::Complained),
    List::Subscribers(SubscriberStatus::Pending),
    List::Subscribers(SubscriberStatus::Confirmed),
];

/// A list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Erased,
    Subscribers(SubscriberStatus),
}

impl List {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Subscribers(status) => status.as_str(),
        }
    }
}

/// A place in one of the lists. Its text is the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) list: List,
    /// Whoever comes first is behind this; none at the list's beginning.
    pub(super) after: Option<SubscriberPlace>,
}

impl Position {
    /// The beginning.
    pub(super) const FIRST: Self = Self::start_of(LISTS[0]);

    const fn start_of(list: List) -> Self {
        Self { list, after: None }
    }

    /// In the same list, behind `place`.
    pub(super) fn behind(self, place: SubscriberPlace) -> Self {
        Self {
            after: Some(place),
            ..self
        }
    }

    /// The beginning of the next list; none after the last one.
    pub(super) fn next_list(self) -> Option<Self> {
        let mut lists = LISTS.into_iter();
        lists.find(|list| *list == self.list);
        lists.next().map(Self::start_of)
    }

    /// Reads a cursor; none if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, after) = match text.split_once('.') {
            Some((name, after)) => (name, Some(SubscriberPlace::parse(after)?)),
            None => (text, None),
        };
        let list = LISTS.into_iter().find(|list| list.as_str() == name)?;
        Some(Self { list, after })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.list.as_str())?;
        match self.after {
            Some(after) => write!(f, ".{after}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "001767225600000.00000000-0000-0000-0000-000000000abc";

    #[test]
    fn a_cursor_is_read_back_and_nonsense_is_none() {
        let place = SubscriberPlace::parse(PLACE).expect("a place");
        for list in LISTS {
            for position in [
                Position::start_of(list),
                Position::start_of(list).behind(place),
            ] {
                assert_eq!(Position::parse(&position.to_string()), Some(position));
            }
        }
        let unknown = format!("registered.{PLACE}");
        let doubled = format!("confirmed.{PLACE}.{PLACE}");
        for text in [
            "",
            ".",
            "confirmed.",
            "Confirmed",
            PLACE,
            &unknown,
            &doubled,
        ] {
            assert_eq!(Position::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_list_comes_once_and_those_who_wait_after_those_who_left() {
        let first = Some(Position::FIRST);
        let walked: Vec<_> = std::iter::successors(first, |at| at.next_list()).collect();
        assert_eq!(walked.len(), SubscriberStatus::ALL.len() + 1);
        let place = |status| {
            let list = List::Subscribers(status);
            walked
                .iter()
                .position(|at| at.list == list)
                .expect("walked")
        };
        use SubscriberStatus::{Bounced, Complained, Pending, Unsubscribed};
        for left in [Unsubscribed, Bounced, Complained] {
            assert!(place(left) < place(Pending));
        }
    }
}
