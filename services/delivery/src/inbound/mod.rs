//! The events of subscriptions: one arm for each that is declared in
//! [`contract`](crate::contract).

mod announcement;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    BusEvent, CloudEvent,
    events::{
        IssuePublishedV1, IssuePublishedV2, SubscriberConfirmedV1, SubscriberErasedV1,
        SubscriberRegisteredV1, SubscriberUnsubscribedV1, SubscribersImportedV1,
    },
};
use outbox::{HandleError, MessageHandler};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    app::Core,
    contract::Consumed,
    domain::recipient::{Contact, Recipient, Standing},
    use_cases::{
        accept_issue::accept_issue, project_subscriber::project_subscribers,
        send_confirmation::send_confirmation,
    },
};

/// Handles the messages of both queues.
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
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn imported(&self, event: CloudEvent<SubscribersImportedV1>) -> Result<(), HandleError> {
        let changes = event.data.subscribers.iter().cloned().map(active).collect();
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn unsubscribed(
        &self,
        event: CloudEvent<SubscriberUnsubscribedV1>,
    ) -> Result<(), HandleError> {
        let changes = vec![removed(event.data.subscriber_id, event.data.version)];
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn erased(&self, event: CloudEvent<SubscriberErasedV1>) -> Result<(), HandleError> {
        let changes = vec![removed(event.data.subscriber_id, event.data.version)];
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn published_v1(&self, event: CloudEvent<IssuePublishedV1>) -> Result<(), HandleError> {
        let (issue, content) = announcement::v1(&event.data);
        traced(&event, accept_issue(&self.core, &issue, &content)).await
    }

    async fn published_v2(&self, event: CloudEvent<IssuePublishedV2>) -> Result<(), HandleError> {
        let handling = async {
            let (issue, content) = announcement::v2(&event.data)?;
            accept_issue(&self.core, &issue, &content).await
        };
        traced(&event, handling).await
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

fn removed(subscriber_id: Uuid, version: u64) -> Recipient {
    Recipient {
        subscriber_id,
        version,
        standing: Standing::Removed,
    }
}
