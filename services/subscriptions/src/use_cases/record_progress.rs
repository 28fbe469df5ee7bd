//! Delivery reports how the sending of an issue goes.

use outbox::SeenEvent;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::issue::Progress,
    store::{Decision, StoreError, issues::SaveIssue, until_settled},
};

/// What delivery reports of an issue.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The event's id.
    pub(crate) event_id: Uuid,
    pub(crate) issue_id: Uuid,
    pub(crate) progress: Progress,
}

/// Stores what is new in the report. Idempotent: the event is remembered with
/// its effect, or its having none.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn record_progress(app: &AppState, report: &Report) -> Result<(), StoreError> {
    until_settled(|| attempt(app, report)).await
}

async fn attempt(app: &AppState, report: &Report) -> Result<(), StoreError> {
    let seen = SeenEvent::new(report.event_id, app.clock.now());
    let mut decision = Decision::new().seen(seen);
    match app.store.issue(report.issue_id).await? {
        // An issue is stored before anybody hears of it: this one is from
        // another table, and no repetition would help.
        None => tracing::warn!(issue_id = %report.issue_id, "a report on an unknown issue"),
        Some(issue) => {
            if let Some(progressed) = issue.apply_progress(&report.progress) {
                decision = decision.write(SaveIssue(progressed));
            }
        }
    }
    app.store.commit_once(decision).await
}
