//! What the process that runs the other service forwards.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use contracts::BusEvent;
use outbox::MAX_ENTRIES;

use super::error::ConsoleError;
use crate::{
    bus::{QueuedEvent, RuledQueues},
    hosting::Service,
    peer::{Batch, BatchAnswer, BatchEntry, Verdict},
};

/// The code of an entry that is no EventBridge event.
const MALFORMED_EVENT: &str = "MalformedEvent";

/// Where forwarded events go.
#[derive(Clone)]
pub(super) struct Intake {
    pub(super) queues: RuledQueues,
    /// The service that runs here, which forwards to others.
    pub(super) service: Service,
}

/// `POST /api/bus/v1/events`: stores events in this process's queues by its own
/// rules, durably, before it answers. It forwards nothing.
pub(super) async fn take(
    State(intake): State<Intake>,
    batch: Result<Json<Batch>, JsonRejection>,
) -> Result<Json<BatchAnswer>, ConsoleError> {
    let Json(batch) = batch.map_err(|rejection| ConsoleError::BadBatch(rejection.status()))?;
    // Stored by no rule, they would be gone for good.
    if batch.from == Some(intake.service.to_string()) {
        return Err(ConsoleError::SameService(intake.service));
    }
    if batch.entries.len() > MAX_ENTRIES {
        return Err(ConsoleError::BadRequest("There are too many entries."));
    }
    let events: Vec<_> = batch.entries.into_iter().map(queued).collect();
    let sound: Vec<_> = events.iter().flatten().collect();
    intake.queues.store(&sound).await?;
    Ok(Json(BatchAnswer {
        entries: events.iter().map(verdict).collect(),
    }))
}

fn queued(entry: BatchEntry) -> Option<QueuedEvent> {
    let body = String::from(Box::<str>::from(entry.event));
    let event = BusEvent::parse(&body).ok()?;
    Some(QueuedEvent {
        detail_type: event.detail_type,
        body,
        trace_header: entry.trace_header,
    })
}

fn verdict(event: &Option<QueuedEvent>) -> Verdict {
    Verdict {
        accepted: event.is_some(),
        error: event.is_none().then(|| MALFORMED_EVENT.to_owned()),
    }
}
