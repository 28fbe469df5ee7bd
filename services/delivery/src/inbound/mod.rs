//! The events of subscriptions: one arm for each that is declared in
//! [`contract`](crate::contract).

mod announcement;
mod feedback;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    BusEvent, CloudEvent,
    events::{
        AllHeld, HeldAction, HeldSelection, IssueCancelRequestedV1, IssueHeldResolutionRequestedV1,
        IssuePauseRequestedV1, IssuePublishedV1, IssuePublishedV2, IssueResumeRequestedV1,
        SubscriberConfirmedV1, SubscriberErasedV1, SubscriberRegisteredV1,
        SubscriberUnsubscribedV1, SubscribersImportedV1, UnsubscribeReason,
    },
};
use jiff::Timestamp;
use outbox::{HandleError, MessageHandler};
use tracing::Instrument;
use uuid::Uuid;

pub(crate) use self::feedback::Feedback;
use crate::{
    app::Core,
    contract::Consumed,
    domain::recipient::{Contact, Gone, Leaving, Recipient, Standing},
    shard_log::{Action, Decision, Resolution},
    use_cases::{
        accept_issue::accept_issue,
        control_issue::{Request, control_issue},
        project_subscriber::project_subscribers,
        resolve_held::resolve_held,
        send_confirmation::send_confirmation,
    },
};

/// Handles the messages of all queues.
pub(crate) struct Inbound {
    core: Arc<Core>,
}

impl Inbound {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[async_trait]
impl MessageHandler for Inbound {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        match Consumed::decode(&BusEvent::parse(body)?)? {
            Consumed::SubscriberRegisteredV1(event) => self.registered(event).await,
            Consumed::SubscriberConfirmedV1(event) => self.confirmed(event).await,
            Consumed::SubscribersImportedV1(event) => self.imported(event).await,
            Consumed::SubscriberUnsubscribedV1(event) => self.unsubscribed(event).await,
            Consumed::SubscriberErasedV1(event) => self.erased(event).await,
            Consumed::IssuePublishedV1(event) => self.published_v1(event).await,
            Consumed::IssuePublishedV2(event) => self.published_v2(event).await,
            Consumed::IssuePauseRequestedV1(event) => self.pause(event).await,
            Consumed::IssueResumeRequestedV1(event) => self.resume(event).await,
            Consumed::IssueCancelRequestedV1(event) => self.cancel(event).await,
            Consumed::IssueHeldResolutionRequestedV1(event) => self.resolve(event).await,
        }
    }
}

impl Inbound {
    async fn registered(
        &self,
        event: CloudEvent<SubscriberRegisteredV1>,
    ) -> Result<(), HandleError> {
        let handling = send_confirmation(&self.core, &event);
        traced(&event, handling).await
    }

    async fn confirmed(&self, event: CloudEvent<SubscriberConfirmedV1>) -> Result<(), HandleError> {
        let changes = vec![active(event.data.clone())];
        traced(&event, Box::pin(project_subscribers(&self.core, changes))).await
    }

    async fn imported(&self, event: CloudEvent<SubscribersImportedV1>) -> Result<(), HandleError> {
        let changes = event.data.subscribers.iter().cloned().map(active).collect();
        traced(&event, Box::pin(project_subscribers(&self.core, changes))).await
    }

    async fn unsubscribed(
        &self,
        event: CloudEvent<SubscriberUnsubscribedV1>,
    ) -> Result<(), HandleError> {
        let left = &event.data;
        let why = match left.reason {
            UnsubscribeReason::Bounce | UnsubscribeReason::Complaint => Leaving::Suppressed,
            UnsubscribeReason::SelfService | UnsubscribeReason::Admin => Leaving::Unsubscribed,
        };
        let changes = vec![gone(left.subscriber_id, left.version, (why, left.at))];
        traced(&event, Box::pin(project_subscribers(&self.core, changes))).await
    }

