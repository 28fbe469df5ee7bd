//! Reports on an issue, for subscriptions.

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1,
};
use dynamo::Transaction;
use jiff::Timestamp;
use outbox::{Happening, OutboxEvent};

use crate::{
    app::Core,
    contract::Published,
    domain::{issue::Issue, tally::Counts},
    workflow::StepError,
};

/// Adds a progress report to the transaction that makes it true. What was
/// delivered stays that, also while a late run changes the counts.
pub(super) fn progressed(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    counts: Counts,
    now: Timestamp,
) -> Result<(), StepError> {
    let report = IssueDeliveryProgressedV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(counts, now),
        status: match issue.delivered_at {
            None => DeliveryStatus::Sending,
            Some(_) => DeliveryStatus::Delivered,
        },
        reason: None,
        counts: delivery_counts(counts),
    };
    write(core, transaction, report, now)
}

/// Adds the report that everybody has an outcome.
pub(super) fn delivered(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    counts: Counts,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<(), StepError> {
    let report = IssueDeliveredV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(counts, now),
        counts: delivery_counts(counts),
        started_at,
        finished_at: now,
    };
    write(core, transaction, report, now)
}

fn delivery_counts(counts: Counts) -> DeliveryCounts {
    DeliveryCounts {
        recipients: counts.recipients(),
        pending: counts.pending,
        accepted: counts.settled.accepted,
        failed: counts.settled.failed,
        skipped: counts.settled.skipped,
        held: counts.settled.held,
        // Of these delivery knows nothing yet.
        suppressed: 0,
        bounced: 0,
        complained: 0,
    }
}

fn write<D: Published>(
    core: &Core,
    transaction: &mut Transaction,
    report: D,
    now: Timestamp,
) -> Result<(), StepError> {
    let happening = Happening {
        id: core.randomness.uuid(),
        at: now,
        stage: &core.config.stage,
    };
    OutboxEvent::new(report, happening)
        .map_err(|error| StepError::Permanent(error.to_string()))?
        .write(transaction);
    Ok(())
}
