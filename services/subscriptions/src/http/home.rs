//! `GET /`

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::page::page;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage;

/// The page with the subscribe form.
pub(crate) async fn home() -> Response {
    page(StatusCode::OK, &HomePage)
}
