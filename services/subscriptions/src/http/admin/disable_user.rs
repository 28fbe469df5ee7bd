//! `POST /admin/users/{id}/disable`

use axum::{
    extract::{Path, State},
    response::Response,
};
use uuid::Uuid;

use crate::{
    http::{Problem, Shared, flash::Flash},
    use_cases::disable_user::{UserDisabling, disable_user},
};

/// Disables a user, who may be the one who asks.
pub(crate) async fn disable(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    let flash = match disable_user(&app, id).await? {
        UserDisabling::Disabled => Flash::UserDisabled,
        UserDisabling::LastActive => Flash::LastActiveUser,
        UserDisabling::Unknown => return Err(Problem::not_found()),
    };
    Ok(flash.redirect(&app, "/admin/users"))
}
