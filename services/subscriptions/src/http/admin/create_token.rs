//! `POST /admin/tokens`

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::ExposeSecret;

use super::{
    FORM_LIMIT,
    navigation::{Navigation, Place},
    tokens,
};
use crate::{
    domain::api_token::{MAX_TOKENS, TokenName},
    http::{Problem, Shared, fields::Fields, page::page},
    use_cases::{
        issue_token::{TokenIssue, issue_token_for},
        resume_session::SignedIn,
    },
};

#[derive(Template)]
#[template(path = "admin/new_token.html")]
struct NewTokenPage<'a> {
    nav: Navigation,
    name: &'a TokenName,
    token: &'a str,
}

/// Makes a token; the answer is the only place that ever shows it.
pub(super) async fn create(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [typed] = fields.all_of(["name"])?;
    let name = match TokenName::parse(typed) {
        Ok(name) => name,
        Err(invalid) => {
            let (status, typed) = (StatusCode::BAD_REQUEST, typed.to_owned());
            return tokens::refused(&app, &signed_in, status, invalid.to_string(), typed).await;
        }
    };
    match issue_token_for(&app, &signed_in.user, name.clone()).await? {
        TokenIssue::Issued(new) => Ok(page(
            StatusCode::OK,
            &NewTokenPage {
                nav: Navigation::new(&signed_in, Place::Tokens),
                name: &name,
                token: new.token.expose_secret(),
            },
        )),
        TokenIssue::TooMany => {
            let problem =
                format!("You have {MAX_TOKENS} tokens: revoke one that is not used any more.");
            let (status, typed) = (StatusCode::CONFLICT, typed.to_owned());
            tokens::refused(&app, &signed_in, status, problem, typed).await
        }
        TokenIssue::OneTimePassword => Ok(Redirect::to("/admin/password").into_response()),
    }
}
