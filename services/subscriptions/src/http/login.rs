//! `GET /login`, `POST /login`

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    ClientAddress, Problem, Shared,
    fields::Fields,
    flash::{Flash, TakenFlash},
    page::page,
    session::{session_token, signed_in},
};
use crate::use_cases::{authenticate::Credentials, log_in::log_in};

/// The most bytes of a log-in.
const BODY_LIMIT: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    flash: Option<Flash>,
}

/// The form.
pub(crate) async fn form(State(app): State<Shared>, headers: HeaderMap) -> Response {
    let taken = TakenFlash::take(&app, &headers);
    let response = page(StatusCode::OK, &LoginPage { flash: taken.flash });
    taken.cleared(&app, response)
}

/// Signs in.
pub(crate) async fn submit(
    State(app): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let before = session_token(&app, request.headers());
    let origin = request.extensions().get::<ClientAddress>().copied();
    let fields = Fields::read(request, BODY_LIMIT).await?;
    let [username, password] = fields.all_of(["username", "password"])?;
    let credentials = Credentials {
        username: username.to_owned(),
        password: password.to_owned().into(),
        origin: origin.map(|ClientAddress(address)| address),
    };
    Ok(match log_in(&app, credentials, before.as_ref()).await? {
        Some(token) => {
            let response = Redirect::to("/admin/dashboard").into_response();
            signed_in(&app, &token, response)
        }
        None => Flash::AuthenticationFailed.redirect(&app, "/login"),
    })
}
