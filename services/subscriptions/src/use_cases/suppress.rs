//! Delivery reports that an address must not be mailed again.

use contracts::events::{SubscriberUnsubscribedV1, UnsubscribeReason};
use jiff::Timestamp;
use outbox::SeenEvent;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::SubscriberId,
    store::{Decision, MovedSubscriber, StoreError, until_settled},
};

/// What delivery reports of a subscriber.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feedback {
    /// The event's id.
    pub(crate) event_id: Uuid,
    pub(crate) subscriber_id: SubscriberId,
    pub(crate) kind: FeedbackKind,
    /// The issue whose mail it was, where that is known.
    pub(crate) issue_id: Option<Uuid>,
    /// When the mail came back or was marked.
    pub(crate) at: Timestamp,
}

/// What happened to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedbackKind {
    /// It came back for good.
    Bounce,
    /// It was marked as spam.
    Complaint,
}

/// Ends the subscription that the feedback is about, unless it has ended.
/// Idempotent: the event is remembered with its effect, or its having none.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn suppress(app: &AppState, feedback: Feedback) -> Result<(), StoreError> {
    until_settled(|| attempt(app, feedback)).await
}

async fn attempt(app: &AppState, feedback: Feedback) -> Result<(), StoreError> {
    let slot = app.store.audience_slot(feedback.subscriber_id.0).await?;
    let now = slot.moment(app.clock.now());
    let subscriber = app.store.subscriber(feedback.subscriber_id).await?;
    let Feedback { issue_id, at, .. } = feedback;
    let (suppressed, reason) = match feedback.kind {
        FeedbackKind::Bounce => (
            subscriber.as_ref().and_then(|it| it.bounce(issue_id, at)),
            UnsubscribeReason::Bounce,
        ),
        FeedbackKind::Complaint => (
            subscriber.as_ref().and_then(|it| it.complain(issue_id, at)),
            UnsubscribeReason::Complaint,
        ),
    };
    let mut decision = Decision::new().seen(SeenEvent::new(feedback.event_id, now));
    if let (Some(before), Some(suppressed)) = (&subscriber, suppressed) {
        let unsubscribed = SubscriberUnsubscribedV1 {
            subscriber_id: suppressed.id.0,
            version: suppressed.version,
            reason,
            issue_id: feedback.issue_id,
            at: now,
        };
        decision = decision
            .write(MovedSubscriber {
                before,
                after: suppressed,
                slot,
                at: now,
            })
            .event(app.event(unsubscribed, now)?);
    }
    app.store.commit_once(decision).await
}
