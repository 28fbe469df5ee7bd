//! What became of a mail after it was accepted, in the domain's words.

use contracts::{
    CloudEvent,
    events::{BounceKind, EmailBouncedV1, EmailComplainedV1},
};

use crate::{
    domain::SubscriberId,
    use_cases::suppress::{Feedback, FeedbackKind},
};

/// `pennypost.email.bounced.v1`; none for a passing fault, such as a full
/// mailbox: that ends no subscription.
pub(super) fn bounced(event: &CloudEvent<EmailBouncedV1>) -> Option<Feedback> {
    let data = &event.data;
    (data.kind == BounceKind::Permanent).then_some(Feedback {
        event_id: event.id,
        subscriber_id: SubscriberId(data.subscriber_id),
        kind: FeedbackKind::Bounce,
        issue_id: data.issue_id,
        at: data.at,
    })
}

/// `pennypost.email.complained.v1`
pub(super) fn complained(event: &CloudEvent<EmailComplainedV1>) -> Feedback {
    let data = &event.data;
    Feedback {
        event_id: event.id,
        subscriber_id: SubscriberId(data.subscriber_id),
        kind: FeedbackKind::Complaint,
        issue_id: data.issue_id,
        at: data.at,
    }
}
