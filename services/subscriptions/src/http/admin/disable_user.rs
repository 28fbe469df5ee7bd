//! `POST /admin/users/{id}/disable`

use axum::{extract::State, response::Response};

use super::id::Id;
use crate::{
    http::{Problem, Shared, flash::Flash},
    use_cases::disable_user::{UserDisabling, disable_user},
};

/// Disables a user, who may be the one who asks.
pub(crate) async fn disable(State(app): State<Shared>, Id(id): Id) -> Result<Response, Problem> {
    let flash = match disable_user(&app, id).await? {
        UserDisabling::Disabled => Flash::UserDisabled,
        UserDisabling::LastActive => Flash::LastActiveUser,
        UserDisabling::Unknown => return Err(Problem::not_found()),
    };
    Ok(flash.redirect(&app, "/admin/users"))
}
