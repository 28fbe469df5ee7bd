//! Middleware: below `/admin` somebody is signed in.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header::SET_COOKIE},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Problem, Shared,
    cookies::{CookieName, Cookies},
    flash::Flash,
};
use crate::{domain::session::SessionToken, use_cases::resume_session::resume_session};

const LOG_IN: &str = "/login";
const LOG_OUT: &str = "/admin/logout";
/// Where a user with a one-time password may go.
const WITH_ONE_TIME_PASSWORD: [&str; 2] = ["/admin/password", LOG_OUT];

/// Sends who is not signed in to `/login`, and who has a one-time password to
/// `/admin/password`. Handlers find who it is in the extension `SignedIn`.
pub(crate) async fn require_session(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(token) = session_token(&app, request.headers()) else {
        return to_login(&app, &request);
    };
    let signed_in = match resume_session(&app, &token).await {
        Ok(Some(signed_in)) => signed_in,
        Ok(None) => return signed_out(&app, to_login(&app, &request)),
        Err(error) => return Problem::from(error).into_response(),
    };
    let path = request.uri().path();
    if signed_in.user.must_change_password && !WITH_ONE_TIME_PASSWORD.contains(&path) {
        return Redirect::to("/admin/password").into_response();
    }
    request.extensions_mut().insert(signed_in);
    next.run(request).await
}

/// Tells who sent something, and might think that it was taken, that it was
/// not. Who meant to sign out has what they wanted.
fn to_login(app: &Shared, request: &Request) -> Response {
    let sent_something = request.method() == Method::POST && request.uri().path() != LOG_OUT;
    if sent_something {
        Flash::SessionEnded.redirect(app, LOG_IN)
    } else {
        Redirect::to(LOG_IN).into_response()
    }
}

/// The token that the browser sent.
pub(crate) fn session_token(app: &Shared, headers: &HeaderMap) -> Option<SessionToken> {
    let text = cookies(app).get(headers, CookieName::Session)?;
    SessionToken::parse(text)
}

/// `response`, which hands the token to the browser.
pub(crate) fn signed_in(app: &Shared, token: &SessionToken, mut response: Response) -> Response {
    let mut cookie: HeaderValue = cookies(app).set(CookieName::Session, token.expose());
    cookie.set_sensitive(true);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// `response`, which makes the browser forget its token.
pub(crate) fn signed_out(app: &Shared, mut response: Response) -> Response {
    let cookie = cookies(app).clear(CookieName::Session);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

fn cookies(app: &Shared) -> Cookies {
    Cookies::new(app.links.is_https())
}
