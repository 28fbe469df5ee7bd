//! One file for each version of each event: its data, documented.

mod delivery_counts;
mod email_bounced_v1;
mod email_complained_v1;
mod issue_cancel_requested_v1;
mod issue_delivered_v1;
mod issue_delivery_progressed_v1;
mod issue_exceptions_recorded_v1;
mod issue_held_resolution_requested_v1;
mod issue_pause_requested_v1;
mod issue_published_v1;
mod issue_published_v2;
mod issue_resume_requested_v1;
mod subscriber_confirmed_v1;
mod subscriber_erased_v1;
mod subscriber_registered_v1;
mod subscriber_unsubscribed_v1;
mod subscribers_imported_v1;

pub use delivery_counts::{DeliveryCounts, DeliveryStatus};
pub use email_bounced_v1::{BounceKind, EmailBouncedV1};
pub use email_complained_v1::EmailComplainedV1;
pub use issue_cancel_requested_v1::IssueCancelRequestedV1;
pub use issue_delivered_v1::IssueDeliveredV1;
pub use issue_delivery_progressed_v1::IssueDeliveryProgressedV1;
pub use issue_exceptions_recorded_v1::{
    ExceptionEntry, ExceptionOutcome, IssueExceptionsRecordedV1,
};
pub use issue_held_resolution_requested_v1::{
    AllHeld, HeldAction, HeldSelection, IssueHeldResolutionRequestedV1,
};
pub use issue_pause_requested_v1::IssuePauseRequestedV1;
pub use issue_published_v1::IssuePublishedV1;
pub use issue_published_v2::IssuePublishedV2;
pub use issue_resume_requested_v1::IssueResumeRequestedV1;
pub use subscriber_confirmed_v1::SubscriberConfirmedV1;
pub use subscriber_erased_v1::SubscriberErasedV1;
pub use subscriber_registered_v1::SubscriberRegisteredV1;
pub use subscriber_unsubscribed_v1::{SubscriberUnsubscribedV1, UnsubscribeReason};
pub use subscribers_imported_v1::SubscribersImportedV1;
