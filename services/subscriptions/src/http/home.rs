//! `GET /`

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{fields::Fields, page::page, problem::FieldError};

#[derive(Default, Template)]
#[template(path = "home.html")]
pub(super) struct HomePage<'a> {
    name: &'a str,
    email: &'a str,
    errors: &'a [FieldError],
}

impl<'a> HomePage<'a> {
    /// With what was typed and what is wrong with it.
    pub(super) fn again(fields: &'a Fields, errors: &'a [FieldError]) -> Self {
        let typed = |name| fields.optional(name).ok().flatten().unwrap_or_default();
        Self {
            name: typed("name"),
            email: typed("email"),
            errors,
        }
    }

    /// What is wrong with the field `name`.
    fn error(&self, name: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == name);
        error.map(|error| error.detail.as_str())
    }
}

/// The page with the subscribe form.
pub(crate) async fn home() -> Response {
    page(StatusCode::OK, &HomePage::default())
}

/// The form again, with what was typed and what is wrong with it.
pub(crate) fn refused(fields: &Fields, errors: &[FieldError]) -> Response {
    page(StatusCode::BAD_REQUEST, &HomePage::again(fields, errors))
}
