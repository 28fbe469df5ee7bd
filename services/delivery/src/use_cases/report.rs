//! Reports on an issue, for subscriptions.

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1,
};
use dynamo::Transaction;
use jiff::Timestamp;
use outbox::{Happening, OutboxEvent};
use uuid::Uuid;

use crate::{
    app::Core,
    contract::Published,
    domain::{
        issue::{Issue, Status},
        tally::Tally,
    },
    workflow::StepError,
};

/// Adds a report on status and counts to the transaction that makes it true.
pub(super) fn progressed(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    tally: Tally,
    now: Timestamp,
) -> Result<(), StepError> {
    let (status, reason) = match &issue.status {
        Status::Sending => (DeliveryStatus::Sending, None),
        Status::Paused { reason } => (DeliveryStatus::Paused, reason.clone()),
        Status::Cancelled => (DeliveryStatus::Cancelled, None),
        Status::Delivered => (DeliveryStatus::Delivered, None),
    };
    let report = IssueDeliveryProgressedV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(tally, now),
        status,
        reason,
        counts: delivery_counts(tally),
    };
    write(core, transaction, report, now)
}

/// The same, if it is news.
pub(super) fn progressed_if_news(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    tally: Tally,
    now: Timestamp,
) -> Result<(), StepError> {
    match issue.is_news(tally) {
        true => progressed(core, transaction, issue, tally, now),
        false => Ok(()),
    }
}

/// Adds the report that everybody has an outcome.
pub(super) fn delivered(
    core: &Core,
    transaction: &mut Transaction,
    issue: &mut Issue,
    tally: Tally,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<(), StepError> {
    let report = IssueDeliveredV1 {
        issue_id: issue.issue_id,
        version: issue.next_report(tally, now),
        counts: delivery_counts(tally),
        started_at,
        finished_at: now,
    };
    write(core, transaction, report, now)
}

fn delivery_counts(tally: Tally) -> DeliveryCounts {
    let settled = tally.settled;
    DeliveryCounts {
        recipients: tally.recipients(),
        pending: tally.pending,
        accepted: settled.accepted,
        failed: settled.failed,
        suppressed: settled.suppressed,
        skipped: settled.skipped,
        held: settled.held,
        bounced: settled.bounced,
        complained: settled.complained,
    }
}

/// Adds an event to the transaction that makes it true.
pub(super) fn write<D: Published>(
    core: &Core,
    transaction: &mut Transaction,
    event: D,
    now: Timestamp,
) -> Result<(), StepError> {
    write_as(core, transaction, core.randomness.uuid(), event, now)
}

/// The same, with an id of the caller's: whoever tells the same again has the same.
pub(super) fn write_as<D: Published>(
    core: &Core,
    transaction: &mut Transaction,
    id: Uuid,
    event: D,
    now: Timestamp,
) -> Result<(), StepError> {
    let happening = Happening {
        id,
        at: now,
        stage: &core.config.stage,
    };
    OutboxEvent::new(event, happening)
        .map_err(|error| StepError::Permanent(error.to_string()))?
        .write(transaction);
    Ok(())
}
