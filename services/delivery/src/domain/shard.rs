//! Recipients are spread over shards, so that an issue is sent in parallel and
//! no partition of the table gets hot.

use std::fmt;

use uuid::Uuid;

/// How many shards there are. To change it is to move every recipient.
pub(crate) const SHARDS: u16 = 16;

/// Something of each shard, in the order of their numbers.
pub(crate) type PerShard<T> = [T; SHARDS as usize];

/// One of the [`SHARDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Shard(u16);

impl Shard {
    /// The shard of that number; none if there is no such shard.
    pub(crate) fn numbered(number: u16) -> Option<Self> {
        (number < SHARDS).then_some(Self(number))
    }

    /// The shard of a subscriber.
    pub(crate) fn of(subscriber_id: Uuid) -> Self {
        // The last byte of a version 4 UUID is random.
        Self(u16::from(subscriber_id.as_bytes()[15]) % SHARDS)
    }

    /// Its number, from 0.
    pub(crate) fn number(self) -> u16 {
        self.0
    }

    /// Its place in a [`PerShard`].
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Every shard.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..SHARDS).map(Self)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subscriber_has_one_of_the_shards() {
        for last in 0..=u8::MAX {
            let mut bytes = [7; 16];
            bytes[15] = last;
            let shard = Shard::of(Uuid::from_bytes(bytes));
            assert_eq!(Shard::all().filter(|one| *one == shard).count(), 1);
        }
    }

    #[test]
    fn there_is_no_shard_beyond_the_last() {
        assert!(Shard::numbered(SHARDS - 1).is_some());
        assert!(Shard::numbered(SHARDS).is_none());
    }
}
