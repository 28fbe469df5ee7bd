//! Middleware: problems in the form that the client reads.

use askama::Template;
use axum::{
    Json,
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::{
    page::MessagePage, problem::Problem, problem_document::ProblemDocument, request_id::RequestId,
    v1,
};

/// How long a client is asked to wait after a 503, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Gives a [`Problem`] that a handler returned its body: a page, or
/// `application/problem+json` for a program, or for any client that sends or
/// asks for JSON.
pub(crate) async fn render_problems(request: Request, next: Next) -> Response {
    let for_programs = v1::is_for_programs(request.uri().path());
    let json = for_programs || prefers_json(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let (kept, _) = response.into_parts();
    let mut rendered = if json {
        as_json(&problem, id.as_ref())
    } else {
        as_page(&problem)
    };
    // What the handler (or axum, for `Allow`) added to the answer stays.
    for (name, value) in &kept.headers {
        if !describes_body(name) {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if problem.status == StatusCode::SERVICE_UNAVAILABLE {
        rendered
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    if for_programs && problem.status == StatusCode::UNAUTHORIZED {
        rendered
            .headers_mut()
            .insert(WWW_AUTHENTICATE, v1::CHALLENGE);
    }
    rendered
}

fn describes_body(name: &HeaderName) -> bool {
    name.as_str().starts_with("content-") || name == CACHE_CONTROL
}

/// Whether the client sends JSON, or asks for it and not for a page.
fn prefers_json(headers: &HeaderMap) -> bool {
    let is_json = |value: &str| {
        value
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("application/json")
    };
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(&CONTENT_TYPE).is_some_and(is_json) {
        return true;
    }
    text(&ACCEPT).is_some_and(|accepted| {
        let accepted = accepted.to_ascii_lowercase();
        accepted.contains("json") && !accepted.contains("text/html")
    })
}

fn as_json(problem: &Problem, id: Option<&RequestId>) -> Response {
    let document = ProblemDocument {
        kind: problem.kind.uri(),
        title: title(problem),
        status: problem.status.as_u16(),
        detail: &problem.detail,
        errors: &problem.errors,
        request_id: id.map(RequestId::as_str),
    };
    let mut response = (problem.status, Json(document)).into_response();
    let content_type = HeaderValue::from_static(ProblemDocument::MEDIA_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn as_page(problem: &Problem) -> Response {
    let details = problem.errors.iter().map(|error| error.detail.as_str());
    let paragraphs: Vec<_> = std::iter::once(problem.detail.as_str())
        .chain(details)
        .collect();
    let page = MessagePage {
        title: title(problem),
        paragraphs: &paragraphs,
    };
    match page.render() {
        Ok(html) => (problem.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "an error page was not rendered");
            (problem.status, problem.detail.clone()).into_response()
        }
    }
}

fn title(problem: &Problem) -> &'static str {
    problem.status.canonical_reason().unwrap_or("Error")
}
