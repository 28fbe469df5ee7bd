//! An admin asks to pause, resume or cancel an issue.

use contracts::events::{IssueCancelRequestedV1, IssuePauseRequestedV1, IssueResumeRequestedV1};
use outbox::{EventTooLarge, OutboxEvent};
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::issue::{ControlAction, Issue, NotPossible, Requested},
    store::{Decision, StoreError, issues::SaveIssue, until_settled},
};

/// Asks for `action` on behalf of `user_id`; answers the issue as it is then,
/// or why that cannot be asked for. None if there is no such issue.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn control_issue(
    app: &AppState,
    user_id: Uuid,
    issue_id: Uuid,
    action: ControlAction,
) -> Result<Option<Result<Issue, NotPossible>>, StoreError> {
    until_settled(|| attempt(app, user_id, issue_id, action)).await
}

async fn attempt(
    app: &AppState,
    user_id: Uuid,
    issue_id: Uuid,
    action: ControlAction,
) -> Result<Option<Result<Issue, NotPossible>>, StoreError> {
    let at = app.clock.now();
    let Some(issue) = app.store.issue(issue_id).await? else {
        return Ok(None);
    };
    let asked = match issue.ask_for(action, at) {
        Ok(asked) => asked,
        Err(refused) => return Ok(Some(Err(refused))),
    };
    let decision = Decision::new()
        .event(event(app, &asked, Requested { action, at })?)
        .write(SaveIssue(asked.clone()));
    app.store.commit(decision).await?;
    let action = action.as_str();
    tracing::info!(%issue_id, %user_id, action, "an issue's sending is to change");
    Ok(Some(Ok(asked)))
}

fn event(
    app: &AppState,
    asked: &Issue,
    Requested { action, at }: Requested,
) -> Result<OutboxEvent, EventTooLarge> {
    let (issue_id, version) = (asked.id, asked.control_version);
    match action {
        ControlAction::Pause => {
            let pause = IssuePauseRequestedV1 {
                issue_id,
                version,
                at,
            };
            app.event(pause, at)
        }
        ControlAction::Resume => {
            let resume = IssueResumeRequestedV1 {
                issue_id,
                version,
                at,
            };
            app.event(resume, at)
        }
        ControlAction::Cancel => {
            let cancel = IssueCancelRequestedV1 {
                issue_id,
                version,
                at,
            };
            app.event(cancel, at)
        }
    }
}
