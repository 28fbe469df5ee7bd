//! HTML pages.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::{Problem, security_headers::HasScript};

/// `template` as a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page was not rendered");
            Problem::internal().into_response()
        }
    }
}

/// `template` as a page with a script of ours.
pub(crate) fn page_with_script(status: StatusCode, template: &impl Template) -> Response {
    let mut response = page(status, template);
    response.extensions_mut().insert(HasScript);
    response
}

/// A page that says something, and has nothing to click.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessagePage<'a> {
    pub(crate) title: &'a str,
    pub(crate) paragraphs: &'a [&'a str],
}
