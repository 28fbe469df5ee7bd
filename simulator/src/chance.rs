//! Everything that is left to chance, from one seed.

use std::sync::{Mutex, PoisonError};

use ambient::Randomness;

/// Random numbers that a seed repeats: SplitMix64.
/// Source: <https://prng.di.unimi.it/splitmix64.c>
#[derive(Debug)]
pub(crate) struct Chance(Mutex<u64>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Once in so many times; never for 0.
    pub(crate) fn one_in(&self, times: u64) -> bool {
        times != 0 && self.below(times) == 0
    }

    /// One of `all`, which is not empty.
    pub(crate) fn one_of<T: Copy>(&self, all: &[T]) -> T {
        let at = self.below(all.len() as u64);
        all[usize::try_from(at).expect("below a length")]
    }
}

/// Ids and secrets from the seed. Most ids fall into few shards, so that
/// workers have several claims to make in one.
#[derive(Debug)]
pub(crate) struct SeededRandomness {
    chance: Chance,
    crowded: [u8; 2],
}

/// The byte of an id by which delivery chooses its shard.
const SHARD_BYTE: usize = 15;

impl SeededRandomness {
    pub(crate) fn new(seed: u64) -> Self {
        let chance = Chance::new(seed);
        let crowded = [chance.below(16) as u8, chance.below(16) as u8];
        Self { chance, crowded }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, buffer: &mut [u8]) {
        for bytes in buffer.chunks_mut(8) {
            bytes.copy_from_slice(&self.chance.next().to_le_bytes()[..bytes.len()]);
        }
        if buffer.len() == SHARD_BYTE + 1 && !self.chance.one_in(4) {
            let shard = self.chance.one_of(&self.crowded);
            buffer[SHARD_BYTE] = buffer[SHARD_BYTE] & 0xf0 | shard;
        }
    }
}
