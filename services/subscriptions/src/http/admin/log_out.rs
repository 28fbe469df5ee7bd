//! `POST /admin/logout`

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::Response,
};

use crate::{
    http::{Problem, Shared, flash::Flash, session::signed_out},
    use_cases::{log_out::log_out, resume_session::SignedIn},
};

/// Makes the browser forget the pages that it keeps for its back button, but
/// not the one from which somebody signs out: that one is still shown then. Source: <https://w3c.github.io/webappsec-clear-site-data/>
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const CACHED_PAGES: HeaderValue = HeaderValue::from_static("\"cache\"");

/// Signs out.
pub(crate) async fn submit(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
) -> Result<Response, Problem> {
    log_out(&app, signed_in.session).await?;
    let mut response = signed_out(&app, Flash::LoggedOut.redirect(&app, "/login"));
    response.headers_mut().insert(CLEAR_SITE_DATA, CACHED_PAGES);
    Ok(response)
}
