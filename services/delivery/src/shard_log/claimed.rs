//! The ids that any claim of a log ever named.

use std::collections::BTreeSet;

use uuid::Uuid;

/// How many fingerprints may wait to be sorted in.
const UNSORTED: usize = 1_024;
/// The bits of a fingerprint that its bucket stands for.
const BUCKET_BITS: u32 = 12;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// The bytes of a fingerprint that are kept beside that.
const REST_BYTES: usize = 5;

/// A fingerprint without its bucket.
type Rest = [u8; REST_BYTES];

/// The ids that any claim ever named, in five bytes each.
///
/// A million recipients are 62,500 in each of 16 logs, and one process may hold
/// all of these at once, so an id is kept as a fingerprint of 52 bits, of which
/// its bucket stands for 12. That two of a shard's ids share one, so that a
/// *late* recipient would be taken for one who was claimed, has a chance of one
/// in 70 thousand million for each late row: the disk is more likely to lie. What
/// decides whether a page's id is mailed needs no fingerprints: the pages'
/// cursor, and [`ahead`](Self::is_ahead) of it the ids themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Claimed {
    /// Bucket by bucket.
    sorted: Vec<Rest>,
    /// Where each bucket ends; empty while nothing is sorted.
    ends: Vec<u32>,
    unsorted: Vec<(u16, Rest)>,
    /// Beyond the cursor, exactly: those who were claimed as late ones before
    /// the pages have got there.
    ahead: BTreeSet<Uuid>,
}

impl Claimed {
    /// Adds `id`, which is not in it yet.
    pub(super) fn insert(&mut self, id: Uuid, cursor: Option<Uuid>) {
        self.unsorted.push(fingerprint(id));
        if self.unsorted.len() >= UNSORTED {
            self.sort_in();
        }
        if Some(id) > cursor {
            self.ahead.insert(id);
        }
    }

    /// Whether a claim named `id`.
    pub(super) fn contains(&self, id: Uuid) -> bool {
        let (bucket, rest) = fingerprint(id);
        let in_bucket = &self.sorted[self.start(bucket.into())..self.end(bucket.into())];
        in_bucket.contains(&rest) || self.unsorted.contains(&(bucket, rest))
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

    /// Moves the buckets apart, the last first, and what is unsorted in between.
    fn sort_in(&mut self) {
        self.unsorted.sort_unstable();
        let mut read = self.sorted.len();
        let mut written = read + self.unsorted.len();
        // Doubling would let the peak depend on where the list ends.
        self.sorted.reserve_exact(self.unsorted.len());
        self.sorted.resize(written, Rest::default());
        let mut ends = vec![0; BUCKETS];
        for (bucket, end) in ends.iter_mut().enumerate().rev() {
            // A shard has fewer recipients than that.
            *end = u32::try_from(written).unwrap_or(u32::MAX);
            let start = self.start(bucket);
            written -= read - start;
            self.sorted.copy_within(start..read, written);
            read = start;
            let is_of_it = |one: &mut (u16, Rest)| usize::from(one.0) == bucket;
            while let Some((_, rest)) = self.unsorted.pop_if(is_of_it) {
                written -= 1;
                self.sorted[written] = rest;
            }
        }
        self.ends = ends;
    }

    fn start(&self, bucket: usize) -> usize {
        bucket.checked_sub(1).map_or(0, |before| self.end(before))
    }

    fn end(&self, bucket: usize) -> usize {
        self.ends.get(bucket).map_or(0, |end| *end as usize)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sorted.len() + self.unsorted.len()
    }

    /// The bytes that this takes beside itself.
    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.sorted.capacity() * size_of::<Rest>()
            + self.ends.capacity() * size_of::<u32>()
            + self.unsorted.capacity() * size_of::<(u16, Rest)>()
            + self.ahead.len() * size_of::<Uuid>()
    }
}

/// All 128 bits of an id, mixed into 64, of which 52 are kept: the
/// multiplication of wyhash, with two of its constants.
/// <https://github.com/wangyi-fudan/wyhash>
fn fingerprint(id: Uuid) -> (u16, Rest) {
    let (high, low) = id.as_u64_pair();
    let product = u128::from(high ^ 0xa076_1d64_78bd_642f)
        .wrapping_mul(u128::from(low ^ 0xe703_7ed1_a0b4_28db));
    let mixed = (product ^ (product >> 64)) as u64;
    let mixed = mixed.wrapping_add(high.rotate_left(23)).wrapping_add(low);
    let [_, .., a, b, c, d, e] = mixed.to_be_bytes();
    let bucket = (mixed >> (u64::BITS - BUCKET_BITS)) as u16;
    (bucket, [a, b, c, d, e])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_of_a_million_recipients_takes_less_than_six_bytes_an_id() {
        let mut claimed = Claimed::default();
        let ids = 62_500_u128;
        for id in 1..=ids {
            let id = Uuid::from_u128(id << 64 | id);
            claimed.insert(id, Some(id));
        }
        assert_eq!(claimed.len(), 62_500);
        let bytes = claimed.heap_bytes() as f64 / ids as f64;
        assert!(bytes < 6.0, "{bytes} bytes an id");
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
