//! `POST /admin/logout`

use axum::{Extension, extract::State, response::Response};

use crate::{
    http::{Problem, Shared, flash::Flash, session::signed_out},
    use_cases::{log_out::log_out, resume_session::SignedIn},
};

/// Signs out.
pub(crate) async fn submit(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
) -> Result<Response, Problem> {
    log_out(&app, signed_in.session).await?;
    Ok(signed_out(&app, Flash::LoggedOut.redirect(&app, "/login")))
}
