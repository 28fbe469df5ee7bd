//! `GET /admin/dashboard`

use askama::Template;
use axum::{Extension, http::StatusCode, response::Response};

use super::navigation::{Navigation, Place};
use crate::{http::page::page, use_cases::resume_session::SignedIn};

#[derive(Template)]
#[template(path = "admin/dashboard.html")]
struct DashboardPage {
    nav: Navigation,
}

/// Where admins begin.
pub(crate) async fn dashboard(Extension(signed_in): Extension<SignedIn>) -> Response {
    let nav = Navigation::new(&signed_in, Place::Dashboard);
    page(StatusCode::OK, &DashboardPage { nav })
}
