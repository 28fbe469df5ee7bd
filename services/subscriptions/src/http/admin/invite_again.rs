//! `POST /admin/users/{id}/one-time-password`

use super::{
    add_user::OneTimePasswordPage,
    id::Id,
    navigation::{Navigation, Place},
};
use crate::{
    http::{Problem, Shared, page::page},
    use_cases::{
        invite_again::{Invitation, invite_again as renew},
        resume_session::SignedIn,
    },
};
use axum::{Extension, extract::State, http::StatusCode, response::Response};
use secrecy::ExposeSecret;

/// Shows another one-time password for a user who has not chosen one yet: the
/// first may have been lost on its way, or with the page that showed it.
pub(crate) async fn invite_again(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    match renew(&app, id).await? {
        Invitation::Renewed {
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
        Invitation::NotInvited => Err(Problem::new(
            StatusCode::CONFLICT,
            "That user has chosen a password, or is disabled.",
        )),
        Invitation::Unknown => Err(Problem::not_found()),
    }
}
