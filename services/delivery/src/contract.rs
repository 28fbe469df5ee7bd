//! What this service publishes and consumes: the only place that says so.
//!
//! Read by what makes events (`Published`), by the inbound handler (`Consumed`)
//! and by the rules of a bus ([`QUEUES`]). For readers that are not Rust there is
//! `docs/asyncapi/delivery.json`, which a test keeps true.

use contracts::events::{
    EmailBouncedV1, EmailComplainedV1, IssueCancelRequestedV1, IssueDeliveredV1,
    IssueDeliveryProgressedV1, IssueExceptionsRecordedV1, IssueHeldResolutionRequestedV1,
    IssuePauseRequestedV1, IssuePublishedV1, IssuePublishedV2, IssueResumeRequestedV1,
    SubscriberConfirmedV1, SubscriberErasedV1, SubscriberRegisteredV1, SubscriberUnsubscribedV1,
    SubscribersImportedV1,
};

contracts::publishes![
    IssueDeliveryProgressedV1,
    IssueExceptionsRecordedV1,
    IssueDeliveredV1,
    EmailBouncedV1,
    EmailComplainedV1,
];

contracts::consumes! {
    /// Each is a mail, so that a slow mail side holds up this queue.
    CONFIRMATIONS = "confirmations" [SubscriberRegisteredV1],
    /// Each is to have its effect within two seconds, however many recipients
    /// are on their way: a queue of their own.
    CONTROLS = "controls" [
        IssuePauseRequestedV1,
        IssueResumeRequestedV1,
        IssueCancelRequestedV1,
    ],
    /// Who is a recipient, and what is published. Nothing here waits for the
    /// mail side.
    CHANGES = "inbound" [
        SubscriberConfirmedV1,
        SubscribersImportedV1,
        SubscriberUnsubscribedV1,
        SubscriberErasedV1,
        IssuePublishedV1,
        IssuePublishedV2,
        IssueHeldResolutionRequestedV1,
    ],
}
