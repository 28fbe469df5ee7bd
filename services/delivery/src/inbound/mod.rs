//! The events of subscriptions, each decoded by one arm.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    BusEvent, CloudEvent, EventData,
    events::{
        IssuePublishedV1, SubscriberConfirmedV1, SubscriberErasedV1, SubscriberRegisteredV1,
        SubscriberUnsubscribedV1, SubscribersImportedV1,
    },
};
use outbox::{HandleError, MessageHandler};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    app::Core,
    domain::{
        issue::Issue,
        recipient::{Contact, Recipient, Standing},
    },
    store::issues::Content,
    use_cases::{
        accept_issue::accept_issue, project_subscriber::project_subscribers,
        send_confirmation::send_confirmation,
    },
};

/// The event types of one of delivery's two queues: each is a mail, so that a
/// slow mail side holds up this queue.
pub const CONFIRMATIONS: &[&str] = &[SubscriberRegisteredV1::TYPE];

/// The event types of the other: who is a recipient, and what is published.
/// Nothing here waits for the mail side.
pub const CHANGES: &[&str] = &[
    SubscriberConfirmedV1::TYPE,
    SubscribersImportedV1::TYPE,
    SubscriberUnsubscribedV1::TYPE,
    SubscriberErasedV1::TYPE,
    IssuePublishedV1::TYPE,
];

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
        let event = BusEvent::parse(body)?;
        match event.detail_type.as_str() {
            SubscriberRegisteredV1::TYPE => self.registered(&event).await,
            SubscriberConfirmedV1::TYPE => self.confirmed(&event).await,
            SubscribersImportedV1::TYPE => self.imported(&event).await,
            SubscriberUnsubscribedV1::TYPE => self.unsubscribed(&event).await,
            SubscriberErasedV1::TYPE => self.erased(&event).await,
            IssuePublishedV1::TYPE => self.published(&event).await,
            _ => Err(HandleError::Permanent(
                "the event's type is none that delivery consumes".to_owned(),
            )),
        }
    }
}

impl Inbound {
    async fn registered(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<SubscriberRegisteredV1>()?;
        let handling = send_confirmation(&self.core, &event);
        traced(&event, handling).await
    }

    async fn confirmed(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<SubscriberConfirmedV1>()?;
        let changes = vec![active(event.data.clone())];
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn imported(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<SubscribersImportedV1>()?;
        let changes = event.data.subscribers.iter().cloned().map(active).collect();
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn unsubscribed(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<SubscriberUnsubscribedV1>()?;
        let changes = vec![removed(event.data.subscriber_id, event.data.version)];
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn erased(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<SubscriberErasedV1>()?;
        let changes = vec![removed(event.data.subscriber_id, event.data.version)];
        traced(&event, project_subscribers(&self.core, changes)).await
    }

    async fn published(&self, event: &BusEvent) -> Result<(), HandleError> {
        let event = event.decode::<IssuePublishedV1>()?;
        let published = &event.data;
        let issue = Issue::published(published.issue_id, published.published_at);
        let content = Content {
            title: published.title.clone(),
            html: published.html_content.clone(),
            text: published.text_content.clone(),
        };
        traced(&event, accept_issue(&self.core, &issue, &content)).await
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
