//! `GET /admin/tokens`

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::navigation::{Navigation, Place};
use crate::{
    domain::api_token::{ApiToken, MAX_TOKEN_NAME_LENGTH},
    http::{
        Problem, Shared,
        flash::{Flash, TakenFlash},
        page::page,
    },
    use_cases::{list_tokens::list_tokens, resume_session::SignedIn},
};

/// All of one user's, as nobody has more than a page of them.
#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    nav: Navigation,
    flash: Option<Flash>,
    problem: Option<String>,
    typed: String,
    tokens: Vec<ApiToken>,
}

/// One's own tokens, and the form that makes one.
pub(super) async fn tokens(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let taken = TakenFlash::take(&app, &headers);
    let tokens_page = TokensPage {
        nav: Navigation::new(&signed_in, Place::Tokens),
        flash: taken.flash,
        problem: None,
        typed: String::new(),
        tokens: list_tokens(&app, signed_in.user.id).await?,
    };
    Ok(taken.cleared(&app, page(StatusCode::OK, &tokens_page)))
}

/// The same page after a token was refused.
pub(super) async fn refused(
    app: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    problem: String,
    typed: String,
) -> Result<Response, Problem> {
    let tokens_page = TokensPage {
        nav: Navigation::new(signed_in, Place::Tokens),
        flash: None,
        problem: Some(problem),
        typed,
        tokens: list_tokens(app, signed_in.user.id).await?,
    };
    Ok(page(status, &tokens_page))
}
