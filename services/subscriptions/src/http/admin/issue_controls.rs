//! `POST /admin/newsletters/{id}/pause`, `/resume`, `/cancel`, and what the
//! issue's page says of them.

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use uuid::Uuid;

use super::id::Id;
use crate::{
    domain::issue::{Agreement, ControlAction, Issue},
    http::{Problem, Shared},
    store::StoreError,
    use_cases::{
        control_issue::control_issue, resume_session::SignedIn, show_recipient::agreement,
    },
};

/// Asks for a pause.
pub(super) async fn pause(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    control(&app, &signed_in, id, ControlAction::Pause).await
}

/// Asks for going on.
pub(super) async fn resume(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    control(&app, &signed_in, id, ControlAction::Resume).await
}

/// Asks for the end; the page before has told what that means.
pub(super) async fn cancel(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    control(&app, &signed_in, id, ControlAction::Cancel).await
}

async fn control(
    app: &Shared,
    signed_in: &SignedIn,
    id: Uuid,
    action: ControlAction,
) -> Result<Response, Problem> {
    let asked = control_issue(app, signed_in.user.id, id, action).await?;
    match asked.ok_or_else(Problem::not_found)? {
        Ok(_) => Ok(Redirect::to(&format!("/admin/newsletters/{id}")).into_response()),
        Err(refused) => Err(Problem::new(StatusCode::CONFLICT, refused.to_string())),
    }
}

/// What was asked for and does not show yet, for people.
pub(super) fn asked(issue: &Issue) -> Option<&'static str> {
    issue.requested.map(|requested| match requested.action {
        ControlAction::Pause => "A pause was asked for, and is on its way",
        ControlAction::Resume => "Going on was asked for, and is on its way",
        ControlAction::Cancel => "The end was asked for, and is on its way",
    })
}

/// Why the issue paused itself, for people, and what to do about it.
pub(super) fn why_paused(issue: &Issue) -> Option<String> {
    let reason = issue.reason.as_deref()?;
    Some(match reason {
        "stale" => "It was published more than a day before it could go out, so it waits: \
                    resume it if it is still to go out."
            .to_owned(),
        other => format!("It paused itself: {other}. Resume it when that is mended."),
    })
}

/// What is wrong with the counts of an issue at its end, for people.
pub(super) async fn difference(app: &Shared, issue: &Issue) -> Result<Option<String>, StoreError> {
    Ok(match agreement(app, issue).await? {
        None | Some(Agreement::Agrees) => None,
        Some(Agreement::ExceptionsMissing) => Some(
            "Not all exceptions that the sending side counts have arrived; they should within \
             seconds. Until then it is not known what happened to the other recipients."
                .to_owned(),
        ),
        Some(Agreement::Differs { here }) => Some(format!(
            "The counts differ: {here} were subscribed when this was published, and the sending \
             side counts {}. So what happened to whoever is no exception is not known for sure.",
            issue.counts.recipients
        )),
    })
}
