//! Mail calls without a clear answer, issue by issue over all shards of this
//! process. Each shard's log counts its own; but an outage is the same for all of
//! them, and sixteen shards that each find out for themselves hold sixteen times
//! as many.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::mail::SendResult;

/// How many calls in a row told nothing clear, of the issues where the last did.
#[derive(Debug, Default)]
pub(crate) struct UnclearCalls {
    in_a_row: Mutex<HashMap<Uuid, u32>>,
}

impl UnclearCalls {
    /// Counts a call of `issue_id`, whose `results` should be `expected`; how
    /// many there are now in a row. A call that met a mail side out of order tells
    /// nothing either way.
    pub(super) fn count(&self, issue_id: Uuid, results: &[SendResult], expected: usize) -> u32 {
        let is_unclear = |result: &SendResult| matches!(result, SendResult::Unclear { .. });
        let is_clear = |result: &SendResult| {
            matches!(
                result,
                SendResult::Accepted | SendResult::Refused { .. } | SendResult::Unsent { .. }
            )
        };
        let mut in_a_row = self.lock();
        if results.len() != expected || results.iter().any(is_unclear) {
            let count = in_a_row.entry(issue_id).or_default();
            *count += 1;
            return *count;
        }
        if results.iter().any(is_clear) {
            in_a_row.remove(&issue_id);
        }
        in_a_row.get(&issue_id).copied().unwrap_or_default()
    }

    /// Whether the last call of the issue that told anything was unclear.
    pub(super) fn are_last(&self, issue_id: Uuid) -> bool {
        self.lock().contains_key(&issue_id)
    }

    /// Begins anew: the issue is resumed, or at its end.
    pub(super) fn forget(&self, issue_id: Uuid) {
        self.lock().remove(&issue_id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, u32>> {
        self.in_a_row.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUE: Uuid = Uuid::from_u128(1);

    fn unclear() -> SendResult {
        SendResult::Unclear {
            reason: "lost".into(),
        }
    }

    #[test]
    fn unclear_calls_are_counted_up_to_a_clear_one_of_the_issue() {
        let calls = UnclearCalls::default();
        assert_eq!(calls.count(ISSUE, &[SendResult::Accepted, unclear()], 2), 1);
        assert_eq!(calls.count(ISSUE, &[], 2), 2, "no results are unclear");
        let other = Uuid::from_u128(2);
        assert_eq!(calls.count(other, &[SendResult::Accepted], 1), 0);
        assert_eq!(calls.count(ISSUE, &[SendResult::withdrawn()], 1), 2);
        assert!(calls.are_last(ISSUE));
        assert_eq!(calls.count(ISSUE, &[SendResult::Accepted], 1), 0);
        assert!(!calls.are_last(ISSUE));
    }
}
