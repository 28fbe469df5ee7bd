//! Delivery's events, as they come from the queue: one arm for each that is
//! declared in [`contract`](crate::contract).

mod exceptions;
mod feedback;
pub(crate) mod imports;
mod progress;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    BusEvent, CloudEvent, EventData,
    events::{
        EmailBouncedV1, EmailComplainedV1, IssueDeliveredV1, IssueDeliveryProgressedV1,
        IssueExceptionsRecordedV1,
    },
};
use outbox::{HandleError, MessageHandler};
use tracing::Instrument;

use crate::{
    app::AppState,
    contract::Consumed,
    use_cases::{
        record_exceptions::record_exceptions, record_progress::record_progress, suppress::suppress,
    },
};

/// Handles one message of the service's queue.
pub(crate) struct Inbound {
    state: Arc<AppState>,
}

impl Inbound {
    pub(crate) fn new(state: Arc<AppState>) -> Self {
        Self { state }
    }

    async fn dispatch(&self, event: Consumed) -> Result<(), HandleError> {
        match event {
            Consumed::IssueDeliveryProgressedV1(event) => self.progressed(event).await,
            Consumed::IssueExceptionsRecordedV1(event) => self.exceptions(event).await,
            Consumed::IssueDeliveredV1(event) => self.delivered(event).await,
            Consumed::EmailBouncedV1(event) => self.bounced(event).await,
            Consumed::EmailComplainedV1(event) => self.complained(event).await,
        }
    }

    async fn progressed(
        &self,
        event: CloudEvent<IssueDeliveryProgressedV1>,
    ) -> Result<(), HandleError> {
        let span = consumer_span(&event);
        let report = progress::progressed(event);
        in_span(span, record_progress(&self.state, &report)).await
    }

    async fn exceptions(
        &self,
        event: CloudEvent<IssueExceptionsRecordedV1>,
    ) -> Result<(), HandleError> {
        let span = consumer_span(&event);
        let (issue_id, shard) = (event.data.issue_id, event.data.shard);
        let exceptions = exceptions::recorded(event.data);
        let recording = record_exceptions(&self.state, issue_id, shard, exceptions);
        in_span(span, recording).await
    }

    async fn delivered(&self, event: CloudEvent<IssueDeliveredV1>) -> Result<(), HandleError> {
        let span = consumer_span(&event);
        let report = progress::delivered(event);
        in_span(span, record_progress(&self.state, &report)).await
    }

    async fn bounced(&self, event: CloudEvent<EmailBouncedV1>) -> Result<(), HandleError> {
        let span = consumer_span(&event);
        match feedback::bounced(&event) {
            Some(feedback) => in_span(span, suppress(&self.state, feedback)).await,
            None => Ok(()),
        }
    }

    async fn complained(&self, event: CloudEvent<EmailComplainedV1>) -> Result<(), HandleError> {
        let span = consumer_span(&event);
        in_span(span, suppress(&self.state, feedback::complained(&event))).await
    }
}

#[async_trait]
impl MessageHandler for Inbound {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        self.dispatch(Consumed::decode(&BusEvent::parse(body)?)?)
            .await
    }
}

/// The span of handling `event`, in the trace of what led to it.
fn consumer_span<D: EventData>(event: &CloudEvent<D>) -> tracing::Span {
    telemetry::consumer_span(D::TYPE, event.id, event.traceparent.as_deref())
}

async fn in_span<F>(span: tracing::Span, handling: F) -> Result<(), HandleError>
where
    F: Future<Output = Result<(), crate::store::StoreError>>,
{
    let handled = handling
        .instrument(span.clone())
        .await
        .map_err(HandleError::from);
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
