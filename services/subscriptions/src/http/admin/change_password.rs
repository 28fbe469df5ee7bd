//! `GET /admin/password`, `POST /admin/password`

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    FORM_LIMIT,
    navigation::{Navigation, Place},
};
use crate::{
    domain::password::InvalidPassword,
    http::{
        Problem, Shared,
        fields::Fields,
        flash::{Flash, TakenFlash},
        page::page,
        session::{signed_in as with_session, signed_out},
    },
    use_cases::{
        change_password::{PasswordChange, change_password},
        resume_session::SignedIn,
    },
};

const PATH: &str = "/admin/password";

#[derive(Template)]
#[template(path = "admin/password.html")]
struct PasswordPage {
    nav: Navigation,
    flash: Option<Flash>,
    must_change: bool,
}

/// The form.
pub(crate) async fn form(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    headers: HeaderMap,
) -> Response {
    let taken = TakenFlash::take(&app, &headers);
    let response = page(
        StatusCode::OK,
        &PasswordPage {
            nav: Navigation::new(&signed_in, Place::Password),
            flash: taken.flash,
            must_change: signed_in.user.must_change_password,
        },
    );
    taken.cleared(&app, response)
}

/// Changes the password, or tells by a flash why not.
pub(crate) async fn submit(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [current, new, check] =
        fields.all_of(["current_password", "new_password", "new_password_check"])?;
    if new != check {
        return Ok(Flash::PasswordsDiffer.redirect(&app, PATH));
    }
    let (current, new) = (current.to_owned().into(), new.to_owned().into());
    let flash = match change_password(&app, signed_in, current, new).await? {
        PasswordChange::Changed(token) => {
            let response = Flash::PasswordChanged.redirect(&app, PATH);
            return Ok(with_session(&app, &token, response));
        }
        PasswordChange::SessionOver => {
            let response = Flash::SessionEnded.redirect(&app, "/login");
            return Ok(signed_out(&app, response));
        }
        PasswordChange::CurrentIncorrect => Flash::CurrentPasswordIncorrect,
        PasswordChange::Same => Flash::PasswordSame,
        PasswordChange::Invalid(InvalidPassword::TooShort) => Flash::PasswordTooShort,
        PasswordChange::Invalid(InvalidPassword::TooLong) => Flash::PasswordTooLong,
    };
    Ok(flash.redirect(&app, PATH))
}
