//! How far an issue is.

use std::iter::Sum;

use serde::{Deserialize, Serialize};

use super::counts::Counts;

/// How far an issue, or a part of it, is: those who have an outcome, and those
/// who have none yet. They are its recipients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) pending: u64,
    pub(crate) settled: Counts,
}

impl Tally {
    /// Where so many were `planned`, and so many are settled. Who comes late was
    /// not planned: so what is pending is an estimate that is never below zero.
    pub(crate) fn of(planned: u64, settled: Counts) -> Self {
        Self {
            pending: planned.saturating_sub(settled.settled()),
            settled,
        }
    }

    /// Everybody.
    pub(crate) fn recipients(self) -> u64 {
        self.pending + self.settled.settled()
    }
}

impl Sum for Tally {
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

    const SETTLED: Counts = Counts {
        accepted: 1,
        failed: 0,
        suppressed: 0,
        skipped: 0,
        held: 1,
        bounced: 1,
        complained: 0,
    };

    #[test]
    fn the_recipients_are_the_pending_and_the_settled_even_where_more_settle_than_were_planned() {
        for planned in 0..5 {
            let tally = Tally::of(planned, SETTLED);
            assert_eq!(tally.recipients(), planned.max(2));
        }
    }

    #[test]
    fn late_ones_of_one_part_hide_no_pending_ones_of_another() {
        let late = Tally::of(0, SETTLED);
        let sum: Tally = [late, Tally::of(3, Counts::default())].into_iter().sum();
        assert_eq!((sum.pending, sum.recipients()), (3, 5));
    }
}
