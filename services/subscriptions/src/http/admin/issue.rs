//! `GET /admin/newsletters/{id}`

use super::{
    id::Id,
    navigation::{Navigation, Place},
};
use crate::{
    domain::issue::Issue,
    http::{Problem, Shared, page::page},
    use_cases::{resume_session::SignedIn, show_issue::show_issue},
};
use askama::Template;
use axum::{Extension, extract::State, http::StatusCode, response::Response};

#[derive(Template)]
#[template(path = "admin/issue.html")]
struct IssuePage {
    nav: Navigation,
    issue: Issue,
}

/// An issue's progress and outcome.
pub(crate) async fn issue(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    let issue = show_issue(&app, id).await?.ok_or_else(Problem::not_found)?;
    let nav = Navigation::new(&signed_in, Place::Newsletters);
    Ok(page(StatusCode::OK, &IssuePage { nav, issue }))
}
