//! Mails that went wrong in a row, issue by issue over all shards of this process:
//! calls without a clear answer, and rejections that name nobody at fault. Each
//! shard's log counts its own unclear calls; but an outage is the same for all of
//! them, and sixteen shards that each find out for themselves hold sixteen times
//! as many.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::mail::SendResult;

/// What went wrong in a row, of the issues where something did.
#[derive(Debug, Default)]
pub(crate) struct UnclearCalls {
    in_a_row: Mutex<HashMap<Uuid, InARow>>,
}

/// What went wrong in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct InARow {
    /// Calls that told nothing clear.
    pub(super) unclear: u32,
    /// Mails that were rejected without saying whose fault it is.
    pub(super) unexplained: u32,
    /// The newest of the admins' requests that the calls were made upon.
    upon: u64,
}

impl UnclearCalls {
    /// Counts a call of `issue_id`, whose `results` should be `expected`, made
    /// `upon` that many of the admins' requests: a newer one begins anew. Answers
    /// what there is now in a row; 0 of what this very call was not. A call that
    /// met a mail side out of order tells nothing either way.
    pub(super) fn count(
        &self,
        issue_id: Uuid,
        upon: u64,
        results: &[SendResult],
        expected: usize,
    ) -> InARow {
        let is_unclear = |result: &SendResult| matches!(result, SendResult::Unclear { .. });
        let is_unclear = results.len() != expected || results.iter().any(is_unclear);
        let mut all = self.lock();
        let known = all.get(&issue_id).copied().unwrap_or_default();
        if known.upon > upon {
            // Made before a request that others have met since.
            return InARow::default();
        }
        let mut now = match known.upon < upon {
            true => InARow {
                upon,
                ..InARow::default()
            },
            false => known,
        };
        if is_unclear {
            now.unclear += 1;
        } else if results.iter().any(is_clear) {
            now.unclear = 0;
        }
        for result in results {
            match result {
                SendResult::Accepted => now.unexplained = 0,
                SendResult::Unexplained { .. } => now.unexplained += 1,
                _ => {}
            }
        }
        match now.unclear + now.unexplained {
            0 => all.remove(&issue_id),
            _ => all.insert(issue_id, now),
        };
        let is_unexplained = |result: &SendResult| matches!(result, SendResult::Unexplained { .. });
        InARow {
            unclear: if is_unclear { now.unclear } else { 0 },
            unexplained: match results.iter().any(is_unexplained) {
                true => now.unexplained,
                false => 0,
            },
            upon,
        }
    }

    /// Whether the last call of the issue that told anything was unclear, `upon`
    /// these requests.
    pub(super) fn are_last(&self, issue_id: Uuid, upon: u64) -> bool {
        let all = self.lock();
        let known = all.get(&issue_id);
        known.is_some_and(|known| known.unclear > 0 && known.upon >= upon)
    }

    /// Begins anew: the issue is resumed, or at its end.
    pub(super) fn forget(&self, issue_id: Uuid) {
        self.lock().remove(&issue_id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, InARow>> {
        self.in_a_row.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it tells clearly of a recipient.
fn is_clear(result: &SendResult) -> bool {
    matches!(
        result,
        SendResult::Accepted
            | SendResult::Refused { .. }
            | SendResult::Unsent { .. }
            | SendResult::Unexplained { .. }
    )
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

    fn unexplained() -> SendResult {
        SendResult::Unexplained {
            reason: "rejected".into(),
        }
    }

    #[test]
    fn unclear_calls_are_counted_up_to_a_clear_one_of_the_issue() {
        let calls = UnclearCalls::default();
        let count =
            |results: &[SendResult], expected| calls.count(ISSUE, 0, results, expected).unclear;
        assert_eq!(count(&[SendResult::Accepted, unclear()], 2), 1);
        assert_eq!(count(&[], 2), 2, "no results are unclear");
        let other = Uuid::from_u128(2);
        assert_eq!(calls.count(other, 0, &[SendResult::Accepted], 1).unclear, 0);
        assert_eq!(count(&[SendResult::withdrawn()], 1), 0, "it was not");
        assert!(calls.are_last(ISSUE, 0));
        assert_eq!(count(&[unclear()], 1), 3);
        assert_eq!(count(&[SendResult::Accepted], 1), 0);
        assert!(!calls.are_last(ISSUE, 0));
    }

    #[test]
    fn a_newer_request_begins_anew_and_what_was_called_before_it_does_not_count() {
        let calls = UnclearCalls::default();
        assert_eq!(calls.count(ISSUE, 1, &[unclear()], 1).unclear, 1);
        assert_eq!(calls.count(ISSUE, 1, &[unclear()], 1).unclear, 2);
        assert!(!calls.are_last(ISSUE, 2));
        assert_eq!(calls.count(ISSUE, 2, &[unclear()], 1).unclear, 1);
        assert_eq!(calls.count(ISSUE, 1, &[unclear()], 1).unclear, 0);
        assert_eq!(calls.count(ISSUE, 2, &[unclear()], 1).unclear, 2);
    }

    #[test]
    fn unexplained_rejections_are_counted_up_to_an_accepted_mail() {
        let calls = UnclearCalls::default();
        let count =
            |results: &[SendResult]| calls.count(ISSUE, 0, results, results.len()).unexplained;
        assert_eq!(count(&[unexplained(), unexplained()]), 2);
        let refused = SendResult::Refused {
            reason: "no such mailbox".into(),
        };
        assert_eq!(count(&[refused]), 0, "it was not");
        assert_eq!(count(&[unexplained()]), 3);
        assert!(!calls.are_last(ISSUE, 0), "each told clearly");
        assert_eq!(count(&[SendResult::Accepted]), 0);
        assert_eq!(count(&[unexplained()]), 1);
    }
}
