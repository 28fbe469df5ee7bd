//! `GET /admin/newsletters/{id}`

use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use uuid::Uuid;

use super::navigation::{Navigation, Place};
use crate::{
    domain::issue::Issue,
    http::{Problem, Shared, page::page},
    use_cases::{resume_session::SignedIn, show_issue::show_issue},
};

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
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    let issue = show_issue(&app, id).await?.ok_or_else(Problem::not_found)?;
    let nav = Navigation::new(&signed_in, Place::Newsletters);
    Ok(page(StatusCode::OK, &IssuePage { nav, issue }))
}
