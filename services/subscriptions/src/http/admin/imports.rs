//! `GET /admin/imports`

use askama::Template;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{
    navigation::{Navigation, Place},
    query::Query,
};
use crate::{
    http::{Problem, Shared, page::page},
    store::imports::ImportPlace,
    use_cases::{
        list_imports::{ImportPage, list_imports},
        resume_session::SignedIn,
    },
};

/// Imports on one page.
const PAGE: u16 = 20;

#[derive(Template)]
#[template(path = "admin/imports.html")]
struct ImportsPage {
    nav: Navigation,
    /// Why the list was not taken, for people.
    problem: Option<String>,
    found: ImportPage,
    /// Whether these are not the newest ones.
    paged: bool,
}

/// The list of imports, and the form that starts one.
pub(super) async fn imports(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let after = Query::read(query.as_deref())?.after(ImportPlace::parse)?;
    let imports_page = ImportsPage {
        nav: Navigation::new(&signed_in, Place::Imports),
        problem: None,
        found: list_imports(&app, after.as_ref(), PAGE).await?,
        paged: after.is_some(),
    };
    Ok(page(StatusCode::OK, &imports_page))
}

/// The same page after a list was refused. Which file it was cannot be kept:
/// no page may choose a file.
pub(super) async fn refused(
    app: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    problem: String,
) -> Result<Response, Problem> {
    let imports_page = ImportsPage {
        nav: Navigation::new(signed_in, Place::Imports),
        problem: Some(problem),
        found: list_imports(app, None, PAGE).await?,
        paged: false,
    };
    Ok(page(status, &imports_page))
}
