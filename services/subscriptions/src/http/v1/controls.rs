//! `POST /v1/issues/{id}/pause`, `/resume`, `/cancel`

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{bearer::Caller, issues::Status};
use crate::{
    domain::issue::{ControlAction, NotPossible},
    http::{Problem, Shared, admin::id::Id, problem_kind::ProblemKind},
    use_cases::control_issue::control_issue,
};

/// What can be asked for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ControlAction)]
pub(crate) enum Action {
    Pause,
    Resume,
    Cancel,
}

impl From<Action> for ControlAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Pause => Self::Pause,
            Action::Resume => Self::Resume,
            Action::Cancel => Self::Cancel,
        }
    }
}

/// A request that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11", "status": "sending", "requested": "pause"
}))]
pub(crate) struct AcceptedControl {
    /// Names the issue.
    id: Uuid,
    /// Where it stands, by delivery's last report; it changes with the next.
    status: Status,
    /// What was asked for.
    requested: Action,
}

/// Pause an issue
///
/// Nobody else is mailed until it is resumed, and nobody is held by it. Possible
/// while it is queued or sending, and while a resume is on its way; asking again
/// changes nothing more.
#[utoipa::path(
    post,
    path = "/v1/issues/{id}/pause",
    tag = "issues",
    operation_id = "pauseIssue",
    params(("id" = Uuid, Path, description = "The issue's id.")),
    responses(
        (status = 202, description = "It is going to pause.", body = AcceptedControl),
        (status = 404, description = "There is no such issue."),
        (status = 409, description = "It is paused or at its end, or is being cancelled."),
    )
)]
pub(crate) async fn pause(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, Json<AcceptedControl>), Problem> {
    control(&app, user.id, id, Action::Pause).await
}

/// Resume an issue
///
/// It goes on where it was. Possible while it is paused, by whatever, and while
/// a pause is on its way.
#[utoipa::path(
    post,
    path = "/v1/issues/{id}/resume",
    tag = "issues",
    operation_id = "resumeIssue",
    params(("id" = Uuid, Path, description = "The issue's id.")),
    responses(
        (status = 202, description = "It is going to go on.", body = AcceptedControl),
        (status = 404, description = "There is no such issue."),
        (status = 409, description = "It is not paused, or is being cancelled."),
    )
)]
pub(crate) async fn resume(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, Json<AcceptedControl>), Problem> {
    control(&app, user.id, id, Action::Resume).await
}

/// Cancel an issue
///
/// It goes to nobody else, for good: whoever it was not on its way to is
/// skipped. What has been sent is sent.
#[utoipa::path(
    post,
    path = "/v1/issues/{id}/cancel",
    tag = "issues",
    operation_id = "cancelIssue",
    params(("id" = Uuid, Path, description = "The issue's id.")),
    responses(
        (status = 202, description = "It is going to end.", body = AcceptedControl),
        (status = 404, description = "There is no such issue."),
        (status = 409, description = "It is at its end."),
    )
)]
pub(crate) async fn cancel(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, Json<AcceptedControl>), Problem> {
    control(&app, user.id, id, Action::Cancel).await
}

async fn control(
    app: &Shared,
    user_id: Uuid,
    id: Uuid,
    requested: Action,
) -> Result<(StatusCode, Json<AcceptedControl>), Problem> {
    let asked = control_issue(app, user_id, id, requested.into()).await?;
    let issue = asked.ok_or_else(Problem::not_found)?.map_err(refused)?;
    let accepted = AcceptedControl {
        id,
        status: issue.status.into(),
        requested,
    };
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

/// 409
pub(super) fn refused(why: NotPossible) -> Problem {
    Problem::of(ProblemKind::Conflict, why.to_string())
}
