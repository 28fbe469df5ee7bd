//! The ids that any claim of a log ever named.

use std::collections::BTreeSet;

use uuid::Uuid;

/// How many fingerprints may wait to be sorted in.
const UNSORTED: usize = 1_024;

/// The ids that any claim ever named, in eight bytes each.
///
/// A million recipients are 62,500 in each of 16 logs, and one process may hold
/// all of these at once, so an id is kept as a fingerprint of 64 bits. That two
/// of a shard's ids share one, so that a *late* recipient would be taken for one
/// who was claimed, has a chance of one in 300 million million for each late
/// row: the disk is more likely to lie. What decides whether a page's id is
/// mailed needs no fingerprints: the pages' cursor, and
/// [`ahead`](Self::is_ahead) of it the ids themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Claimed {
    fingerprints: Vec<u64>,
    /// How many of these, from the first, are in order.
    sorted: usize,
    /// Beyond the cursor, exactly: those who were claimed as late ones before
    /// the pages have got there.
    ahead: BTreeSet<Uuid>,
}

impl Claimed {
    /// Adds `id`, which is not in it yet.
    pub(super) fn insert(&mut self, id: Uuid, cursor: Option<Uuid>) {
        if self.fingerprints.len() == self.fingerprints.capacity() {
            // Doubling would let the peak depend on where the list ends.
            self.fingerprints.reserve_exact(4 * UNSORTED);
        }
        self.fingerprints.push(fingerprint(id));
        if self.fingerprints.len() - self.sorted > UNSORTED {
            // Two runs, one of them short: the stable sort merges them.
            self.fingerprints.sort();
            self.sorted = self.fingerprints.len();
        }
        if Some(id) > cursor {
            self.ahead.insert(id);
        }
    }

    /// Whether a claim named `id`.
    pub(super) fn contains(&self, id: Uuid) -> bool {
        let sought = fingerprint(id);
        let (sorted, recent) = self.fingerprints.split_at(self.sorted);
        recent.contains(&sought) || sorted.binary_search(&sought).is_ok()
    }

    /// Whether a claim named `id`, which is beyond the cursor.
    pub(super) fn is_ahead(&self, id: Uuid) -> bool {
        self.ahead.contains(&id)
    }

    /// The pages have got to `cursor`.
    pub(super) fn pass(&mut self, cursor: Uuid) {
        self.ahead = self.ahead.split_off(&cursor);
        self.ahead.remove(&cursor);
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// The bytes that this takes beside itself.
    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.fingerprints.capacity() * size_of::<u64>() + self.ahead.len() * size_of::<Uuid>()
    }
}

/// All 128 bits of an id, mixed into 64: the multiplication of wyhash, with two
/// of its constants. <https://github.com/wangyi-fudan/wyhash>
fn fingerprint(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    let product = u128::from(high ^ 0xa076_1d64_78bd_642f)
        .wrapping_mul(u128::from(low ^ 0xe703_7ed1_a0b4_28db));
    let mixed = (product ^ (product >> 64)) as u64;
    mixed.wrapping_add(high.rotate_left(23)).wrapping_add(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_of_a_million_recipients_takes_less_than_nine_bytes_an_id() {
        let mut claimed = Claimed::default();
        let ids = 62_500_u128;
        for id in 1..=ids {
            let id = Uuid::from_u128(id << 64 | id);
            claimed.insert(id, Some(id));
        }
        assert_eq!(claimed.len(), 62_500);
        let bytes = claimed.heap_bytes() as f64 / ids as f64;
        assert!(bytes < 9.0, "{bytes} bytes an id");
    }

    #[test]
    fn it_has_whom_it_was_given_and_nobody_else() {
        let mut claimed = Claimed::default();
        for id in (0..20_000).step_by(2) {
            claimed.insert(Uuid::from_u128(id), Some(Uuid::max()));
        }
        for id in 0..20_000 {
            assert_eq!(claimed.contains(Uuid::from_u128(id)), id % 2 == 0, "{id}");
        }
    }

    #[test]
    fn those_ahead_are_forgotten_when_the_cursor_has_passed_them() {
        let mut claimed = Claimed::default();
        for id in [3, 5, 9] {
            claimed.insert(Uuid::from_u128(id), Some(Uuid::from_u128(3)));
        }
        assert!(!claimed.is_ahead(Uuid::from_u128(3)));
        assert!(claimed.is_ahead(Uuid::from_u128(5)));
        claimed.pass(Uuid::from_u128(5));
        assert!(!claimed.is_ahead(Uuid::from_u128(5)));
        assert!(claimed.is_ahead(Uuid::from_u128(9)));
        assert!(claimed.contains(Uuid::from_u128(5)));
    }
}
