//! `POST /admin/subscribers/{id}/erase`

use axum::{extract::State, response::Response};

use super::id::Id;
use crate::{
    domain::SubscriberId,
    http::{Problem, Shared, flash::Flash},
    use_cases::erase_subscriber::erase_subscriber,
};

/// Erases somebody; the page before has told what that means.
pub(super) async fn erase(State(app): State<Shared>, Id(id): Id) -> Result<Response, Problem> {
    if erase_subscriber(&app, SubscriberId(id)).await? {
        Ok(Flash::SubscriberErased.redirect(&app, "/admin/subscribers"))
    } else {
        Err(Problem::not_found())
    }
}
