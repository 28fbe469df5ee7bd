//! Reports on the sending of an issue, in the domain's words.

use contracts::{
    CloudEvent,
    events::{DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1},
};

use crate::{
    domain::issue::{Counts, IssueStatus, Progress},
    use_cases::record_progress::Report,
};

/// `pennypost.issue.delivery-progressed.v1`
pub(super) fn progressed(event: CloudEvent<IssueDeliveryProgressedV1>) -> Report {
    let data = event.data;
    let status = status(data.status);
    Report {
        event_id: event.id,
        issue_id: data.issue_id,
        progress: Progress {
            version: data.version,
            status,
            reason: data.reason,
            counts: counts(data.counts),
            finished_at: status.is_final().then_some(event.time),
        },
    }
}

/// `pennypost.issue.delivered.v1`
pub(super) fn delivered(event: CloudEvent<IssueDeliveredV1>) -> Report {
    let data = event.data;
    Report {
        event_id: event.id,
        issue_id: data.issue_id,
        progress: Progress {
            version: data.version,
            status: IssueStatus::Delivered,
            reason: None,
            counts: counts(data.counts),
            finished_at: Some(data.finished_at),
        },
    }
}

fn status(status: DeliveryStatus) -> IssueStatus {
    match status {
        DeliveryStatus::Queued => IssueStatus::Queued,
        DeliveryStatus::Sending => IssueStatus::Sending,
        DeliveryStatus::Paused => IssueStatus::Paused,
        DeliveryStatus::Cancelled => IssueStatus::Cancelled,
        DeliveryStatus::Delivered => IssueStatus::Delivered,
    }
}

fn counts(counts: DeliveryCounts) -> Counts {
    Counts {
        recipients: counts.recipients,
        pending: counts.pending,
        accepted: counts.accepted,
        failed: counts.failed,
        suppressed: counts.suppressed,
        skipped: counts.skipped,
        held: counts.held,
        bounced: counts.bounced,
        complained: counts.complained,
    }
}
