//! What this service publishes and consumes: the only place that says so.
//!
//! Read by what makes events (`Published`), by the inbound handler (`Consumed`)
//! and by the rules of a bus ([`QUEUES`]). For readers that are not Rust there is
//! `docs/asyncapi/subscriptions.json`, which a test keeps true.

use contracts::events::{
    EmailBouncedV1, EmailComplainedV1, IssueCancelRequestedV1, IssueDeliveredV1,
    IssueDeliveryProgressedV1, IssueExceptionsRecordedV1, IssueHeldResolutionRequestedV1,
    IssuePauseRequestedV1, IssuePublishedV1, IssuePublishedV2, IssueResumeRequestedV1,
    SubscriberConfirmedV1, SubscriberErasedV1, SubscriberRegisteredV1, SubscriberUnsubscribedV1,
    SubscribersImportedV1,
};

contracts::publishes![
    SubscriberRegisteredV1,
    SubscriberConfirmedV1,
    SubscribersImportedV1,
    SubscriberUnsubscribedV1,
    SubscriberErasedV1,
    IssuePublishedV1,
    IssuePublishedV2,
    IssuePauseRequestedV1,
    IssueResumeRequestedV1,
    IssueCancelRequestedV1,
    IssueHeldResolutionRequestedV1,
];

contracts::consumes! {
    /// All of delivery's reports and feedback.
    INBOUND = "inbound" [
        IssueDeliveryProgressedV1,
        IssueExceptionsRecordedV1,
        IssueDeliveredV1,
        EmailBouncedV1,
        EmailComplainedV1,
    ],
}
