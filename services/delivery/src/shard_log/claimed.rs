//! The ids that any claim of a log ever named.

use std::collections::BTreeSet;

use uuid::Uuid;

/// How many fingerprints may wait to be sorted in.
const UNSORTED: usize = 1_024;
/// The bits of a fingerprint that its bucket stands for.
const BUCKET_BITS: u32 = 16;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// How many are allocated at once.
const CHUNK: usize = 4_096;

/// A fingerprint without its bucket.
type Rest = u32;

/// The ids that any claim ever named, in four bytes each.
///
/// A million recipients are 62,500 in each of 16 logs, and one process may hold
/// all of these at once, so an id is kept as a fingerprint of 48 bits, of which
/// its bucket stands for 16. That two of a shard's ids share one, so that a
/// *late* recipient would be taken for one who was claimed, has a chance of one
/// in 4,500 million for each late row: the disk is more likely to lie. What
/// decides whether a page's id is mailed needs no fingerprints: the pages'
/// cursor, and [`ahead`](Self::is_ahead) of it the ids themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Claimed {
    /// Bucket by bucket.
    sorted: Chunks,
    /// How many each bucket has; empty while nothing is sorted.
    buckets: Vec<u16>,
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
        let (before, from) = self.buckets.split_at(self.buckets.len().min(bucket.into()));
        let start = before.iter().map(|of_it| usize::from(*of_it)).sum();
        let end = start + from.first().map_or(0, |of_it| usize::from(*of_it));
        (start..end).any(|place| self.sorted.get(place) == rest)
            || self.unsorted.contains(&(bucket, rest))
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
        self.buckets.resize(BUCKETS, 0);
        let mut read = self.sorted.len;
        let mut written = read + self.unsorted.len();
        self.sorted.grow_to(written);
        for (bucket, of_it) in self.buckets.iter_mut().enumerate().rev() {
            if self.unsorted.is_empty() {
                break;
            }
            for _ in 0..*of_it {
                (read, written) = (read - 1, written - 1);
                self.sorted.set(written, self.sorted.get(read));
            }
            let is_of_it = |one: &mut (u16, Rest)| usize::from(one.0) == bucket;
            while let Some((_, rest)) = self.unsorted.pop_if(is_of_it) {
                written -= 1;
                self.sorted.set(written, rest);
                // A shard has fewer recipients than 65,536 times that.
                *of_it = of_it.saturating_add(1);
            }
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sorted.len + self.unsorted.len()
    }

    /// The bytes that this takes beside itself.
    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.sorted.chunks.len() * CHUNK * size_of::<Rest>()
            + self.buckets.capacity() * size_of::<u16>()
            + self.unsorted.capacity() * size_of::<(u16, Rest)>()
            + self.ahead.len() * size_of::<Uuid>()
    }
}

/// A list that grows without being moved: one that is would leave holes of ever
/// other sizes in the heap, and the process would grow by them.
#[derive(Debug, Clone, Default)]
struct Chunks {
    chunks: Vec<Box<[Rest; CHUNK]>>,
    len: usize,
}

impl Chunks {
    fn get(&self, place: usize) -> Rest {
        self.chunks[place / CHUNK][place % CHUNK]
    }

    fn set(&mut self, place: usize, rest: Rest) {
        self.chunks[place / CHUNK][place % CHUNK] = rest;
    }

    fn grow_to(&mut self, len: usize) {
        let chunks = len.div_ceil(CHUNK);
        self.chunks.resize_with(chunks, || Box::new([0; CHUNK]));
        self.len = len;
    }
}

/// All 128 bits of an id, mixed into 64, of which 48 are kept: the
/// multiplication of wyhash, with two of its constants.
/// <https://github.com/wangyi-fudan/wyhash>
fn fingerprint(id: Uuid) -> (u16, Rest) {
    let (high, low) = id.as_u64_pair();
    let product = u128::from(high ^ 0xa076_1d64_78bd_642f)
        .wrapping_mul(u128::from(low ^ 0xe703_7ed1_a0b4_28db));
    let mixed = (product ^ (product >> 64)) as u64;
    let mixed = mixed.wrapping_add(high.rotate_left(23)).wrapping_add(low);
    let bucket = (mixed >> (u64::BITS - BUCKET_BITS)) as u16;
    (bucket, mixed as Rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_of_a_million_recipients_takes_less_than_seven_bytes_an_id() {
        let mut claimed = Claimed::default();
        let ids = 62_500_u128;
        for id in 1..=ids {
            let id = Uuid::from_u128(id << 64 | id);
            claimed.insert(id, Some(id));
        }
        assert_eq!(claimed.len(), 62_500);
        let bytes = claimed.heap_bytes() as f64 / ids as f64;
        assert!(bytes < 7.0, "{bytes} bytes an id");
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
