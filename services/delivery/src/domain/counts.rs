//! Recipients by outcome.

use std::{iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// A shard's recipients of one issue by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) accepted: u64,
    pub(crate) failed: u64,
    pub(crate) suppressed: u64,
    pub(crate) skipped: u64,
    pub(crate) held: u64,
    /// Among the accepted.
    pub(crate) bounced: u64,
    /// Among the accepted.
    pub(crate) complained: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            failed: self.failed + other.failed,
            suppressed: self.suppressed + other.suppressed,
            skipped: self.skipped + other.skipped,
            held: self.held + other.held,
            bounced: self.bounced + other.bounced,
            complained: self.complained + other.complained,
        }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl Counts {
    /// Everybody with an outcome.
    pub(crate) fn settled(&self) -> u64 {
        self.accepted + self.failed + self.suppressed + self.skipped + self.held
    }
}
