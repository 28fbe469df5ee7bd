//! `POST /admin/users`

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use secrecy::ExposeSecret;

use super::{
    FORM_LIMIT,
    navigation::{Navigation, Place},
    users,
};
use crate::{
    domain::user::Username,
    http::{Problem, Shared, fields::Fields, page::page},
    use_cases::{
        add_user::{UserAddition, add_user},
        resume_session::SignedIn,
    },
};

#[derive(Template)]
#[template(path = "admin/one_time_password.html")]
pub(super) struct OneTimePasswordPage<'a> {
    pub(super) nav: Navigation,
    pub(super) username: &'a Username,
    pub(super) password: &'a str,
}

/// Adds a user; the answer is the only place that ever shows the one-time
/// password.
pub(crate) async fn add(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [typed] = fields.all_of(["username"])?;
    let username = match Username::parse(typed) {
        Ok(username) => username,
        Err(invalid) => {
            let (problem, typed) = (invalid.to_string(), typed.to_owned());
            return users::refused(&app, &signed_in, StatusCode::BAD_REQUEST, problem, typed).await;
        }
    };
    match add_user(&app, username).await? {
        UserAddition::Added {
            user,
            one_time_password,
        } => Ok(page(
            StatusCode::OK,
            &OneTimePasswordPage {
                nav: Navigation::new(&signed_in, Place::Users),
                username: &user.username,
                password: one_time_password.secret().expose_secret(),
            },
        )),
        UserAddition::Taken => {
            let problem = "That username is taken.".to_owned();
            let typed = typed.to_owned();
            users::refused(&app, &signed_in, StatusCode::CONFLICT, problem, typed).await
        }
    }
}
