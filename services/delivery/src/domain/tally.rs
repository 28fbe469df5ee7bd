//! The recipients of an issue by outcome.

use std::{iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// An outcome that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    Accepted,
    Failed,
    Skipped,
    Held,
}

/// How many recipients have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    pub(crate) accepted: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    pub(crate) held: u64,
}

/// How far an issue, or a part of it, is: those who have an outcome, and those
/// who have none yet. They are its recipients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) pending: u64,
    pub(crate) settled: Tally,
}

impl Tally {
    /// With one more that has that outcome.
    pub(crate) fn with(mut self, outcome: Settled) -> Self {
        let count = match outcome {
            Settled::Accepted => &mut self.accepted,
            Settled::Failed => &mut self.failed,
            Settled::Skipped => &mut self.skipped,
            Settled::Held => &mut self.held,
        };
        *count += 1;
        self
    }

    /// Everybody who has an outcome.
    pub(crate) fn total(self) -> u64 {
        self.accepted + self.failed + self.skipped + self.held
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
            held: self.held + other.held,
        }
    }
}

impl Counts {
    /// Where so many were `planned`, and so many are settled. Who is removed
    /// before their turn never settles, and who comes late was not planned: so
    /// what is pending is an estimate that is never below zero.
    pub(crate) fn of(planned: u64, settled: Tally) -> Self {
        Self {
            pending: planned.saturating_sub(settled.total()),
            settled,
        }
    }

    /// Everybody.
    pub(crate) fn recipients(self) -> u64 {
        self.pending + self.settled.total()
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            pending: sum.pending + one.pending,
            settled: sum.settled + one.settled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(outcomes: &[Settled]) -> Tally {
        let none = Tally::default();
        outcomes.iter().fold(none, |sum, one| sum.with(*one))
    }

    #[test]
    fn every_outcome_is_counted_once() {
        use Settled::{Accepted, Failed, Held, Skipped};
        let tally = settled(&[Accepted, Failed, Failed, Skipped, Held, Held, Held]);
        assert_eq!(
            (tally.accepted, tally.failed, tally.skipped, tally.held),
            (1, 2, 1, 3)
        );
        assert_eq!(tally.total(), 7);
        assert_eq!((tally + tally).total(), 14);
    }

    #[test]
    fn the_recipients_are_the_pending_and_the_settled_even_where_more_settle_than_were_planned() {
        for planned in 0..5 {
            let settled = settled(&[Settled::Accepted, Settled::Held]);
            let counts = Counts::of(planned, settled);
            assert_eq!(counts.recipients(), planned.max(2));
        }
    }

    #[test]
    fn late_ones_of_one_part_hide_no_pending_ones_of_another() {
        let late = Counts::of(0, settled(&[Settled::Accepted]));
        let sum: Counts = [late, Counts::of(3, Tally::default())].into_iter().sum();
        assert_eq!((sum.pending, sum.recipients()), (3, 4));
    }
}