    async fn erased(&self, event: CloudEvent<SubscriberErasedV1>) -> Result<(), HandleError> {
        let left = &event.data;
        let why = (Leaving::Erased, left.at);
        let changes = vec![gone(left.subscriber_id, left.version, why)];
        traced(&event, Box::pin(project_subscribers(&self.core, changes))).await
    }

    async fn published_v1(&self, event: CloudEvent<IssuePublishedV1>) -> Result<(), HandleError> {
        let (issue, content) = announcement::v1(&event.data);
        traced(&event, Box::pin(accept_issue(&self.core, &issue, &content))).await
    }

    async fn published_v2(&self, event: CloudEvent<IssuePublishedV2>) -> Result<(), HandleError> {
        let handling = async {
            let (issue, content) = announcement::v2(&event.data)?;
            Box::pin(accept_issue(&self.core, &issue, &content)).await
        };
        traced(&event, handling).await
    }

    async fn pause(&self, event: CloudEvent<IssuePauseRequestedV1>) -> Result<(), HandleError> {
        let asked = (event.data.issue_id, event.data.version);
        self.control(&event, asked, Action::Pause).await
    }

    async fn resume(&self, event: CloudEvent<IssueResumeRequestedV1>) -> Result<(), HandleError> {
        let asked = (event.data.issue_id, event.data.version);
        self.control(&event, asked, Action::Resume).await
    }

    async fn cancel(&self, event: CloudEvent<IssueCancelRequestedV1>) -> Result<(), HandleError> {
        let asked = (event.data.issue_id, event.data.version);
        self.control(&event, asked, Action::Cancel).await
    }

    async fn control<D>(
        &self,
        event: &CloudEvent<D>,
        (issue_id, version): (Uuid, u64),
        action: Action,
    ) -> Result<(), HandleError> {
        let request = Request {
            event_id: event.id,
            issue_id,
            version,
            action,
        };
        traced(event, Box::pin(control_issue(&self.core, request))).await
    }

    async fn resolve(
        &self,
        event: CloudEvent<IssueHeldResolutionRequestedV1>,
    ) -> Result<(), HandleError> {
        let decision = Decision {
            version: event.data.version,
            resolution: match event.data.action {
                HeldAction::Resend => Resolution::Resend,
                HeldAction::Drop => Resolution::Drop,
            },
            ids: match &event.data.subscriber_ids {
                HeldSelection::These(ids) => Some(ids.clone()),
                HeldSelection::All(AllHeld::All) => None,
            },
        };
        traced(
            &event,
            Box::pin(resolve_held(&self.core, event.data.issue_id, &decision)),
        )
        .await
    }
}

/// Handles `event` in a span of its own, in the event's trace.
async fn traced<D>(
    event: &CloudEvent<D>,
    handling: impl Future<Output = Result<(), HandleError>>,
) -> Result<(), HandleError> {
    let span = telemetry::consumer_span(&event.event_type, event.id, event.traceparent.as_deref());
    let handled = handling.instrument(span.clone()).await;
    if let Err(error) = &handled {
        let kind = if error.is_permanent() {
            "permanent"
        } else {
            "transient"
        };
        telemetry::record_error(&span, kind);
    }
    handled
}

fn active(confirmed: SubscriberConfirmedV1) -> Recipient {
    Recipient {
        subscriber_id: confirmed.subscriber_id,
        version: confirmed.version,
        standing: Standing::Active {
            contact: Contact {
                email: confirmed.email.into_inner(),
                name: confirmed.name.into_inner(),
                unsubscribe_url: confirmed.unsubscribe_url.into_inner(),
            },
            confirmed_at: confirmed.confirmed_at,
        },
    }
}

fn gone(subscriber_id: Uuid, version: u64, (why, left_at): (Leaving, Timestamp)) -> Recipient {
    Recipient {
        subscriber_id,
        version,
        standing: Standing::Gone(Gone {
            why,
            left_at,
            confirmed_at: None,
        }),
    }
}
