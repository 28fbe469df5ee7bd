//! Where subscribers stand in their lists.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::{Subscriber, SubscriberId};

/// A subscriber's place among all, whatever their status: by when they
/// subscribed; among the erased, by when they were. It stays good when the
/// subscriber is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubscriberPlace {
    /// Milliseconds since the epoch.
    moment: i64,
    /// Parts those of the same millisecond.
    id: Uuid,
}

impl SubscriberPlace {
    /// The place of `subscriber`.
    pub(crate) fn of(subscriber: &Subscriber) -> Self {
        Self::at(subscriber.subscribed_at, subscriber.id)
    }

    /// The place of `id` by that moment.
    pub(super) fn at(moment: Timestamp, id: SubscriberId) -> Self {
        Self {
            moment: moment.as_millisecond(),
            id: id.0,
        }
    }

    /// Whose place it is.
    pub(super) fn id(&self) -> SubscriberId {
        SubscriberId(self.id)
    }

    /// Reads a place as it stands in a link; none if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (moment, id) = text.split_once('.')?;
        let moment: i64 = moment.parse().ok()?;
        Timestamp::from_millisecond(moment).ok()?;
        let place = Self {
            moment,
            id: id.parse().ok()?,
        };
        // Another spelling would stand elsewhere in the list.
        (place.to_string() == text).then_some(place)
    }
}

/// Texts have the order of the places, for all times since the epoch.
impl fmt::Display for SubscriberPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}.{}", self.moment, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(moment: i64, id: u128) -> SubscriberPlace {
        SubscriberPlace {
            moment,
            id: Uuid::from_u128(id),
        }
    }

    #[test]
    fn a_place_is_read_back_and_nonsense_is_none() {
        let place = place(1_234, 0xABC);
        let text = place.to_string();
        assert_eq!(SubscriberPlace::parse(&text), Some(place));
        let upper = text.to_uppercase();
        let short = text.trim_start_matches('0');
        let signed = format!("+{}", &text[1..]);
        for text in ["", ".", "1", "x.y", "1.2", &upper, short, &signed] {
            assert_eq!(SubscriberPlace::parse(text), None, "{text}");
        }
    }

    #[test]
    fn texts_have_the_order_of_the_places() {
        let places = [
            place(0, 9),
            place(9, 1),
            place(10, 0),
            place(10, 0x1F),
            place(10, u128::MAX),
            place(253_402_207_200_000, 1),
        ];
        assert!(places.is_sorted());
        assert!(places.map(|place| place.to_string()).is_sorted());
    }
}
