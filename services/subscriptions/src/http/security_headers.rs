//! Middleware: what a browser may do with our answers.

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue,
        header::{
            CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};

use super::Shared;

/// No script at all, and no frame around us.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);
/// The same for a page with a script: a file of ours, which asks nobody else.
const POLICY_WITH_SCRIPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
     img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
/// URLs hold tokens, which stay with us. Not `no-referrer`: with that a
/// browser sends `Origin: null` with our own forms, and the check for
/// cross-site posts could not tell them from others.
const REFERRERS: HeaderValue = HeaderValue::from_static("same-origin");
/// A year, the least that browsers' preload lists and scanners accept.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Stands among the extensions of an answer whose page has a script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HasScript;

/// Adds the headers to every answer, errors included.
pub(crate) async fn security_headers(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let policy = match response.extensions_mut().remove::<HasScript>() {
        Some(HasScript) => POLICY_WITH_SCRIPT,
        None => POLICY,
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert(REFERRER_POLICY, REFERRERS);
    if app.links.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response
}
