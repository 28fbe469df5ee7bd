//! `GET /admin/imports/{id}`

use askama::Template;
use axum::{Extension, extract::State, http::StatusCode, response::Response};

use super::{
    id::Id,
    navigation::{Navigation, Place},
};
use crate::{
    domain::import::{Import, ImportStatus, MAX_REJECTIONS},
    http::{Problem, Shared, page::page_with_script},
    use_cases::{resume_session::SignedIn, show_import::show_import},
};

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    nav: Navigation,
    import: Import,
}

/// How far an import is, and which rows were rejected.
pub(super) async fn import(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    let found = show_import(&app, id).await?;
    let import = found.ok_or_else(Problem::not_found)?;
    let nav = Navigation::new(&signed_in, Place::Imports);
    Ok(page_with_script(
        StatusCode::OK,
        &ImportPage { nav, import },
    ))
}
