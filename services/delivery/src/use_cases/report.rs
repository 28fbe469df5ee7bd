//! Reports on an issue, for subscriptions.

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1,
};
use dynamo::Transaction;
use jiff::Timestamp;
use outbox::{Happening, OutboxEvent};

use crate::{app::Core, contract::Published, domain::issue::Issue, workflow::StepError};

/// Adds a progress report to the transaction that makes it true.
pub(super) fn progressed(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    status: DeliveryStatus,
    counts: DeliveryCounts,
    now: Timestamp,
) -> Result<(), StepError> {
    let report = IssueDeliveryProgressedV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(),
        status,
        reason: None,
        counts,
    };
    write(core, transaction, report, now)
}

/// Adds the report that everybody has an outcome.
pub(super) fn delivered(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    counts: DeliveryCounts,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<(), StepError> {
    let report = IssueDeliveredV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(),
        counts,
        started_at,
        finished_at: now,
    };
    write(core, transaction, report, now)
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
