//! Exceptions of an issue, in the domain's words.

use contracts::events::{
    ExceptionEntry, ExceptionOutcome as EventOutcome, IssueExceptionsRecordedV1,
};

use crate::domain::{
    SubscriberId,
    exception::{Exception, ExceptionOutcome},
};

/// `pennypost.issue.exceptions-recorded.v1`
pub(super) fn recorded(data: IssueExceptionsRecordedV1) -> Vec<Exception> {
    let IssueExceptionsRecordedV1 {
        issue_id,
        shard,
        row,
        entries,
    } = data;
    let exception = |entry: ExceptionEntry| Exception {
        issue_id,
        subscriber_id: SubscriberId(entry.subscriber_id),
        outcome: outcome(entry.outcome),
        reason: entry.reason,
        at: entry.at,
        shard,
        row,
    };
    entries.into_iter().map(exception).collect()
}

fn outcome(outcome: EventOutcome) -> ExceptionOutcome {
    match outcome {
        EventOutcome::Failed => ExceptionOutcome::Failed,
        EventOutcome::Suppressed => ExceptionOutcome::Suppressed,
        EventOutcome::Skipped => ExceptionOutcome::Skipped,
        EventOutcome::Held => ExceptionOutcome::Held,
        EventOutcome::Accepted => ExceptionOutcome::Accepted,
    }
}
